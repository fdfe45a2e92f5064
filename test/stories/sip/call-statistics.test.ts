// call_stats: the BYE, and the answer to one, tell how the sound was.
import { expect } from "vitest";
import { ladder } from "./site.ts";

const stat = (text: string, name: string): readonly number[] =>
  [...(new RegExp(`\\r\\n${name}: ([^\\r]*)`).exec(text)?.[1] ?? "").matchAll(/=(\d+)/g)].map(([, value]) =>
    Number(value),
  );

ladder(
  "HDR-022 STA-001 STA-002 statistics in BYE and its 200",
  ["A", "B"],
  { config: ['call_stats: "1"'] },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    await site.connect(a, b);
    await site.wait(10_000);
    await a.hangUp();
    await site.wait(100);
    const [bye = ""] = site.conversation.texts("A", "BYE");
    const ok = site.conversation.texts("B", "200").at(-1) ?? "";
    for (const text of [bye, ok]) {
      const [seconds, packets, octets, late, lost] = stat(text, "RTP-RxStat");
      expect(seconds).toBeGreaterThanOrEqual(9);
      expect(packets).toBeGreaterThan(450);
      expect(octets).toBe((packets ?? 0) * 160);
      expect([late, lost]).toEqual([0, 0]);
      expect(stat(text, "RTP-TxStat")[1]).toBeGreaterThan(450);
    }
  },
);
