// B-14: three talk, mixed on the phone of the one who joined them; one leaves, the two others go on.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-014 B-14: three-way calling", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  await b.softkey("Confrn");
  await a.call("held");
  await b.press(c.number);
  await c.call("ring-in");
  await c.lift();
  await c.call("connected");
  expect(await site.sound()).toEqual(["B hears C", "C hears B"]);
  await b.softkey("Confrn");
  await a.call("connected");
  expect(await site.sound()).toEqual([
    "A hears B",
    "A hears C",
    "B hears A",
    "B hears C",
    "C hears A",
    "C hears B",
  ]);
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
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
  ]);
  site.conversation.clear();
  await c.hangUp();
  await site.wait(100);
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  expect(site.ladder()).toEqual(["C → B BYE", "B → C 200"]);
});
