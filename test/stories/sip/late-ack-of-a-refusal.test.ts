// A gateway acknowledges a refusal only when its exchange with the PBX is over, or never: the phone repeats the refusal on
// the timers of RFC 3261 §17.2.1, shows no call for it, and its line is free again afterwards.
import { expect } from "vitest";
import { ladder, type Site } from "./site.ts";

/** When the 486 left, from the first one on. */
function repeatsMs(site: Site): readonly number[] {
  const times = site.conversation.said
    .filter(({ by, name }) => by === "B" && name === "486")
    .map(({ atMs }) => atMs);
  return times.map((atMs) => Math.round(atMs - (times[0] ?? 0)));
}

for (const [when, ackMs] of [
  ["after 3 s", 3000],
  ["never", undefined],
] as const)
  ladder(
    `SEED-021 the ACK of a 486 comes ${when}: the refusal is repeated until then, no call is shown, the line is free`,
    ["B"],
    { config: ['call_waiting: "0"'] },
    async (site) => {
      const [gateway, b] = [site.gateway(), site.phone("B")];
      await b.lift();
      gateway.invite(b);
      await site.wait(ackMs ?? 40_000);
      expect((await b.show("calls")).calls.map(({ direction }) => direction)).not.toContain("in");
      if (ackMs !== undefined) gateway.ack();
      await site.wait(40_000);
      const timerG = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
      expect(repeatsMs(site)).toEqual(timerG.filter((atMs) => ackMs === undefined || atMs < ackMs));
      await b.hangUp();
      await b.noCalls();
      gateway.invite(b);
      await site.pickUp(b);
    },
  );
