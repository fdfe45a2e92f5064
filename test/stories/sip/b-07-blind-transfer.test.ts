// B-7: B sends A to C by REFER and leaves.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-007 B-7: transfer without consultation, by REFER", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  site.conversation.clear();
  await b.softkey("BlndXfr");
  await b.press(c.number);
  await c.call("ring-in");
  await c.lift();
  await c.call("connected");
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  await b.noCalls();
  expect(site.ladder()).toEqual([
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → A REFER",
    "A → B 202",
    "A → B NOTIFY",
    "A → C INVITE",
    "B → A BYE",
    "B → A 200",
    "C → A 180",
    "A → B 200",
    "A → B NOTIFY",
    "B → A 200",
    "C → A 200",
    "A → C ACK",
    "A → B NOTIFY",
    "B → A 200",
  ]);
});
