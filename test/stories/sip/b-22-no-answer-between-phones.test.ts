// B-22: nobody answers; the caller hangs up, or its INVITE expires. Ringback stops.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { wasHeard } from "./voices.ts";

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
      if (config.length === 0) await a.hangUp();
      else await site.wait(60_000);
      await b.noCalls();
      a.heard.length = 0;
      await site.wait(6000);
      expect(wasHeard(a.heard, 440)).toBe(false);
      expect(new Set(site.ladder())).toEqual(
        new Set([
          "A → B INVITE",
          "B → A 180",
          "A → B CANCEL",
          "proxy → A 200",
          "B → proxy 200",
          "B → A 487",
          "proxy → B ACK",
          "A → proxy ACK",
        ]),
      );
      await b.reads("1 missed call");
    },
  );
}
