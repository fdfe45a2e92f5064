// CFwdAll: calls go elsewhere by 302 with Diversion, until the key is pressed again.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FEA-009 FEA-017 all calls forwarded by key, and not any more", ["A", "B", "C"], {}, async (site) => {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await b.softkey("CFwdAll");
  await b.press(c.number);
  await b.noCalls(20_000);
  await b.reads("Forwarded", c.number);
  await a.dial(b.number);
  await c.call("ring-in");
  const [moved = ""] = site.conversation.texts("B", "302");
  expect(moved).toMatch(/Contact: <sip:1003@/);
  expect(moved).toMatch(/Diversion: .*sip:1002@/);
  await c.lift();
  await a.call("connected");
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  await a.hangUp();
  await c.hangUp();
  await b.softkey("CFwdAll");
  await a.dial(b.number);
  await b.call("ring-in");
});
