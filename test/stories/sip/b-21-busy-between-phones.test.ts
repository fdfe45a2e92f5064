// B-21: the other phone is busy: busy tone and the word for it.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { isHeard } from "./voices.ts";

ladder(
  "FLW-021 FLW-027 B-21: phone to phone, busy",
  ["A", "B"],
  { configOf: { B: ['call_waiting: "0"'] } },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    await b.lift();
    await a.dial(b.number);
    await a.call("busy");
    await a.reads("Busy");
    a.heard.length = 0;
    await site.wait(500);
    expect([480, 620, 440].map((hz) => isHeard(a.heard, hz))).toEqual([true, true, false]);
    await a.hangUp();
    await a.noCalls();
    expect(isHeard(b.heard.slice(-20), 350), "B hears its dial tone").toBe(true);
    expect(b.rung).toEqual([]);
    expect(site.ladder()).toEqual(["A → B INVITE", "proxy → B ACK", "B → A 486", "A → proxy ACK"]);
  },
);
