// B-13: B does not answer in the proxy's time: CANCEL to B, then C. A keeps hearing ringback until C answers.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { wasHeard } from "./voices.ts";

ladder("FLW-013 FEA-010 B-13: network forwarding, no answer", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  site.redirect(b.number, [b.number, c.number], { noAnswerMs: 10_000 });
  await a.dial(b.number);
  await b.call("ring-in");
  await c.call("ring-in", 15_000);
  await b.noCalls();
  await b.reads("1 missed call");
  a.heard.length = 0;
  await site.wait(6000);
  expect(wasHeard(a.heard, 440)).toBe(true);
  await c.lift();
  await a.call("connected");
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  expect(site.ladder()).toEqual([
    "A → second server INVITE",
    "second server → proxy 302",
    "proxy → second server ACK",
    "A → B INVITE",
    "B → A 180",
    "proxy → B CANCEL",
    "B → proxy 200",
    "B → proxy 487",
    "proxy → B ACK",
    "A → C INVITE",
    "C → A 180",
    "C → A 200",
    "A → C ACK",
  ]);
});
