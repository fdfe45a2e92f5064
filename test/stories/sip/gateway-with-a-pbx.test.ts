// The ladders of Appendix B that have a gateway, with the PBX behind it: SIP and trunk in one list, in the order drawn
// (reference cisco-7960-sip 5.1, 5.2, 5.8 to 5.10). The PBX throws where a message comes in a state that has none of it.
import { expect } from "vitest";
import { gatewayAddress } from "./gateway.ts";
import { PbxGateway } from "./pbx-gateway.ts";
import { ladder, type Site, type SitePhone } from "./site.ts";

/** The gateway with its PBX; it knows the phone's hardware address, so that nothing it says waits for that. */
async function open(site: Site, phone: SitePhone): Promise<PbxGateway> {
  const gateway = site.gateway();
  gateway.face(phone);
  gateway.peer.send("\r\n\r\n");
  await site.wait(100);
  return new PbxGateway(gateway, site.conversation, site.clock);
}

/** The phone is some way off: what it answers does not come in the moment in which the gateway asks. */
const cable = { delayMs: 5 };

/** Every event has its time, none before the one that it follows. */
function expectInTime(site: Site): void {
  const times = site.conversation.said.map(({ atMs }) => atMs);
  expect(times.length).toBeGreaterThan(5);
  expect(times).toEqual([...times].sort((a, b) => a - b));
}

const setUp = [
  "PBX → gateway Setup",
  "gateway → B INVITE",
  "gateway → PBX Call Proceeding",
  "B → gateway 180",
  "gateway → PBX Alerting",
  "B → gateway 200",
  "gateway → PBX Connect",
  "gateway → B ACK",
  "PBX → gateway Connect ACK",
];

const phoneHangsUp = [
  "B → gateway BYE",
  "gateway → PBX Disconnect (16)",
  "PBX → gateway Release",
  "gateway → B 200",
  "gateway → PBX Release Complete",
];

ladder(
  "SEED-019 FLW-001 B-1: set-up and disconnect, with the PBX's side of it",
  ["B"],
  { cable },
  async (site) => {
    const b = site.phone("B");
    const gateway = await open(site, b);
    gateway.call(b);
    await b.call("ring-in");
    await b.until("the PBX hears it ring", async () => gateway.state === "call delivered");
    await b.lift();
    await b.call("connected");
    await b.until("the PBX knows", async () => gateway.state === "active");
    site.gateway().play();
    expect(await site.sound()).toEqual(["B hears gateway"]);
    await b.hangUp();
    await b.noCalls();
    await b.until("the PBX is free", async () => gateway.state === "null");
    await site.wait(100);
    expect(site.ladder()).toEqual([...setUp, ...phoneHangsUp]);
    expectInTime(site);
  },
);

ladder(
  "SEED-019 FLW-002 B-2: set-up and hold, of which the PBX hears nothing",
  ["B"],
  { cable },
  async (site) => {
    const b = site.phone("B");
    const gateway = await open(site, b);
    gateway.call(b);
    await b.call("ring-in");
    await b.until("the PBX hears it ring", async () => gateway.state === "call delivered");
    await b.lift();
    await b.call("connected");
    await b.until("the PBX knows", async () => gateway.state === "active");
    site.gateway().play();
    await b.softkey("Hold");
    await b.call("hold");
    expect(await site.sound()).toEqual([]);
    await b.softkey("Resume");
    await b.call("connected");
    expect(await site.sound()).toEqual(["B hears gateway"]);
    await b.hangUp();
    await b.until("the PBX is free", async () => gateway.state === "null");
    const reInvite = ["B → gateway INVITE", "gateway → B 200", "B → gateway ACK"];
    expect(site.ladder()).toEqual([...setUp, ...reInvite, ...reInvite, ...phoneHangsUp]);
    expectInTime(site);
  },
);

const phoneCalls = [
  "A → gateway INVITE",
  "gateway → PBX Setup",
  "gateway → A 100",
  "PBX → gateway Call Proceeding",
  "PBX → gateway Alerting",
  "gateway → A 180",
  "PBX → gateway Connect",
  "gateway → A 200",
  "A → gateway ACK",
  "gateway → PBX Connect ACK",
  "A → gateway BYE",
  "gateway → PBX Disconnect (16)",
  "PBX → gateway Release",
  "gateway → A 200",
  "gateway → PBX Release Complete",
];

/** The PBX's extension rings, is answered, and the phone hangs up. */
async function talk(site: Site, gateway: PbxGateway): Promise<void> {
  const a = site.phone("A");
  await a.until("the PBX is called", async () => gateway.state === "incoming call proceeding", 60_000);
  await site.wait(50);
  gateway.does("rings");
  await a.call("ring-out");
  gateway.does("answers");
  await a.call("connected");
  await a.until("the PBX knows", async () => gateway.state === "active");
  await a.hangUp();
  await a.noCalls();
  await a.until("the PBX is free", async () => gateway.state === "null");
  await site.wait(100);
}

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="911" Timeout="0" Route="Emergency"/>
<TEMPLATE MATCH="*" Timeout="5"/>
</DIALTEMPLATE>
`;

ladder(
  "SEED-019 FLW-003 B-3: to a gateway as emergency proxy, with the PBX's side of it",
  ["A"],
  { cable, config: [`proxy_emergency: "${gatewayAddress}"`], dialPlan },
  async (site) => {
    const a = site.phone("A");
    const gateway = await open(site, a);
    await a.dial("911");
    await talk(site, gateway);
    expect(site.ladder()).toEqual(phoneCalls);
    expectInTime(site);
  },
);

ladder(
  "SEED-019 FLW-015 B-15: to a gateway as backup proxy, with the PBX's side of it",
  ["A"],
  { cable, config: [`proxy_backup: "${gatewayAddress}"`] },
  async (site) => {
    const a = site.phone("A");
    const gateway = await open(site, a);
    site.lab.change((settings) => ({ ...settings, sip: { ...settings.sip, first: "off" } }));
    await a.dial("600");
    await talk(site, gateway);
    expect(site.ladder()).toEqual(["A → proxy INVITE", ...phoneCalls]);
    expectInTime(site);
  },
);

ladder(
  "SEED-019 FLW-018 B-18: busy; the ACK waits for the PBX, Release Complete is last",
  ["B"],
  { cable, config: ['call_waiting: "0"'] },
  async (site) => {
    const b = site.phone("B");
    const gateway = await open(site, b);
    await b.lift();
    gateway.call(b);
    await b.until("the PBX is released", async () => gateway.state === "release request");
    await b.until("the PBX is free", async () => gateway.state === "null");
    await site.wait(2000);
    expect(site.ladder()).toEqual([
      "PBX → gateway Setup",
      "gateway → B INVITE",
      "gateway → PBX Call Proceeding",
      "B → gateway 486",
      "gateway → PBX Disconnect (17)",
      "PBX → gateway Release",
      "gateway → B ACK",
      "gateway → PBX Release Complete",
    ]);
    expectInTime(site);
  },
);

ladder(
  "SEED-019 FLW-019 B-19: no answer; CANCEL, Disconnect, Release, Release Complete last",
  ["B"],
  { cable },
  async (site) => {
    const b = site.phone("B");
    const gateway = await open(site, b);
    gateway.call(b);
    await b.call("ring-in");
    await site.wait(10_000);
    gateway.givesUp();
    await b.noCalls();
    await b.until("the PBX is free", async () => gateway.state === "null");
    await site.wait(2000);
    const lines = site.ladder();
    // The page of the guide is not readable here: each side by itself is what it must be, and what ends both.
    expect(lines.filter((line) => line.includes("PBX"))).toEqual([
      "PBX → gateway Setup",
      "gateway → PBX Call Proceeding",
      "gateway → PBX Alerting",
      "gateway → PBX Disconnect (19)",
      "PBX → gateway Release",
      "gateway → PBX Release Complete",
    ]);
    expect(lines.filter((line) => !line.includes("PBX"))).toEqual([
      "gateway → B INVITE",
      "B → gateway 180",
      "gateway → B CANCEL",
      "B → gateway 200",
      "B → gateway 487",
      "gateway → B ACK",
    ]);
    expect(lines.indexOf("gateway → B CANCEL")).toBeLessThan(lines.indexOf("gateway → PBX Disconnect (19)"));
    expect(lines.at(-1)).toBe("gateway → PBX Release Complete");
    expectInTime(site);
  },
);

ladder(
  "SEED-019 FLW-020 B-20: an error; Disconnect, Release, then the ACK, Release Complete last",
  ["B"],
  { cable },
  async (site) => {
    const b = site.phone("B");
    const gateway = await open(site, b);
    gateway.call({ number: "4711", address: b.address });
    await b.until("the PBX is released", async () => gateway.state === "release request");
    await b.until("the PBX is free", async () => gateway.state === "null");
    await site.wait(2000);
    expect(site.ladder()).toEqual([
      "PBX → gateway Setup",
      "gateway → B INVITE",
      "gateway → PBX Call Proceeding",
      "B → gateway 404",
      "gateway → PBX Disconnect (1)",
      "PBX → gateway Release",
      "gateway → B ACK",
      "gateway → PBX Release Complete",
    ]);
    expectInTime(site);
  },
);
