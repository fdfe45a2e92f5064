// The one who mixes hangs up: the two others are joined, or both calls end, as cnf_join_enable says.
import { expect } from "vitest";
import { ladder, type Site } from "./site.ts";

async function threeTalk(site: Site): Promise<void> {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  await b.softkey("Confrn");
  await b.press(c.number);
  await c.call("ring-in");
  await c.lift();
  await c.call("connected");
  await b.softkey("Confrn");
  await a.call("connected");
}

ladder("FEA-028 FEA-027 the mixer leaves: the two others are joined", ["A", "B", "C"], {}, async (site) => {
  await threeTalk(site);
  site.conversation.clear();
  await site.phone("B").hangUp();
  await site.phone("B").noCalls();
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  expect(site.ladder().filter((line) => line.endsWith("REFER"))).toHaveLength(1);
});

ladder(
  "FEA-028 with cnf_join_enable 0 both calls end when the mixer leaves",
  ["A", "B", "C"],
  { config: ['cnf_join_enable: "0"'] },
  async (site) => {
    await threeTalk(site);
    site.conversation.clear();
    await site.phone("B").hangUp();
    await site.phone("B").noCalls();
    expect(await site.sound()).toEqual([]);
    expect([...site.ladder()].sort()).toEqual(["A → B 200", "B → A BYE", "B → C BYE", "C → B 200"]);
  },
);

ladder("FEA-027 Hold holds the whole bridge, Resume brings both back", ["A", "B", "C"], {}, async (site) => {
  await threeTalk(site);
  await site.phone("B").softkey("Hold");
  await site.phone("A").call("held");
  await site.phone("C").call("held");
  expect(await site.sound()).toEqual([]);
  await site.phone("B").softkey("Resume");
  await site.phone("A").call("connected");
  await site.phone("C").call("connected");
  expect(await site.sound()).toHaveLength(6);
});
