// CDP at work: queries at carrier, announcements, neighbours that come, change and go, what the phone says of itself.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  announcement,
  type CdpFacts,
  deviceIdOf,
  nextRequestId,
  phoneCapabilities,
} from "#firmware/cdp/announcement.ts";
import { type CdpEffect, type CdpEvent, type CdpState, createCdpMachine } from "#firmware/cdp/machine.ts";
import { type CdpTlv, cdpPacket, noManagementLevel } from "#firmware/cdp/messages.ts";
import { neighbourOf } from "#firmware/cdp/neighbour.ts";
import type { CdpNeighbour } from "#firmware/cdp/notices.ts";
import { encode } from "#firmware/wire/field.ts";
import { MachineRig } from "#test/unit/machine-rig.ts";

const facts: CdpFacts = {
  deviceId: "SEP001122334455",
  platform: "Offhook",
  software: "0.1.0",
  capabilities: 0x490,
  address: undefined,
  milliwatts: undefined,
  vlanId: undefined,
};

type Rig = MachineRig<CdpState, CdpEvent, CdpEffect>;

function rigOf(changes: Partial<CdpFacts> = {}): Rig {
  const rig: Rig = new MachineRig(createCdpMachine({ ...facts, ...changes }));
  rig.send({ kind: "link-up", duplex: "full" });
  return rig;
}

function switchSays(
  tlvs: readonly CdpTlv[] = [{ kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 110 }] }],
  options: { ttlSec?: number; mac?: string; id?: string } = {},
): CdpNeighbour {
  const id = { kind: "deviceId", text: options.id ?? "switch-1" } as const;
  return neighbourOf(options.mac ?? "00:11:22:33:44:01", {
    version: 2,
    ttlSec: options.ttlSec ?? 180,
    tlvs: [id, ...tlvs],
  });
}

const frame = (neighbour: CdpNeighbour): CdpEvent => ({ kind: "frame", neighbour, port: "network" });
const isQuery = (effect: CdpEffect): boolean =>
  effect.kind === "send" && effect.packet.tlvs.some(({ kind }) => kind === "voiceVlanQuery");
const sends = (rig: Rig): string[] =>
  rig
    .take()
    .flatMap(([ms, effect]) =>
      effect.kind === "send" ? [`${ms} ${isQuery(effect) ? "query" : "announce"}`] : [],
    );
const notices = (rig: Rig): string[] =>
  rig.take().flatMap(([ms, effect]) => (effect.kind === "notify" ? [`${ms} ${effect.notice.kind}`] : []));
/** The TLVs of the newest frame. */
function saying<K extends CdpTlv["kind"]>(rig: Rig, kind: K): Extract<CdpTlv, { kind: K }> | undefined {
  const sent = rig.take().flatMap(([, effect]) => (effect.kind === "send" ? [effect.packet] : []));
  return sent.at(-1)?.tlvs.find((tlv): tlv is Extract<CdpTlv, { kind: K }> => tlv.kind === kind);
}

describe("asking", () => {
  test("BOOT-016 nobody answers: queries at carrier, +0.25, +0.5, +1 and +2 s, later one a minute", () => {
    const rig = rigOf();
    rig.runTo(125_000);
    expect(sends(rig)).toEqual([
      "0 query",
      "250 query",
      "500 query",
      "1000 query",
      "2000 query",
      "62000 query",
      "122000 query",
    ]);
    expect(rig.transitions).toEqual(["down -> asking", "asking -> silent"]);
  });

  test.each([0, 100, 260, 999, 1999])(
    "BOOT-016 an answer at %i ms stops the queries and is answered once",
    (ms) => {
      const rig = rigOf();
      rig.runTo(ms);
      rig.take();
      rig.send(frame(switchSays()));
      rig.runTo(60_000 + ms);
      expect(sends(rig)).toEqual([`${ms} announce`, `${ms + 60_000} announce`]);
      expect(rig.state.kind).toBe("heard");
    },
  );

  test("a late answer is heard as well as an early one", () => {
    const rig = rigOf();
    rig.runTo(30_000);
    rig.take();
    rig.send(frame(switchSays()));
    expect(rig.take().map(([, effect]) => effect.kind)).toEqual(["notify", "send"]);
  });

  test("carrier lost in any state ends everything, and the next carrier begins anew", () => {
    const reach: ((rig: Rig) => void)[] = [
      () => {},
      (rig) => rig.runTo(5000),
      (rig) => void rig.send(frame(switchSays())),
    ];
    for (const act of reach) {
      const rig = rigOf();
      act(rig);
      rig.send({ kind: "link-down" });
      expect([rig.state.kind, rig.timers()]).toEqual(["down", []]);
      rig.send(frame(switchSays()));
      rig.take();
      rig.send({ kind: "link-up", duplex: "full" });
      expect(sends(rig)).toEqual([`${rig.now} query`]);
    }
  });
});

describe("announcing", () => {
  test("every 60 s, and out of turn when address or duplex change, at most once a second", () => {
    const rig = rigOf();
    rig.send(frame(switchSays()));
    rig.runTo(500);
    rig.take();
    rig.send({ kind: "facts", facts: { ...facts, address: "10.77.0.141" } });
    rig.send({ kind: "facts", facts: { ...facts, address: "10.77.0.141" } });
    rig.runTo(10_000);
    rig.send({ kind: "link-up", duplex: "half" });
    rig.runTo(70_000);
    expect(sends(rig)).toEqual(["1000 announce", "10000 announce", "70000 announce"]);
    expect(rig.ignored).toBe(1);
  });

  test("what changes while queries leave goes out with the next query", () => {
    const rig = rigOf();
    rig.runTo(100);
    rig.take();
    rig.send({ kind: "facts", facts: { ...facts, address: "10.77.0.141" } });
    rig.runTo(250);
    expect(saying(rig, "addresses")).toMatchObject({ addresses: [{ address: "10.77.0.141" }] });
  });

  test("BOOT-014 the device id is SEP or SIP and the MAC, by image type", () => {
    expect(deviceIdOf("SEP", "00:11:22:aa:bb:cc")).toBe("SEP001122AABBCC");
    expect(deviceIdOf("SIP", "00:11:22:aa:bb:cc")).toBe("SIP001122AABBCC");
  });

  test("BOOT-015 capabilities 0x490 with a PC port, 0x090 without, 0x010 in the legacy profile", () => {
    expect(phoneCapabilities("with-pc-port")).toBe(0x490);
    expect(phoneCapabilities("without-pc-port")).toBe(0x090);
    expect(phoneCapabilities("legacy-7960")).toBe(0x010);
  });

  test("BOOT-013 the frame has an even length whatever the phone says", () => {
    fc.assert(
      fc.property(
        fc.record({
          software: fc.string({ maxLength: 40 }),
          platform: fc.string({ maxLength: 40 }),
          hasAddress: fc.boolean(),
          watts: fc.array(fc.nat(100_000), { maxLength: 3 }),
          isAsking: fc.boolean(),
        }),
        ({ software, platform, hasAddress, watts, isAsking }) => {
          const said = {
            ...facts,
            software,
            platform,
            address: hasAddress ? "192.0.2.1" : undefined,
            milliwatts: watts,
          };
          const packet = announcement(said, "full", { requestId: 1, managementId: 3 }, { isAsking });
          expect(encode(cdpPacket, packet).length % 2).toBe(0);
        },
      ),
    );
  });
});

describe("power", () => {
  const available = (managementId: number, milliwatts: readonly number[], requestId = 1): CdpNeighbour =>
    switchSays([{ kind: "powerAvailable", requestId, managementId, milliwatts }]);

  test("BOOT-019 the old request alone until the switch speaks of levels, then ids and the list", () => {
    const rig = rigOf({ milliwatts: [6300, 5000] });
    rig.send(frame(switchSays()));
    const before = rig
      .take()
      .flatMap(([, effect]) => (effect.kind === "send" ? [effect.packet.tlvs.map(({ kind }) => kind)] : []));
    expect(before.at(-1)).toContain("powerConsumption");
    expect(before.at(-1)).not.toContain("powerRequested");
    rig.runTo(5000);
    rig.send(frame(available(7, [15_400, noManagementLevel])));
    expect(saying(rig, "powerRequested")).toEqual({
      kind: "powerRequested",
      requestId: 1,
      managementId: 7,
      milliwatts: [6300, 5000],
    });
    rig.runTo(10_000);
    rig.send({ kind: "facts", facts: { ...facts, milliwatts: [4000] } });
    expect(saying(rig, "powerRequested")).toMatchObject({
      requestId: 2,
      managementId: 7,
      milliwatts: [4000],
    });
  });

  test("BOOT-019 management level 0xFFFFFFFF is no preference, and ids skip 0", () => {
    expect(available(7, [15_400, noManagementLevel]).power).toEqual({
      requestId: 1,
      managementId: 7,
      availableMilliwatts: 15_400,
      managementMilliwatts: undefined,
    });
    expect(available(7, [15_400, 7000]).power?.managementMilliwatts).toBe(7000);
    expect(available(7, [15_400]).power?.managementMilliwatts).toBeUndefined();
    expect([nextRequestId(1), nextRequestId(0xfffe), nextRequestId(0xffff)]).toEqual([2, 0xffff, 1]);
  });

  test("without figures CDP keeps silent about power", () => {
    const rig = rigOf();
    rig.send(frame(available(7, [15_400])));
    expect(saying(rig, "powerConsumption")).toBeUndefined();
  });

  test("a switch that changes its mind with every frame is answered once a second at most", () => {
    const rig = rigOf({ milliwatts: [6300] });
    rig.send(frame(available(1, [15_400])));
    rig.take();
    for (let id = 2; id < 32; id++) {
      rig.run(100);
      rig.send(frame(available(id, [15_400])));
    }
    expect(sends(rig).length).toBeLessThanOrEqual(3);
  });
});

describe("neighbours", () => {
  test("repetition is no news, another VLAN is", () => {
    const rig = rigOf();
    rig.send(frame(switchSays()));
    rig.runTo(60_000);
    rig.send(frame(switchSays(undefined, { ttlSec: 170 })));
    rig.runTo(61_000);
    rig.send(frame(switchSays([{ kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 120 }] }])));
    expect(notices(rig)).toEqual(["0 neighbour", "61000 neighbour"]);
  });

  test("one that is not heard for its hold time, or takes leave, is lost; asking begins again", () => {
    const rig = rigOf();
    rig.send(frame(switchSays(undefined, { ttlSec: 20 })));
    rig.runTo(20_000);
    expect([rig.state.kind, notices(rig).at(-1)]).toEqual(["silent", "20000 neighbour-lost"]);
    rig.send(frame(switchSays()));
    rig.send(frame(switchSays(undefined, { ttlSec: 0 })));
    rig.send(frame(switchSays(undefined, { ttlSec: 0 })));
    expect(notices(rig)).toEqual(["20000 neighbour", "20000 neighbour-lost"]);
    rig.take();
    rig.runTo(21_000);
    expect(sends(rig)).toEqual(["21000 query"]);
  });

  test("BOOT-024 rule 6: four are remembered, the one heard longest ago makes room", () => {
    const rig = rigOf();
    for (let i = 1; i <= 6; i++) {
      rig.run(1000);
      rig.send(frame(switchSays([], { id: `switch-${i}` })));
    }
    if (rig.state.kind !== "heard") throw new Error("heard");
    expect(rig.state.table.map(({ neighbour }) => neighbour.deviceId)).toEqual([
      "switch-6",
      "switch-5",
      "switch-4",
      "switch-3",
    ]);
  });

  test("another duplex at the other end is told once", () => {
    const rig = rigOf();
    rig.send(frame(switchSays([{ kind: "duplex", mode: 0 }])));
    rig.send(
      frame(
        switchSays([
          { kind: "duplex", mode: 0 },
          { kind: "nativeVlan", vlanId: 5 },
        ]),
      ),
    );
    expect(notices(rig)).toEqual(["0 neighbour", "0 duplex-mismatch", "0 neighbour"]);
  });

  test("BOOT-024 BOOT-026 rule 9: what comes in by the PC port changes nothing", () => {
    const rig = rigOf({ milliwatts: [6300] });
    const before = rig.state;
    rig.take();
    rig.send({
      kind: "frame",
      neighbour: switchSays([
        { kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 666 }] },
        { kind: "powerAvailable", requestId: 1, managementId: 9, milliwatts: [1] },
      ]),
      port: "pc",
    });
    expect(rig.state).toBe(before);
    expect([rig.take().length, rig.ignored]).toEqual([0, 1]);
  });

  test("location is kept for people to read", () => {
    expect(switchSays([{ kind: "location", format: 1, text: "Building 7\nRoom 12" }]).location).toBe(
      "Building 7.Room 12",
    );
  });
});
