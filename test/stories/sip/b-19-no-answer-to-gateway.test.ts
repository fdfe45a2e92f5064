// B-19: nobody answers; the gateway cancels, the phone stops ringing and lists a missed call.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { hasSound } from "./voices.ts";

ladder("FLW-019 FLW-025 FEA-015 B-19: gateway to phone, no answer", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  gateway.invite(b);
  await b.call("ring-in");
  b.rung.length = 0;
  await site.wait(10_000);
  expect(hasSound(b.rung)).toBe(true);
  gateway.cancel();
  await site.wait(50);
  gateway.ack();
  await b.noCalls();
  b.rung.length = 0;
  await site.wait(10_000);
  expect(hasSound(b.rung)).toBe(false);
  expect(b.heard.every((piece) => !hasSound([piece]))).toBe(true);
  expect(site.ladder()).toEqual([
    "gateway → B INVITE",
    "B → gateway 180",
    "gateway → B CANCEL",
    "B → gateway 200",
    "B → gateway 487",
    "gateway → B ACK",
  ]);
  await b.reads("1 missed call");
  expect(b.desk.phone.view().log.missed).toMatchObject([{ target: "2000" }]);
});
