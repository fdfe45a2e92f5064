// Emergency calls on the whole phone: at once, whatever is switched on, and the way back stays open.
import { expect } from "vitest";
import { ladder, rawHeader } from "./site.ts";

/** A plan that makes everything wait, and wants a prefix. */
const slow =
  '<DIALTEMPLATE><TEMPLATE MATCH="0*" Timeout="9"/><TEMPLATE MATCH="*" Timeout="9"/></DIALTEMPLATE>';
const toGateway = ['proxy_emergency: "10.77.110.30"'];

ladder(
  "112 leaves with its last digit, as it is, with Priority: emergency",
  ["A"],
  { config: toGateway, dialPlan: slow },
  async (site) => {
    const [gateway, a] = [site.gateway(), site.phone("A")];
    gateway.face(a);
    await a.dial("112");
    await site.wait(100);
    const invite = gateway.peer.last("INVITE");
    expect(invite.uri).toMatch(/^sip:112@/);
    expect(rawHeader(invite, "Priority")).toBe("emergency");
    await a.reads("Emergency call");
  },
);

ladder(
  "nothing interrupts it: a caller meanwhile hears busy, and Hold is no key",
  ["A", "B"],
  { config: toGateway, dialPlan: slow },
  async (site) => {
    const [gateway, a, b] = [site.gateway(), site.phone("A"), site.phone("B")];
    gateway.face(a);
    await a.dial("112");
    await site.wait(100);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await a.call("connected");
    await b.dial(a.number);
    await b.call("busy");
    expect((await a.show("lcd")).softkeys.filter((key) => key !== "")).toEqual(["EndCall"]);
    gateway.play();
    expect(await site.sound()).toEqual(["A hears gateway"]);
  },
);

ladder(
  "a phone that nobody may disturb, that blocks and hides, calls with its number, and takes the call back",
  ["A"],
  {
    config: [...toGateway, 'dnd_control: "1"', 'anonymous_call_block: "1"', 'callerid_blocking: "1"'],
    dialPlan: slow,
  },
  async (site) => {
    const [gateway, a] = [site.gateway(), site.phone("A")];
    gateway.invite(a, { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' });
    await site.wait(300);
    gateway.ack();
    expect(site.ladder()).toContain("A → gateway 486");
    await a.dial("112");
    await site.wait(100);
    const invite = gateway.peer.last("INVITE");
    expect(rawHeader(invite, "From")).toContain("sip:1001@");
    gateway.peer.answer(invite, 200, { sdp: gateway.sdp });
    await a.call("connected");
    await a.hangUp();
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("BYE"), 200);
    await site.wait(29 * 60_000);
    gateway.invite(a, { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' });
    await a.call("ring-in");
    gateway.cancel();
    await site.wait(2 * 60_000);
    gateway.ack();
    await site.wait(20);
    site.conversation.clear();
    gateway.invite(a, { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' });
    await site.wait(300);
    expect(site.ladder()).toEqual(["gateway → A INVITE", "A → gateway 486"]);
  },
);

ladder(
  "an unregistered phone tries all the same",
  ["A"],
  { config: toGateway, dialPlan: slow, isUnregistered: true },
  async (site) => {
    const [gateway, a] = [site.gateway(), site.phone("A")];
    await a.trouble("server-rejected");
    gateway.face(a);
    await a.dial("112");
    await site.wait(100);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await a.call("connected");
  },
);
