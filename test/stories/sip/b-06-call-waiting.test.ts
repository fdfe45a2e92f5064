// B-6: C calls while A and B talk; B takes C, swaps back to A, ends with A, and C comes back.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-006 B-6: call waiting", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  await c.dial(b.number);
  await b.call("ring-in");
  await b.softkey("Answer");
  await c.call("connected");
  await a.call("held");
  expect(await site.sound()).toEqual(["B hears C", "C hears B"]);
  await b.softkey("Hold");
  await c.call("held");
  await b.button("up");
  await b.softkey("Resume");
  await site.wait(100);
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  await b.softkey("EndCall");
  await a.reads("Call Ended");
  await b.softkey("Resume");
  await c.call("connected");
  expect(await site.sound()).toEqual(["B hears C", "C hears B"]);
  expect(site.ladder()).toEqual([
    "A → B INVITE",
    "B → A 180",
    "B → A 200",
    "A → B ACK",
    "C → B INVITE",
    "B → C 180",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → C 200",
    "C → B ACK",
    "B → C INVITE",
    "C → B 200",
    "B → C ACK",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → A BYE",
    "A → B 200",
    "B → C INVITE",
    "C → B 200",
    "B → C ACK",
  ]);
});
