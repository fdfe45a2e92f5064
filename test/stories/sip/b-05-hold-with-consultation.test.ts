// B-5: while A waits, B calls C, ends with C, and comes back to A.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-005 B-5: hold with consultation", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  await b.softkey("Hold");
  await a.call("held");
  await b.softkey("NewCall");
  await b.press(c.number);
  await c.call("ring-in");
  await c.lift();
  await c.call("connected");
  expect(await site.sound()).toEqual(["B hears C", "C hears B"]);
  await b.softkey("EndCall");
  await c.reads("Call Ended");
  await b.softkey("Resume");
  await b.call("connected");
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  expect(site.ladder()).toEqual([
    "A → B INVITE",
    "B → A 180",
    "B → A 200",
    "A → B ACK",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → C INVITE",
    "C → B 180",
    "C → B 200",
    "B → C ACK",
    "B → C BYE",
    "C → B 200",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
  ]);
});
