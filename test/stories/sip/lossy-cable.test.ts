// A quarter of all frames is lost, each way, in the switch: every call of the whole phone still comes about, once, and is
// gone at both ends. Ten seeds of twenty calls.
import { expect } from "vitest";
import { ladder } from "./site.ts";

const callsEach = 20;

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
  ladder(
    `${callsEach} of ${callsEach} calls through a cable that loses 25 % each way, seed ${seed}`,
    ["A"],
    { seed, cable: { lossPct: 25 } },
    async (site) => {
      const a = site.phone("A");
      for (let i = 0; i < callsEach; i++) {
        await a.dial("600");
        await a.call("connected", 40_000);
        expect(site.proxy.serviceCalls).toBe(1);
        await a.hangUp();
        await a.noCalls();
        await a.until("the other side knows", async () => site.proxy.serviceCalls === 0, 40_000);
      }
      const invites = site.conversation.texts("A", "INVITE").map((text) => /Call-ID: (\S+)/.exec(text)?.[1]);
      expect(new Set(invites).size).toBe(callsEach);
    },
  );
}
