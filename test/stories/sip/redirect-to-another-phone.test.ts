// The proxy answers 302: the phone calls the Contact by itself.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import { ladder } from "./site.ts";

ladder("FLW-032 RSP-010 a redirection is followed to the Contact", ["A", "C"], {}, async (site) => {
  const [a, c] = [site.phone("A"), site.phone("C")];
  site.proxy.behaviour.redirects = { "1002": [`<sip:1003@${place.server}>`] };
  await a.dial("1002");
  await c.call("ring-in");
  await c.lift();
  await a.call("connected");
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  expect(site.ladder()).toEqual([
    "A → proxy INVITE",
    "proxy → A 302",
    "A → proxy ACK",
    "A → C INVITE",
    "C → A 180",
    "C → A 200",
    "A → C ACK",
  ]);
});
