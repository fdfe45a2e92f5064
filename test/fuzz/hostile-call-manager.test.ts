// A call manager that says anything in any state, briefly; `npm run fuzz -- sccp-session` for as long as wanted.
import { expect, test } from "vitest";
import { createSeededRandom } from "#hal/sim/random.ts";
import { mutate } from "./mutate.ts";
import { sccpTargets } from "./sccp.ts";
import { HostileSession } from "./sccp-session.ts";

test("SCCP-071 hostile bodies in every state leave a phone that makes a normal call", () => {
  const seeds = sccpTargets.find(({ name }) => name === "sccp-session")?.seeds ?? [];
  expect(seeds.length).toBeGreaterThan(60);
  const session = new HostileSession();
  const random = createSeededRandom(71);
  for (let i = 0; i < 3000; i++) session.take(mutate(seeds, random));
  session.normalCall();
  expect(session.calls).toBe(1);
});
