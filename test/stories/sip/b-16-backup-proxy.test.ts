// B-16: the primary is silent; the call reaches the other phone through the backup proxy, where both are registered too.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import { ladder } from "./site.ts";

ladder(
  "a backup proxy that asks for a proof has it at once: the silent primary is not waited for again",
  ["A", "B"],
  { config: [`proxy_backup: "${place.second}"`] },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    const backup = site.lab.registrars.second();
    if (backup === undefined) throw new Error("the second server does not run");
    backup.behaviour.isProxyAuth = true;
    site.lab.change((settings) => ({ ...settings, sip: { ...settings.sip, first: "off" } }));
    await a.dial(b.number);
    await b.call("ring-in", 60_000);
    const invites = site.conversation.said.filter(({ by, name }) => by === "A" && name === "INVITE");
    expect(invites.map(({ to }) => to)).toEqual([...Array(7).fill(place.server), place.second, place.second]);
    await b.lift();
    await a.call("connected");
    expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
  },
);

ladder(
  "FLW-016 B-16: phone to phone via the backup proxy",
  ["A", "B"],
  { config: [`proxy_backup: "${place.second}"`] },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    site.lab.change((settings) => ({ ...settings, sip: { ...settings.sip, first: "off" } }));
    await a.dial(b.number);
    await b.call("ring-in", 60_000);
    const invites = site.conversation.said.filter(({ by, name }) => by === "A" && name === "INVITE");
    expect(invites.map(({ to }) => to)).toEqual([...Array(7).fill(place.server), place.second]);
    await b.lift();
    await a.call("connected");
    expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
    await a.hangUp();
    await b.reads("Call Ended");
    expect(site.ladder()).toEqual([
      "A → B INVITE",
      "B → A 180",
      "B → A 200",
      "A → B ACK",
      "A → B BYE",
      "B → A 200",
    ]);
  },
);
