// B-15: the primary is silent; after seven INVITEs the call goes to the backup proxy, here a gateway.
import { expect } from "vitest";
import { gatewayAddress } from "./gateway.ts";
import { ladder } from "./site.ts";

ladder(
  "FLW-015 B-15: phone to gateway as backup proxy",
  ["A"],
  { config: [`proxy_backup: "${gatewayAddress}"`] },
  async (site) => {
    const [gateway, a] = [site.gateway(), site.phone("A")];
    gateway.face(a);
    site.lab.change((settings) => ({ ...settings, sip: { ...settings.sip, first: "off" } }));
    await a.dial("600");
    const begun = site.clock.now();
    const invited = async (): Promise<boolean> => gateway.peer.requests("INVITE").length > 0;
    await a.until("the backup is tried", invited, 60_000);
    expect(site.clock.now() - begun).toBeGreaterThanOrEqual(31_500);
    const invites = site.conversation.texts("A", "INVITE");
    const branches = invites.map((text) => /branch=([^\s;]+)/.exec(text)?.[1]);
    expect(branches.lastIndexOf(branches[0])).toBe(6); // seven; what follows is the backup's, sent again or not
    expect(new Set(branches.slice(7)).size).toBe(1);
    const invite = gateway.peer.last("INVITE");
    gateway.peer.answer(invite, 100);
    await a.reads("Trying Backup");
    gateway.peer.answer(invite, 180);
    await a.call("ring-out");
    gateway.peer.answer(invite, 200, { sdp: gateway.sdp });
    await a.call("connected");
    gateway.play();
    expect(await site.sound()).toEqual(["A hears gateway"]);
    await a.hangUp();
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("BYE"), 200);
    await a.noCalls();
    expect(site.ladder()).toEqual([
      "A → proxy INVITE",
      "A → gateway INVITE",
      "gateway → A 100",
      "gateway → A 180",
      "gateway → A 200",
      "A → gateway ACK",
      "A → gateway BYE",
      "gateway → A 200",
    ]);
  },
);
