// A quarter of all frames is lost, each way, in the switch: every call of the whole phone still comes about, once.
import { expect } from "vitest";
import { ladder } from "./site.ts";

for (const seed of [1, 2]) {
  ladder(
    `10 of 10 calls through a cable that loses 25 % each way, seed ${seed}`,
    ["A"],
    { seed, cable: { lossPct: 25 } },
    async (site) => {
      const a = site.phone("A");
      for (let i = 0; i < 10; i++) {
        await a.dial("600");
        await a.call("connected", 40_000);
        expect(site.proxy.serviceCalls).toBe(1);
        await a.hangUp();
        await a.noCalls();
        await a.until("the other side knows", async () => site.proxy.serviceCalls === 0, 40_000);
      }
    },
  );
}
