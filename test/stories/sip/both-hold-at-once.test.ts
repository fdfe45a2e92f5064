// Glare: both press Hold in the same millisecond. Both are answered 491, wait at random, and both get their way.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-036 RSP-039 both hold at once", ["A", "B"], { cable: { delayMs: 5 } }, async (site) => {
  const [a, b] = [site.phone("A"), site.phone("B")];
  await site.connect(a, b);
  site.conversation.clear();
  await a.softkey("Hold");
  await b.softkey("Hold");
  await site.wait(6000);
  expect(site.conversation.texts("A", "491")).toHaveLength(1);
  expect(site.conversation.texts("B", "491")).toHaveLength(1);
  await a.call("hold");
  await b.call("hold");
  expect(await site.sound()).toEqual([]);
  await a.softkey("Resume");
  await b.softkey("Resume");
  await a.call("connected");
  await b.call("connected");
  await site.wait(6000);
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
});
