// B-4: two phones, one puts the other on hold and comes back.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-004 B-4: phone to phone, simple hold", ["A", "B"], {}, async (site) => {
  const [a, b] = [site.phone("A"), site.phone("B")];
  await site.connect(a, b);
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  await b.softkey("Hold");
  await a.call("held");
  expect(await site.sound()).toEqual([]);
  await b.softkey("Resume");
  await b.call("connected");
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  await b.hangUp();
  await a.reads("Call Ended");
  expect(site.ladder()).toEqual([
    "A → B INVITE",
    "B → A 180",
    "B → A 200",
    "A → B ACK",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → A INVITE",
    "A → B 200",
    "B → A ACK",
    "B → A BYE",
    "A → B 200",
  ]);
});
