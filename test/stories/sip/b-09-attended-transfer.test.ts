// B-9: B asks C first, then joins A with C by REFER with Replaces.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder(
  "FLW-009 B-9: transfer with consultation, by REFER and Replaces",
  ["A", "B", "C"],
  {},
  async (site) => {
    const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
    await site.connect(a, b);
    await b.softkey("Trnsfer");
    await b.press(c.number);
    await c.call("ring-in");
    await c.lift();
    await c.call("connected");
    expect(await site.sound()).toEqual(["B hears C", "C hears B"]);
    site.conversation.clear();
    await b.softkey("Trnsfer");
    await b.noCalls();
    expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
    expect(site.ladder()).toEqual([
      "B → C INVITE",
      "C → B 200",
      "B → C ACK",
      "B → A REFER",
      "A → B 202",
      "A → B NOTIFY",
      "A → C INVITE",
      "B → A 200",
      "C → A 200",
      "C → B BYE",
      "A → C ACK",
      "A → B NOTIFY",
      "B → C 200",
      "B → A 200",
      "B → A BYE",
      "A → B 200",
    ]);
    await a.reads("1003");
    await c.reads("1001");
  },
);
