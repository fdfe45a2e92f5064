// B-22: nobody answers; the caller hangs up, or its INVITE expires. Ringback stops.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { hasSound, wasHeard } from "./voices.ts";

for (const [name, config] of [
  ["the caller hangs up", []],
  ["the INVITE expires", ['timer_invite_expires: "60"']],
] as const) {
  ladder(
    `FLW-022 FLW-028 FLW-031 B-22: phone to phone, no answer: ${name}`,
    ["A", "B"],
    { config },
    async (site) => {
      const [a, b] = [site.phone("A"), site.phone("B")];
      await a.dial(b.number);
      await b.call("ring-in");
      a.heard.length = 0;
      await site.wait(1500);
      expect(wasHeard(a.heard, 440)).toBe(true);
      expect(hasSound(b.rung)).toBe(true);
      if (config.length === 0) await a.hangUp();
      else await site.wait(60_000);
      await b.noCalls();
      a.heard.length = 0;
      b.rung.length = 0;
      await site.wait(6000);
      expect(wasHeard(a.heard, 440)).toBe(false);
      expect(hasSound(b.rung)).toBe(false);
      // A proxy's copies come when they come; on each side of it the order is the ladder's.
      for (const { name, address } of [a, b]) {
        const said = site.conversation.said.filter(({ by, to }) => by === name || to === address);
        const order = [...new Set(said.map((one) => one.name))].filter((one) => one !== "100");
        expect(order, name).toEqual(["INVITE", "180", "CANCEL", "200", "487", "ACK"]);
      }
      expect(new Set(site.ladder()).size).toBe(8);
      await b.reads("1 missed call");
    },
  );
}
