// B-18: the phone is off-hook and has no call waiting: 486, repeated until the gateway's late ACK.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { isHeard } from "./voices.ts";

ladder(
  "FLW-018 FLW-024 FEA-006 B-18: gateway to phone, busy; the ACK comes late",
  ["B"],
  { config: ['call_waiting: "0"'] },
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    await b.lift();
    gateway.invite(b);
    await site.wait(2000);
    // Dial tone goes on; nothing knocks, nothing rings.
    b.heard.length = 0;
    await site.wait(2000);
    expect([350, 440].map((hz) => isHeard(b.heard, hz))).toEqual([true, true]);
    expect(isHeard(b.heard.slice(0, 15), 350)).toBe(true);
    expect(b.rung).toEqual([]);
    gateway.ack();
    await site.wait(30_000);
    expect(site.ladder()).toEqual(["gateway → B INVITE", "B → gateway 486", "gateway → B ACK"]);
    // Timer G: after 0.5, 1.5 and 3.5 s; nothing after the ACK.
    expect(site.conversation.texts("B", "486")).toHaveLength(4);
    expect((await b.show("calls")).calls.every(({ direction }) => direction === "out")).toBe(true);
  },
);
