// What a phone with the SIP image puts on its cable: its name in CDP and DHCP, tags and markings, and what it never sends.
import { expect } from "vitest";
import { boardNames, loadBoard } from "#firmware/bin/boards.ts";
import type { CdpTlv } from "#firmware/cdp/messages.ts";
import { optionOf } from "#firmware/dhcp/options.ts";
import { textFile } from "#test/lab/files.ts";
import { place } from "#test/lab/settings.ts";
import { watchWire } from "./kit/frames.ts";
import { choose, openSettings } from "./kit/menus.ts";
import type { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

const image = { needs: ["lab"], profile: "cisco-sip" } as const;
const name = "SIP001122334455";

const tlv = <K extends CdpTlv["kind"]>(tlvs: readonly CdpTlv[], kind: K) =>
  tlvs.find((one): one is Extract<CdpTlv, { kind: K }> => one.kind === kind);

async function callEcho(rig: Rig): Promise<void> {
  await rig.lift();
  await rig.press("600");
  await rig.call("connected", 20_000);
  await rig.wait(1000);
  await rig.hangUp();
  await rig.noCalls();
}

story(
  "NET-003 NET-004 CDP names the phone, its port and its wish for power, at start and every minute after",
  { ...image, fault: "silent-switch" },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.untilPhase("run", 30_000);
    const settledMs = rig.drive.now();
    await rig.wait(190_000);
    const said = wire.cdp();
    for (const { packet, tag } of said) {
      expect(tag).toBeUndefined();
      expect(packet).toMatchObject({ version: 2, ttlSec: 180 });
      expect(tlv(packet.tlvs, "deviceId")?.text).toBe(name);
      expect(tlv(packet.tlvs, "portId")?.text).toBe("Port 1");
      // host and VoIP phone (X15); the platform is our own name, never another vendor's
      expect((tlv(packet.tlvs, "capabilities")?.bits ?? 0) & 0x90).toBe(0x90);
      expect(tlv(packet.tlvs, "platform")?.text).toMatch(/^Offhook/);
      expect(tlv(packet.tlvs, "software")?.text).not.toBe("");
      expect(tlv(packet.tlvs, "duplex")?.mode).toBe(1);
    }
    expect(said.filter(({ atMs }) => atMs < 3000).length).toBeGreaterThanOrEqual(3);
    const later = said.map(({ atMs }) => atMs).filter((atMs) => atMs > settledMs);
    expect(later.length).toBeGreaterThanOrEqual(3);
    for (const [i, atMs] of later.slice(1).entries()) {
      expect(atMs - (later[i] ?? 0)).toBeGreaterThan(50_000);
      expect(atMs - (later[i] ?? 0)).toBeLessThan(70_000);
    }
  },
);

story("NET-003 power is asked for in CDP where the switch offers some", image, async (rig) => {
  const wire = watchWire(rig.lab);
  await rig.ready();
  await rig.wait(70_000);
  const last = wire.cdp().at(-1)?.packet.tlvs ?? [];
  expect(tlv(last, "powerConsumption")?.milliwatts).toBe(6300);
  expect(tlv(last, "powerRequested")?.milliwatts[0]).toBe(6300);
});

story(
  "NETM-004 the host name is SIP and the MAC, in the menu and in every DHCP request",
  image,
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    const names = wire.dhcp().map(({ message }) => optionOf(message.options, "hostName")?.text);
    expect(new Set(names)).toEqual(new Set([name]));
    await openSettings(rig, "3");
    expect(await choose(rig, "Host Name")).toBe(name);
  },
);

story(
  "NET-005 NET-007 all but CDP is tagged: voice with priority 5, signalling with 3 and precedence 3",
  { ...image, needs: ["lab", "echo"] },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    await callEcho(rig);
    const isTagged = wire.sent.filter(({ etherType }) => etherType === 0x0800 || etherType === 0x0806);
    expect(new Set(isTagged.map(({ tag }) => tag?.vlanId))).toEqual(new Set([place.voiceVlan]));
    const signalling = wire.udpTo(5060);
    expect(signalling.length).toBeGreaterThan(3);
    expect(new Set(signalling.map(({ tag }) => tag?.priority))).toEqual(new Set([3]));
    expect(new Set(signalling.map(({ tos }) => tos >> 5))).toEqual(new Set([3]));
    const voice = wire.udpTo(voicePort(wire.ip(17)));
    expect(voice.length).toBeGreaterThan(30);
    expect(new Set(voice.map(({ tag }) => tag?.priority))).toEqual(new Set([5]));
  },
);

/** Where most datagrams went. */
function voicePort(frames: readonly { readonly bytes: Uint8Array }[]): number {
  const counts = new Map<number, number>();
  for (const { bytes } of frames) {
    const port = ((bytes[36] ?? 0) << 8) | (bytes[37] ?? 0);
    counts.set(port, (counts.get(port) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

for (const precedence of [0, 1, 2, 3, 4, 5])
  story(
    `NET-006 tos_media ${precedence} is the precedence of the voice packets`,
    {
      ...image,
      needs: ["lab", "echo"],
      files: {
        "SIP001122334455.cnf": `line1_name: "1001"\nline1_password: "lab-1001"\ntos_media: ${precedence}\n`,
      },
    },
    async (rig) => {
      const wire = watchWire(rig.lab);
      await rig.ready();
      await callEcho(rig);
      const voice = wire.udpTo(voicePort(wire.ip(17)));
      expect(voice.length).toBeGreaterThan(30);
      expect(new Set(voice.map(({ tos }) => tos >> 5))).toEqual(new Set([precedence]));
    },
  );

story(
  "NET-016 NET-022 no IPv6 and no TCP in boot and call, and no TCP port listens unless telnet is allowed",
  { ...image, needs: ["lab", "echo"] },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    await callEcho(rig);
    expect(wire.sent.filter(({ etherType }) => etherType === 0x86dd)).toEqual([]);
    expect(wire.ip(6)).toEqual([]);
    expect(wire.sent.length).toBeGreaterThan(50);
    const { sockets } = rig.lab.hosts.server.stack;
    const { signal } = new AbortController();
    const address = String((await rig.show("network")).address).split("/")[0] ?? "";
    for (const port of [21, 22, 23, 80, 443, 2000, 5060, 5061, 7960, 8080]) {
      const opening = sockets.connectTcp({ address, port }, { timeoutMs: 1000, signal });
      const outcome = opening.then(
        () => "open",
        (error: unknown) => (error as { code?: string }).code, // a HalError
      );
      await rig.wait(1100);
      expect([port, await outcome]).toEqual([port, "refused"]);
    }
  },
);

story(
  "NET-009 DHCP is told the host name, the wishes, the class with its zero byte and the client id of a 7960",
  { ...image, dhcpProfile: "cisco-7960" },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    const told = wire.dhcp().map(({ message }) => message.options);
    expect(told.length).toBeGreaterThanOrEqual(2); // DISCOVER and REQUEST
    for (const options of told) {
      expect(optionOf(options, "hostName")?.text).toBe(name);
      expect([...(optionOf(options, "parameterRequest")?.codes ?? [])]).toEqual([1, 66, 6, 3, 15, 150, 35]);
      expect(optionOf(options, "vendorClass")?.text).toBe("Cisco Systems, Inc. IP Phone CP-7960G\0");
      expect([...(optionOf(options, "clientId")?.bytes ?? [])]).toEqual([1, 0, 0x11, 0x22, 0x33, 0x44, 0x55]);
    }
  },
);

story(
  "NET-019 network_media_type fixes speed and duplex of the switch port, Auto has them agreed on again",
  {
    ...image,
    files: {
      [`${name}.cnf`]: 'line1_name: "1001"\nline1_password: "lab-1001"\nnetwork_media_type: "Half10"\n',
    },
  },
  async (rig) => {
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({ media: "half 10" });
    rig.lab.files.set(`${name}.cnf`, textFile('line1_name: "1001"\nline1_password: "lab-1001"\n'));
    await rig.drive.command("reset");
    await rig.wait(1000);
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({ media: "auto" });
  },
);

story(
  "NET-026 what is emulated is named as simulated, and CDP claims no more than there is",
  image,
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    const { parts } = JSON.parse(await rig.drive.command("show hal json")) as {
      readonly parts: readonly { readonly part: string; readonly attached: string; readonly state: string }[];
    };
    const stateOf = (part: string) => parts.find((one) => one.part === part);
    for (const part of ["lamps", "power", "pc port"])
      expect(stateOf(part)).toMatchObject({ attached: "simulated", state: "working" });
    await rig.wait(61_000); // the next of its announcements
    const asked = wire.cdp().map(({ packet }) => tlv(packet.tlvs, "powerConsumption")?.milliwatts);
    expect(asked).toContain(6300);
    // a board has a port for a computer where it names its interface: none else may say that it relays for one
    for (const board of boardNames)
      expect((await loadBoard(board)).facts.pcPortInterface, board).toBe(
        board === "qemu-virt" ? "eth1" : undefined,
      );
  },
);
