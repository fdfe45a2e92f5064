// B-11: a redirect server behind the proxy sends every call for B to C; A sees only C.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-011 FEA-010 B-11: network forwarding, unconditional", ["A", "C"], {}, async (site) => {
  const [a, c] = [site.phone("A"), site.phone("C")];
  site.redirect("1002", ["1003"]);
  await a.dial("1002");
  await c.call("ring-in");
  await a.call("ring-out");
  await c.lift();
  await a.call("connected");
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  expect(site.ladder()).toEqual([
    "A → second server INVITE",
    "second server → proxy 302",
    "proxy → second server ACK",
    "A → C INVITE",
    "C → A 180",
    "C → A 200",
    "A → C ACK",
  ]);
});
