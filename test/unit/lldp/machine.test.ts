// LLDP at work: fast start, the 30 s beat, changes, shutdown frames, neighbours that come, change and go; golden frames.
import { describe, expect, test } from "vitest";
import { announcement, type LldpFacts, shutdown } from "#firmware/lldp/announcement.ts";
import { type Lldp, startLldp } from "#firmware/lldp/client.ts";
import {
  createLldpMachine,
  type LldpEffect,
  type LldpEvent,
  type LldpState,
} from "#firmware/lldp/machine.ts";
import { decodeLldpFrame, encodeLldpFrame, type LldpTlv } from "#firmware/lldp/messages.ts";
import { neighbourOf } from "#firmware/lldp/neighbour.ts";
import type { LldpNeighbour, LldpNotice } from "#firmware/lldp/notices.ts";
import { createFakeLink, type FakeLink, linkDown, linkUp } from "#test/unit/fake-link.ts";
import { createFakeRuntime, type FakeRuntime } from "#test/unit/fake-runtime.ts";
import { MachineRig } from "#test/unit/machine-rig.ts";
import { vector } from "#test/vectors/load.ts";

const facts: LldpFacts = {
  mac: "00:11:22:33:44:55",
  address: undefined,
  systemName: "SEP001122334455",
  systemDescription: "Offhook 0.1.0",
  hasPcPort: true,
  policy: undefined,
  milliwatts: undefined,
  inventory: {
    hardwareRevision: "proto-a",
    firmwareRevision: "A",
    softwareRevision: "0.1.0",
    serialNumber: "0001",
    manufacturer: "Offhook",
    model: "7960",
    assetId: "",
  },
};
const port = { speedMbps: 100, duplex: "full" } as const;
const voice20 = { vlanId: 20, priority: 5, voiceDscp: 46, signallingPriority: 3, signallingDscp: 24 };
const switchFrame = vector("lldp/frames", "lldpd-1.0.16-policy-100").bytes;
const theSwitch = neighbourOf(decodeLldpFrame(switchFrame));

type Rig = MachineRig<LldpState, LldpEvent, LldpEffect>;

function rigOf(): Rig {
  const rig: Rig = new MachineRig(createLldpMachine(facts));
  rig.send({ kind: "link-up", port });
  return rig;
}

const ttlOf = (tlvs: readonly LldpTlv[]): number =>
  tlvs.find((tlv) => tlv.kind === "timeToLive")?.seconds ?? -1;
const words = (rig: Rig): string[] =>
  rig
    .take()
    .map(
      ([ms, effect]) =>
        `${ms / 1000} ${effect.kind === "notify" ? effect.notice.kind : ttlOf(effect.tlvs) === 0 ? "shutdown" : "frame"}`,
    );
const heard = (more: Partial<LldpNeighbour> = {}): LldpEvent => ({
  kind: "frame",
  neighbour: { ...theSwitch, ...more },
});

describe("golden frames", () => {
  const frame = (tlvs: readonly LldpTlv[]): Uint8Array => encodeLldpFrame({ source: facts.mac, tlvs });
  const bound: LldpFacts = { ...facts, address: "10.77.0.141", policy: voice20, milliwatts: 6300 };

  test("BOOT-027 the first frame, one with everything known, and the shutdown frame", () => {
    expect(frame(announcement(facts, port))).toEqual(vector("lldp/golden", "first-frame").bytes);
    expect(frame(announcement(bound, port))).toEqual(vector("lldp/golden", "bound-vlan-20").bytes);
    expect(frame(shutdown(facts.mac, "10.77.0.141"))).toEqual(vector("lldp/golden", "shutdown").bytes);
  });

  test("BOOT-029 the policy is U = 1 until the switch has said what to use; untagged keeps its DSCP", () => {
    const said = (policy: LldpFacts["policy"]) =>
      announcement({ ...facts, policy }, port).flatMap((tlv) => (tlv.kind === "networkPolicy" ? [tlv] : []));
    expect(said(undefined).map(({ policy }) => policy.isKnown)).toEqual([false, false]);
    expect(said({ ...voice20, vlanId: undefined })).toMatchObject([
      { application: 1, policy: { isKnown: true, isTagged: false, vlanId: 0, priority: 0, dscp: 46 } },
      { application: 2, policy: { dscp: 24 } },
    ]);
  });

  test("BOOT-028 inventory is cut at 32 characters, power is rounded up to tenths", () => {
    const long = {
      ...facts,
      milliwatts: 6310,
      inventory: { ...facts.inventory, serialNumber: "x".repeat(40) },
    };
    const tlvs = announcement(long, port);
    expect(tlvs.find((tlv) => tlv.kind === "serialNumber")).toEqual({
      kind: "serialNumber",
      text: "x".repeat(32),
    });
    expect(tlvs.find((tlv) => tlv.kind === "extendedPower")).toMatchObject({ tenthsWatt: 64 });
  });

  test("a port of unknown speed says nothing about it, a gigabit one says so", () => {
    const mau = (speedMbps: number | undefined, duplex: "half" | "full" | undefined) =>
      announcement(facts, { speedMbps, duplex }).find((tlv) => tlv.kind === "macPhy")?.mau;
    expect([
      mau(undefined, "full"),
      mau(100, undefined),
      mau(10, "half"),
      mau(1000, "full"),
      mau(2500, "full"),
    ]).toEqual([undefined, undefined, 10, 30, undefined]);
  });
});

describe("when it speaks", () => {
  test("BOOT-030 three frames a second apart at carrier, then one every 30 s", () => {
    const rig = rigOf();
    rig.runTo(70_000);
    expect(words(rig)).toEqual(["0 frame", "1 frame", "2 frame", "32 frame", "62 frame"]);
  });

  test("BOOT-030 a new LLDP-MED neighbour starts it again, a known one or one without MED does not", () => {
    const rig = rigOf();
    rig.runTo(10_000);
    rig.take();
    rig.send(heard({ isMed: false, chassisId: "plain" }));
    expect(words(rig)).toEqual(["10 neighbour"]);
    rig.send(heard());
    rig.send(heard());
    rig.runTo(20_000);
    expect(words(rig)).toEqual(["10 neighbour", "10 frame", "11 frame", "12 frame"]);
  });

  test("a neighbour that begins to speak MED after hearing ours starts it again", () => {
    const rig = rigOf();
    rig.runTo(10_000);
    rig.send(heard({ isMed: false, voice: undefined }));
    rig.take();
    rig.send(heard());
    expect(words(rig)).toEqual(["10 neighbour", "10 frame"]);
  });

  test("another address: leave under the old identity first, then a fast start under the new one", () => {
    const rig = rigOf();
    rig.runTo(10_000);
    rig.take();
    rig.send({ kind: "facts", facts: { ...facts, address: "10.77.0.141" } });
    const [first] = rig.take();
    if (first?.[1].kind !== "send") throw new Error("a frame");
    expect(first[1].tlvs).toEqual(shutdown(facts.mac, undefined));
    rig.send({ kind: "facts", facts: { ...facts, address: "10.77.0.141" } });
    rig.runTo(20_000);
    expect([words(rig), rig.ignored]).toEqual([["11 frame", "12 frame"], 1]);
  });

  test("another VLAN is a fast start, other changes one frame, 2 s after the last at the earliest", () => {
    const rig = rigOf();
    rig.runTo(10_000);
    rig.take();
    rig.send({ kind: "facts", facts: { ...facts, policy: voice20 } });
    rig.runTo(20_000);
    expect(words(rig)).toEqual(["10 frame", "11 frame", "12 frame"]);
    rig.send({ kind: "link-up", port: { speedMbps: 10, duplex: "half" } });
    rig.run(500);
    rig.send({ kind: "facts", facts: { ...facts, policy: { ...voice20, priority: 6 } } });
    rig.runTo(30_000);
    expect(words(rig)).toEqual(["20 frame", "22 frame"]);
  });

  test("taking leave sends a shutdown frame and nothing more until the next carrier", () => {
    const rig = rigOf();
    rig.take();
    rig.send({ kind: "leave" });
    rig.runTo(100_000);
    rig.send({ kind: "leave" });
    expect([words(rig), rig.state.kind, rig.ignored]).toEqual([["0 shutdown"], "down", 1]);
  });

  test("carrier lost ends everything; facts and frames meanwhile change nothing on the wire", () => {
    const rig = rigOf();
    rig.send(heard());
    rig.send({ kind: "link-down" });
    rig.take();
    rig.send({ kind: "link-down" });
    rig.send(heard());
    rig.send({ kind: "facts", facts: { ...facts, systemName: "SIP001122334455" } });
    rig.runTo(100_000);
    expect([rig.take().length, rig.timers()]).toEqual([0, []]);
    rig.send({ kind: "link-up", port });
    expect(words(rig)).toEqual(["100 frame"]);
  });
});

describe("neighbours", () => {
  test("repetition is no news, another policy is; silence and TTL 0 end it", () => {
    const rig = rigOf();
    rig.send(heard());
    rig.runTo(15_000);
    rig.send(heard({ ttlSec: 30 }));
    rig.runTo(30_000);
    rig.send(heard({ voice: { isKnown: true, isTagged: true, vlanId: 120, priority: 5, dscp: 46 } }));
    rig.runTo(30_000 + theSwitch.ttlSec * 1000);
    rig.send(heard());
    rig.send(heard({ ttlSec: 0 }));
    rig.send(heard({ ttlSec: 0 }));
    expect(words(rig).filter((word) => !word.endsWith("frame"))).toEqual([
      "0 neighbour",
      "30 neighbour",
      `${30 + theSwitch.ttlSec} neighbour-lost`,
      `${30 + theSwitch.ttlSec} neighbour`,
      `${30 + theSwitch.ttlSec} neighbour-lost`,
    ]);
  });

  test("four are remembered; a flood of strangers starts no storm of ours", () => {
    const rig = rigOf();
    for (let i = 0; i < 100; i++) {
      rig.run(100);
      rig.send(heard({ chassisId: `stranger-${i}` }));
    }
    if (rig.state.kind === "down") throw new Error("up");
    expect(rig.state.table.map(({ neighbour }) => neighbour.chassisId)).toEqual([
      "stranger-99",
      "stranger-98",
      "stranger-97",
      "stranger-96",
    ]);
    expect(words(rig).filter((word) => word.endsWith("frame")).length).toBeLessThanOrEqual(12);
  });
});

describe("at the port", () => {
  interface ClientRig {
    readonly runtime: FakeRuntime;
    readonly link: FakeLink;
    readonly lldp: Lldp;
    readonly notices: LldpNotice[];
    readonly ended: AbortController;
  }

  function clientRig(): ClientRig {
    const runtime = createFakeRuntime();
    const link = createFakeLink(runtime.clock);
    const notices: LldpNotice[] = [];
    const ended = new AbortController();
    const lldp = startLldp({
      runtime,
      link,
      facts,
      notify: (notice) => void notices.push(notice),
      signal: ended.signal,
    });
    return { runtime, link, lldp, notices, ended };
  }

  test("frames go untagged, answers become notices, bad ones counts", () => {
    const { link, lldp, notices } = clientRig();
    expect(link.sent).toEqual([
      { atMs: 0, tag: undefined, bytes: vector("lldp/golden", "first-frame").bytes },
    ]);
    link.deliver("lldp", switchFrame);
    link.deliver("lldp", switchFrame, { vlanId: 0, priority: 0 });
    link.deliver("lldp", switchFrame, { vlanId: 110, priority: 0 });
    link.deliver("lldp", switchFrame.subarray(0, 40));
    link.deliver("lldp", link.sent[0]?.bytes ?? new Uint8Array());
    expect([notices.length, lldp.counters(), lldp.neighbours().length]).toEqual([
      1,
      { received: 4, malformed: 1, overBudget: 0, foreign: 2 },
      1,
    ]);
  });

  test("ten frames a second are looked at", async () => {
    const { link, lldp, runtime } = clientRig();
    for (let i = 0; i < 15; i++) link.deliver("lldp", switchFrame);
    await runtime.clock.advance(1000);
    link.deliver("lldp", switchFrame);
    expect(lldp.counters().overBudget).toBe(5);
  });

  test("changed facts, a new discovery, leave, carrier: each as the machine says", async () => {
    const { link, lldp, runtime, notices } = clientRig();
    await runtime.clock.advance(10_000);
    link.deliver("lldp", switchFrame);
    const count = (): number => link.sent.splice(0).length;
    count();
    lldp.update({ address: "10.77.0.141" });
    expect(count()).toBe(2);
    lldp.rediscover();
    link.deliver("lldp", switchFrame);
    expect([count(), notices.length]).toEqual([1, 2]);
    lldp.leave();
    link.setState(linkDown);
    lldp.rediscover();
    expect(count()).toBe(1);
    link.setState(linkUp);
    expect([count(), lldp.state().kind]).toEqual([1, "fast"]);
  });

  test("after the end nothing listens and nothing waits", () => {
    const { link, runtime, ended } = clientRig();
    ended.abort(new Error("shutdown"));
    expect([link.listenerCount(), runtime.clock.alarmCount]).toEqual([0, 0]);
  });
});
