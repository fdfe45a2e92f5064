// B-1: a call from the telephone network is answered, and the phone hangs up.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-001 B-1: gateway to phone, set-up and disconnect", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  gateway.invite(b);
  await b.reads("PBX");
  await site.pickUp(b);
  gateway.play();
  expect(await site.sound()).toEqual(["B hears gateway"]);
  expect(gateway.media.received).toBeGreaterThan(20);
  await b.hangUp();
  await site.wait(50);
  gateway.peer.answer(gateway.peer.last("BYE"), 200);
  await b.noCalls();
  expect(site.ladder()).toEqual([
    "gateway → B INVITE",
    "B → gateway 180",
    "B → gateway 200",
    "gateway → B ACK",
    "B → gateway BYE",
    "gateway → B 200",
  ]);
});
