// Every final status a caller can get (reference 4.3): busy tone for busy, reorder for the rest, and what is read.
import { expect } from "vitest";
import { ladder, type Site } from "./site.ts";
import { isHeard } from "./voices.ts";

/** A second of the tone: busy is half a second on and off, reorder a quarter. */
async function edges(site: Site): Promise<number> {
  const a = site.phone("A");
  await site.wait(300);
  a.heard.length = 0;
  await site.wait(2000);
  const all = Int16Array.from(a.heard.flatMap((piece) => [...piece]));
  const windows = Array.from({ length: Math.floor(all.length / 400) }, (_, i) =>
    all.subarray(i * 400, i * 400 + 400),
  );
  const isOn = windows.map((window) => isHeard([window], 480));
  return isOn.filter((on, i) => i > 0 && on !== isOn[i - 1]).length;
}

const groups = {
  "RSP-013 RSP-015 RSP-016": [400, 402, 403],
  "RSP-017 RSP-018 RSP-019": [404, 405, 406],
  "RSP-021 RSP-022 RSP-023": [408, 409, 410],
  "RSP-024 RSP-025 RSP-026": [411, 413, 414],
  "RSP-027 RSP-030 RSP-031": [415, 480, 481],
  "RSP-032 RSP-033 RSP-034": [482, 483, 484],
  "RSP-035 RSP-036 RSP-038": [485, 486, 488],
  "RSP-040": [500, 501, 502, 503, 504, 505],
  "RSP-041 RSP-042": [600, 603, 604, 606, 499, 599],
} as const;

for (const [rows, statuses] of Object.entries(groups)) {
  ladder(`${rows} ${statuses.join(", ")}: tone and text`, ["A"], {}, async (site) => {
    const a = site.phone("A");
    for (const status of statuses) {
      const isBusy = status === 486 || status === 600;
      site.proxy.behaviour.callStatus = status;
      await a.dial("600");
      await a.call(isBusy ? "busy" : "failed");
      await a.reads(isBusy ? "Busy" : String(status));
      // Two seconds: four changes of busy, eight of reorder, one more or less at the ends.
      expect(Math.abs((await edges(site)) - (isBusy ? 4 : 8)), String(status)).toBeLessThanOrEqual(1);
      await a.hangUp();
      await a.noCalls();
    }
  });
}
