// B-23: the proxy asks who is calling; the proof goes out without the person noticing. A wrong one is told.
import { expect } from "vitest";
import { ladder } from "./site.ts";

ladder("FLW-023 FLW-029 B-23: phone to phone, 407 and the call goes on", ["A", "B"], {}, async (site) => {
  const [a, b] = [site.phone("A"), site.phone("B")];
  site.proxy.behaviour.isProxyAuth = true;
  await site.connect(a, b);
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  const [first, second] = site.conversation.texts("A", "INVITE");
  expect(first).not.toContain("Proxy-Authorization");
  expect(second).toContain("Proxy-Authorization: Digest");
  expect(site.ladder().slice(0, 6)).toEqual([
    "A → proxy INVITE",
    "proxy → A 407",
    "A → proxy ACK",
    "A → B INVITE",
    "B → A 180",
    "B → A 200",
  ]);
});

ladder("FLW-029 B-23: a second 407 of the same realm is told to the person", ["A", "B"], {}, async (site) => {
  const [a, b] = [site.phone("A"), site.phone("B")];
  site.proxy.behaviour.isProxyAuth = true;
  site.lab.change((settings) => ({
    ...settings,
    sip: { ...settings.sip, users: { ...settings.sip.users, [a.number]: "another" } },
  }));
  await a.dial(b.number);
  await a.call("failed");
  await a.reads("407");
  expect(site.ladder()).toEqual([
    "A → proxy INVITE",
    "proxy → A 407",
    "A → proxy ACK",
    "A → proxy INVITE",
    "proxy → A 407",
    "A → proxy ACK",
  ]);
});
