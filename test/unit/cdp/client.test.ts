// CDP at the network port: what goes out on the wire, which frames count, the frame budget, shutdown.
import { expect, test } from "vitest";
import type { CdpFacts } from "#firmware/cdp/announcement.ts";
import { type Cdp, startCdp } from "#firmware/cdp/client.ts";
import { decodeCdpFrame } from "#firmware/cdp/messages.ts";
import type { CdpNotice } from "#firmware/cdp/notices.ts";
import { createFakeLink, type FakeLink, linkDown, linkUp } from "#test/unit/fake-link.ts";
import { createFakeRuntime, type FakeRuntime } from "#test/unit/fake-runtime.ts";
import { hex, vector } from "#test/vectors/load.ts";

const facts: CdpFacts = {
  deviceId: "SEP001122334455",
  platform: "Offhook 7960",
  software: "0.1.0",
  capabilities: 0x490,
  address: undefined,
  milliwatts: undefined,
  vlanId: undefined,
};
const switchFrame = vector("cdp/frames", "switch-voice-vlan-100").bytes;

interface Rig {
  readonly runtime: FakeRuntime;
  readonly link: FakeLink;
  readonly cdp: Cdp;
  readonly notices: CdpNotice[];
  readonly ended: AbortController;
}

function rigOf(): Rig {
  const runtime = createFakeRuntime();
  const link = createFakeLink(runtime.clock);
  const notices: CdpNotice[] = [];
  const ended = new AbortController();
  const cdp = startCdp({
    runtime,
    link,
    facts,
    notify: (notice) => void notices.push(notice),
    signal: ended.signal,
  });
  return { runtime, link, cdp, notices, ended };
}

test("BOOT-010 the first query on the wire, byte for byte, untagged", () => {
  const { link } = rigOf();
  expect(link.sent).toEqual([
    {
      atMs: 0,
      tag: undefined,
      bytes: hex(`01000ccccccc 001122334455 0058 aaaa03 00000c 2000 02 b4 d829
        0001 0013 534550303031313232333334343535 0003 000a 506f72742031 0004 0008 00000490
        0005 000a 302e312e3020 0006 0010 4f6666686f6f6b2037393630 000f 0008 20020001 000b 0005 01`),
    },
  ]);
});

test("an answer becomes one notice with everything the switch said", () => {
  const { link, notices, cdp } = rigOf();
  link.deliver("cdp", switchFrame);
  link.deliver("cdp", switchFrame);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatchObject({
    kind: "neighbour",
    isNew: true,
    neighbour: {
      mac: "00:11:22:33:44:01",
      deviceId: "probe-sw1",
      portId: "FastEthernet0/1",
      addresses: ["10.77.0.1"],
      nativeVlan: 1,
      voiceVlan: { kind: "vlan", vlanId: 100 },
      trust: { isTrusted: false, untrustedPriority: 0 },
    },
  });
  expect(cdp.neighbours()).toHaveLength(1);
});

test("a frame tagged with VLAN 0 or the voice VLAN counts, one of another VLAN does not", () => {
  const { link, cdp, notices } = rigOf();
  link.deliver("cdp", switchFrame, { vlanId: 110, priority: 0 });
  expect(notices).toEqual([]);
  cdp.update({ vlanId: 110 });
  link.deliver("cdp", switchFrame, { vlanId: 110, priority: 0 });
  link.deliver("cdp", switchFrame, { vlanId: 0, priority: 7 });
  expect([notices.length, cdp.counters().foreign]).toEqual([1, 1]);
});

test("BOOT-024 rule 6: ten frames a second are looked at, the rest is counted", async () => {
  const { link, cdp, runtime } = rigOf();
  for (let i = 0; i < 25; i++) link.deliver("cdp", switchFrame);
  await runtime.clock.advance(1000);
  link.deliver("cdp", switchFrame);
  expect(cdp.counters()).toEqual({ received: 26, malformed: 0, overBudget: 15, foreign: 0 });
});

test("damaged frames, other protocols of the group and our own echo are counted and change nothing", () => {
  const { link, cdp, notices } = rigOf();
  const own = link.sent[0]?.bytes ?? new Uint8Array();
  link.deliver("cdp", switchFrame.subarray(0, 60));
  link.deliver("cdp", hex("01000ccccccc 001122334401 000c aaaa03 00000c 2004 01000001"));
  link.deliver("cdp", own);
  expect(cdp.counters()).toMatchObject({ received: 3, malformed: 1, foreign: 2 });
  expect(notices).toEqual([]);
});

test("carrier comes, goes and comes again with the port", async () => {
  const { link, cdp, runtime } = rigOf();
  await runtime.clock.advance(5000);
  link.setState(linkDown);
  expect([cdp.state().kind, runtime.timers.list()]).toEqual(["down", []]);
  const before = link.sent.length;
  link.setState(linkUp);
  await runtime.clock.advance(2000);
  expect(link.sent.length - before).toBe(5);
});

test("the address goes out as soon as it is known", async () => {
  const { link, cdp, runtime } = rigOf();
  link.deliver("cdp", switchFrame);
  cdp.update({ address: "10.77.0.141" });
  await runtime.clock.advance(1000);
  const last = decodeCdpFrame(link.sent.at(-1)?.bytes ?? new Uint8Array());
  expect(last).toMatchObject({
    packet: {
      tlvs: expect.arrayContaining([
        { kind: "addresses", addresses: [{ kind: "ip4", address: "10.77.0.141" }] },
      ]),
    },
  });
});

test("a new discovery forgets the neighbours and reports the same switch again", async () => {
  const { link, cdp, notices, runtime } = rigOf();
  link.deliver("cdp", switchFrame);
  cdp.rediscover();
  expect(cdp.neighbours()).toEqual([]);
  link.deliver("cdp", switchFrame);
  expect(notices.map(({ kind }) => kind)).toEqual(["neighbour", "neighbour"]);
  link.setState(linkDown);
  cdp.rediscover();
  await runtime.clock.advance(1000);
  expect(cdp.state().kind).toBe("down");
});

test("after the end nothing listens and nothing waits", () => {
  const { link, ended, runtime } = rigOf();
  ended.abort(new Error("shutdown"));
  expect([link.listenerCount(), runtime.timers.list().length, runtime.clock.alarmCount]).toEqual([0, 0, 0]);
});
