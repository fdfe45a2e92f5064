// B-12: the redirect server names B, then C; B is busy, so the proxy goes on to C.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder(
  "FLW-012 FEA-010 B-12: network forwarding, busy",
  ["A", "B", "C"],
  { configOf: { B: ['call_waiting: "0"'] } },
  async (site) => {
    const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
    site.redirect(b.number, [b.number, c.number]);
    await b.lift();
    await a.dial(b.number);
    await c.call("ring-in");
    await c.lift();
    await a.call("connected");
    expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
    expect(site.ladder()).toEqual([
      "A → second server INVITE",
      "second server → proxy 302",
      "proxy → second server ACK",
      "A → B INVITE",
      "B → proxy 486",
      "proxy → B ACK",
      "A → C INVITE",
      "C → A 180",
      "C → A 200",
      "A → C ACK",
    ]);
  },
);
