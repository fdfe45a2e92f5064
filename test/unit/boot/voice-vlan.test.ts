// The voice VLAN: the decision table, conflicts, late and changed answers, limits, kernels that cannot tag.
import { describe, expect, test } from "vitest";
import { nextVlanReset } from "#firmware/boot/moves.ts";
import { cdpAnswer, lldpAnswer } from "#firmware/boot/voice-vlan.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { BootRig, calls, carrier, cdp, cdpNeighbour, dhcp, lease, lldp, lldpNeighbour, vlan } from "./rig.ts";

const none = { kind: "none" } as const;
const ended = (rig: BootRig): readonly unknown[] => {
  const record = rig.record("vlan");
  return [record?.endMs, record?.endedBy];
};

/** In VLAN since 0 ms; answers that interface calls succeed. */
function asking(settings: Parameters<typeof makeRig>[0] = {}): BootRig {
  return makeRig(settings).bootTo("vlan");
}
function makeRig(settings: NonNullable<ConstructorParameters<typeof BootRig>[0]>["settings"]): BootRig {
  return new BootRig(settings === undefined ? {} : { settings });
}

function obeyed(rig: BootRig): unknown {
  const set = rig.take().flatMap(([, effect]) => (effect.kind === "set-vlan" ? [effect.tag] : []));
  for (const tag of set) rig.send({ kind: "vlan-set", vlanId: tag?.vlanId, outcome: "done" });
  return set.at(-1);
}

describe("who decides", () => {
  test("a CDP frame with a voice VLAN, at once", () => {
    const rig = asking();
    rig.run(3);
    rig.send(cdp(vlan(110)));
    expect(obeyed(rig)).toEqual({ vlanId: 110, priority: 5 });
    expect(ended(rig)).toEqual([3, "cdp: voice VLAN 110"]);
  });

  test("a CDP frame that says untagged or priority-tagged ends the wait at once", () => {
    for (const kind of ["untagged", "priority-tagged"] as const) {
      const rig = asking();
      rig.send(cdp({ kind }));
      expect(obeyed(rig)).toBeUndefined();
      expect(ended(rig)).toEqual([0, "cdp: voice goes untagged"]);
    }
  });

  test("BOOT-021 nobody: untagged after 6 s, with a warning", () => {
    const rig = asking();
    rig.runTo(5999);
    expect(rig.state.kind).toBe("vlan");
    rig.runTo(6000);
    expect(obeyed(rig)).toBeUndefined();
    expect(ended(rig)).toEqual([6000, "nobody answered in 6 s"]);
    expect(rig.warnings).toEqual(["vlan-silent-switch"]);
  });

  test("CDP without a voice VLAN leaves LLDP until 3 s, also when it comes late", () => {
    for (const [at, end] of [
      [10, 3000],
      [2900, 3000],
      [4000, 4000],
    ] as const) {
      const rig = asking();
      rig.runTo(at);
      rig.send(cdp(none));
      rig.runTo(end - 1);
      if (at !== end) expect(rig.state.kind === "vlan" && rig.state.step).toBe("asking");
      rig.runTo(end);
      obeyed(rig);
      expect(ended(rig)).toEqual([end, "cdp: no voice VLAN, and none by lldp"]);
      expect(rig.warnings).toEqual(["vlan-none"]);
    }
  });

  test("an LLDP-MED Voice policy gives VLAN, priority and DSCP", () => {
    const rig = asking();
    rig.send(lldp({ vlanId: 20, priority: 6, dscp: 34 }));
    expect(rig.take().find(([, { kind }]) => kind === "mark")?.[1]).toEqual({
      kind: "mark",
      priority: 6,
      voiceDscp: 34,
      signallingPriority: undefined,
      signallingDscp: undefined,
    });
    rig.send({ kind: "vlan-set", vlanId: 20, outcome: "done" });
    expect(ended(rig)).toEqual([0, "lldp: voice VLAN 20"]);
  });

  test("BOOT-029 U = 1 says nothing; T = 0 means untagged, and its DSCP is used", () => {
    const rig = asking();
    rig.send(lldp({ isKnown: false, vlanId: 20 }));
    expect(rig.state.kind === "vlan" && rig.state.step).toBe("asking");
    rig.send(lldp({ isTagged: false, vlanId: 20, dscp: 40 }));
    expect(rig.take().find(([, { kind }]) => kind === "mark")?.[1]).toMatchObject({ voiceDscp: 40 });
    expect(lldpAnswer(lldpNeighbour({ isTagged: false, vlanId: 20 }))?.vlanId).toBeUndefined();
    expect(lldpAnswer(lldpNeighbour({ vlanId: 0 }))?.vlanId).toBeUndefined();
  });

  test("a signalling policy gives its own marking", () => {
    const voiceSignalling = { isKnown: true, isTagged: true, vlanId: 20, priority: 3, dscp: 24 };
    expect(lldpAnswer(lldpNeighbour({ vlanId: 20 }, { voiceSignalling }))).toMatchObject({
      signallingPriority: 3,
      signallingDscp: 24,
    });
    expect(lldpAnswer(lldpNeighbour(undefined, { voiceSignalling }))).toBeUndefined();
  });

  test("a number that is no VLAN counts as none", () => {
    expect(cdpAnswer(cdpNeighbour({ kind: "out-of-range", value: 5000 }))).toBeUndefined();
  });

  test("a typed VLAN is used when the switch gives none, and overridden when it gives one", () => {
    const silent = asking({ typedVlan: 30 });
    silent.runTo(6000);
    expect(obeyed(silent)).toEqual({ vlanId: 30, priority: 5 });
    expect(ended(silent)).toEqual([6000, "typed: VLAN 30"]);
    expect(silent.warnings).toEqual([]);
    const answered = asking({ typedVlan: 30 });
    answered.send(cdp(vlan(110)));
    expect(obeyed(answered)).toEqual({ vlanId: 110, priority: 5 });
  });

  test("where the typed VLAN is master it is used at once and stays", () => {
    const rig = new BootRig({ settings: { vlanMaster: "typed", typedVlan: 30 } }).bootTo("link");
    rig.send(carrier(true));
    obeyed(rig);
    expect(ended(rig)).toEqual([0, "typed: VLAN 30"]);
    rig.send(cdp(vlan(110)));
    expect([rig.state.kind, rig.warnings]).toEqual(["ip", []]);
  });
});

describe("second opinions", () => {
  test("BOOT-020 two different answers: the first counts, the other is a warning, nothing oscillates", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    for (let i = 0; i < 5; i++) {
      rig.run(30_000);
      rig.send(lldp({ vlanId: 120 }));
      rig.send(cdp(vlan(110)));
    }
    expect([rig.state.kind, rig.warnings, rig.done()]).toEqual(["run", ["vlan-conflict"], []]);
  });

  test("the same VLAN from LLDP corrects the markings, once", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send(lldp({ vlanId: 110, priority: 6, dscp: 34 }));
    rig.send(lldp({ vlanId: 110, priority: 6, dscp: 34 }));
    rig.send(cdp(vlan(110)));
    expect(rig.take().map(([, effect]) => effect)).toEqual([
      { kind: "mark", priority: 6, voiceDscp: 34, signallingPriority: undefined, signallingDscp: undefined },
    ]);
  });

  test("once the neighbour that decided is gone, another one may name a VLAN", () => {
    const rig = new BootRig().bootTo("run");
    rig.send({ kind: "cdp", notice: { kind: "neighbour-lost", neighbour: cdpNeighbour(vlan(110)) } });
    expect(rig.state.kind).toBe("run");
    rig.send(lldp({ vlanId: 120 }));
    expect(rig.state.kind).toBe("vlan");
  });

  test("a VLAN without DHCP whose neighbour is gone is left for one that a neighbour still names", () => {
    const rig = new BootRig().bootTo("ip"); // on 110, by CDP
    rig.send(lldp({ vlanId: 120 }));
    rig.send(dhcp({ kind: "silent", tries: 3 }));
    expect([rig.state.kind, rig.warnings]).toEqual(["ip", ["vlan-conflict"]]);
    rig.send({ kind: "cdp", notice: { kind: "neighbour-lost", neighbour: cdpNeighbour(vlan(110)) } });
    expect(rig.state.kind).toBe("ip");
    rig.done();
    rig.send(dhcp({ kind: "silent", tries: 4 }));
    expect(rig.state.kind).toBe("vlan");
    expect(rig.done()).toContain("discover"); // asked anew: only those who are there can answer
  });

  test("…but not for what a neighbour said that is gone too", () => {
    const rig = new BootRig().bootTo("ip");
    const other = lldp({ vlanId: 120 });
    rig.send(other);
    if (other.kind !== "lldp") throw new Error("lldp says lldp");
    rig.send({ ...other, notice: { ...other.notice, kind: "neighbour-lost" } });
    rig.send({ kind: "cdp", notice: { kind: "neighbour-lost", neighbour: cdpNeighbour(vlan(110)) } });
    rig.send(dhcp({ kind: "silent", tries: 4 }));
    expect(rig.state.kind).toBe("ip");
  });
});

describe("late and changed answers", () => {
  const reset = [
    "stop-registration",
    "stop-configuration",
    "stop-time",
    "release-address",
    "remove-address",
    "describe",
    "discover",
  ];

  test("BOOT-021 the first VLAN after giving up: RELEASE, then RESET, and the new VLAN is used", () => {
    const rig = asking();
    rig.runTo(6000);
    obeyed(rig);
    rig.bootTo("run");
    rig.done();
    rig.runTo(100_000);
    rig.send(cdp(vlan(110)));
    expect(rig.done()).toEqual(["negotiate-power", ...reset]);
    expect(rig.state.kind).toBe("vlan");
    rig.send(cdp(vlan(110)));
    expect(obeyed(rig)).toEqual({ vlanId: 110, priority: 5 });
    rig.bootTo("run");
  });

  test("before there is an address the search just ends and begins on the new VLAN", () => {
    const rig = asking();
    rig.runTo(6000);
    obeyed(rig);
    rig.runTo(20_000);
    rig.done();
    rig.send(cdp(vlan(110)));
    expect(rig.done()).toEqual(["negotiate-power", "stop-address", "discover"]);
  });

  test("BOOT-022 a flapping VLAN resets at most once in 60 s and three times in an hour", () => {
    const rig = new BootRig().bootTo("run");
    const resets: number[] = [];
    let current = 110;
    for (let second = 10; second < 7200; second += 10) {
      rig.runTo(second * 1000);
      current = current === 110 ? 120 : 110;
      rig.send(cdp(vlan(current)));
      for (const [ms, effect] of rig.take())
        if (effect.kind === "discover") resets.push(Math.round(ms / 1000));
      if (rig.state.kind === "vlan") rig.send(cdp(vlan(current)));
      rig.take();
      if (rig.state.kind === "vlan") rig.send({ kind: "vlan-set", vlanId: current, outcome: "done" });
      if (rig.state.kind === "ip") rig.bootTo("run");
    }
    const gaps = resets.slice(1).map((at, i) => at - (resets[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60);
    for (const from of resets)
      expect(resets.filter((at) => at >= from && at < from + 3600).length).toBeLessThanOrEqual(3);
    expect(resets.length).toBeGreaterThan(3);
  });

  test("the limits as a table", () => {
    const at = (seconds: number[], now: number) =>
      nextVlanReset(
        seconds.map((s) => (s * 1000) as MonoMs),
        (now * 1000) as MonoMs,
      ) / 1000;
    expect(at([], 100)).toBe(100);
    expect(at([50], 100)).toBe(110);
    expect(at([10], 100)).toBe(100);
    expect(at([10, 80, 150], 220)).toBe(3610);
    expect(at([10, 80, 150], 3620)).toBe(3620);
    expect(at([10, 80, 150, 3610], 3620)).toBe(3680);
  });

  test("X28: during a call the reset waits for the last hang-up", () => {
    const rig = new BootRig().bootTo("run");
    rig.run(200_000);
    rig.send(calls(2));
    rig.send(cdp(vlan(120)));
    rig.send(calls(1));
    expect([rig.state.kind, rig.warnings]).toEqual(["run", ["vlan-change-waits"]]);
    rig.done();
    rig.send(calls(0));
    expect(rig.done()).toEqual(reset);
    expect(rig.state.kind).toBe("vlan");
  });

  test("X28: it does not wait once the old VLAN gives no address any more", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(calls(1));
    rig.send(cdp(vlan(120)));
    rig.done();
    rig.send(dhcp({ kind: "lost", address: lease.address, reason: "expired" }));
    expect(rig.state.kind).toBe("vlan");
    expect(rig.done()).toContain("discover");
  });

  test("a switch that takes its change back before its turn has changed nothing", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(calls(1));
    rig.send(cdp(vlan(120)));
    rig.send(cdp(vlan(110)));
    rig.send(calls(0));
    expect([rig.state.kind, rig.warnings]).toEqual(["run", []]);
  });

  test("a frame without the TLV after one with it takes nothing back", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send(cdp(none));
    expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
  });
});

describe("the interface", () => {
  test.each(["unsupported", "failed"] as const)(
    "that answers %s: untagged, told, and not asked again by every frame",
    (outcome) => {
      const rig = asking();
      rig.send(cdp(vlan(110)));
      rig.send({ kind: "vlan-set", vlanId: 110, outcome });
      expect([rig.state.kind, rig.warnings]).toEqual(["ip", ["vlan-unsupported"]]);
      expect(rig.take().find(([, { kind }]) => kind === "start-address")?.[1]).toEqual({
        kind: "start-address",
        tag: undefined,
      });
      rig.bootTo("run");
      rig.done();
      rig.send(cdp(vlan(110), { location: "new" }));
      expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
    },
  );

  test("an answer about another VLAN than the one being set does not count", () => {
    const rig = asking();
    rig.send(cdp(vlan(110)));
    rig.send({ kind: "vlan-set", vlanId: 120, outcome: "done" });
    rig.send({ kind: "vlan-set", vlanId: undefined, outcome: "done" });
    expect([rig.state.kind, rig.ignored]).toEqual(["vlan", 2]);
  });
});

describe("beside the VLAN", () => {
  test("power is spoken of in one protocol per link, CDP before LLDP", () => {
    const by = (...events: Parameters<BootRig["send"]>[0][]): readonly unknown[] => {
      const rig = asking();
      for (const event of events) rig.send(event);
      rig.run(10_000);
      rig.send(cdp(none, { location: "x" }));
      return rig.take().flatMap(([, effect]) => (effect.kind === "negotiate-power" ? [effect.by] : []));
    };
    expect(by(cdp(none), lldp({ vlanId: 20 }))).toEqual(["cdp"]);
    expect(by(lldp({ vlanId: 20 }))).toEqual(["lldp"]);
    expect(by()).toEqual(["cdp"]);
  });

  test("BOOT-018 trust and CoS of the switch go to the PC port", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send(cdp(vlan(110), { trust: { isTrusted: false, untrustedPriority: 3 } }));
    rig.send(cdp(vlan(110), { trust: { isTrusted: true, untrustedPriority: 0 } }));
    expect(rig.take().map(([, effect]) => effect)).toEqual([
      { kind: "trust-pc-port", isTrusted: false, untrustedPriority: 3 },
      { kind: "trust-pc-port", isTrusted: true, untrustedPriority: 0 },
    ]);
  });

  test("a grant below what the board asks for is a warning until a better one comes", () => {
    const grant = (requestId: number, availableMilliwatts: number) =>
      cdp(vlan(110), {
        power: { requestId, managementId: 1, availableMilliwatts, managementMilliwatts: undefined },
      });
    const rig = new BootRig().bootTo("vlan");
    rig.send(grant(0, 4000)); // before the phone has asked: it decides the VLAN, and says nothing of the answer
    expect(rig.warnings).toEqual([]);
    rig.send(grant(1, 4000));
    expect(rig.warnings).toEqual(["power-short"]);
    rig.send(grant(1, 6300));
    expect(rig.warnings).toEqual([]);
  });

  test("a duplex mismatch is a warning", () => {
    const rig = new BootRig().bootTo("run");
    rig.send({ kind: "cdp", notice: { kind: "duplex-mismatch", ours: "full", theirs: "half" } });
    expect(rig.warnings).toEqual(["duplex-mismatch"]);
  });
});
