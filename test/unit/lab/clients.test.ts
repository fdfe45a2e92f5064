// The firmware's own clients in the lab: what each fault looks like from their side, before any whole phone is told.
import { expect, test } from "vitest";
import { phoneCapabilities } from "#firmware/cdp/announcement.ts";
import { startCdp } from "#firmware/cdp/client.ts";
import type { CdpNotice } from "#firmware/cdp/notices.ts";
import { startDhcp } from "#firmware/dhcp/client.ts";
import type { DhcpNotice } from "#firmware/dhcp/notices.ts";
import { startLldp } from "#firmware/lldp/client.ts";
import { startSntp } from "#firmware/sntp/client.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";
import { type FetchResult, fetchFile } from "#firmware/tftp/client.ts";
import { createSimulatedNetwork } from "#hal/sim/network.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { createLab } from "#test/lab/lab.ts";
import { labRuntime } from "#test/lab/runtime.ts";
import { place } from "#test/lab/settings.ts";
import { virtualClock } from "#test/unit/hal/sim-net-rig.ts";

async function phoneIn(fault?: FaultName) {
  const clock = virtualClock();
  const random = createSeededRandom(1);
  const lab = await createLab({ clock, random, ...(fault === undefined ? {} : { fault }) });
  const life = new AbortController();
  const { signal } = life;
  const end = lab.phone.plug;
  const network = createSimulatedNetwork({ name: "eth0", mac: "00:11:22:33:44:55", end, clock, random });
  const runtime = labRuntime(clock, random);
  return { clock, lab, network, runtime, signal, end: () => life.abort() };
}
type Phone = Awaited<ReturnType<typeof phoneIn>>;

/** What DHCP told within `spanMs`, in the voice VLAN. */
async function dhcp({ clock, network, runtime, signal }: Phone, spanMs: number): Promise<DhcpNotice[]> {
  const notices: DhcpNotice[] = [];
  const vlan = { vlanId: place.voiceVlan, priority: 5 };
  await network.network.setVlan(vlan);
  const client = startDhcp({
    runtime,
    link: network.link,
    storage: createSimStorage(createFlash()),
    notify: (notice) => notices.push(notice),
    signal,
  });
  const identity = {
    hostName: "SEP001122334455",
    vendorClass: "Offhook",
    parameters: [1, 3, 6, 15, 42, 66, 150],
    wantsBroadcast: false,
  };
  client.start({ identity, tftp: "needed", vlan });
  await clock.advance(spanMs);
  return notices;
}

const told = (notices: readonly DhcpNotice[]): string[] =>
  notices.map((notice) => (notice.kind === "bound" ? `bound ${notice.lease.address}` : notice.kind));

test.each([
  [undefined, 100, ["bound 10.77.110.20"]],
  ["dhcp-nak", 60_000, ["refused", "bound 10.77.110.20"]],
  ["address-conflict", 60_000, ["conflict", "bound 10.77.110.21"]],
  ["rival-dhcp", 10_000, ["offer-refused", "bound 10.77.110.20"]],
  ["dhcp-slow", 15_000, ["silent", "bound 10.77.110.20"]],
] as const)("with fault %s DHCP tells in %d ms: %j", async (fault, spanMs, expected) => {
  const phone = await phoneIn(fault);
  const notices = await dhcp(phone, spanMs);
  expect([...new Set(told(notices))]).toEqual(expected);
  phone.end();
});

test.each([
  ["dhcp-silent", "silent"],
  ["no-option-150", "offer-refused"],
  ["dhcp-nak-always", "refused"],
] as const)("with fault %s DHCP never binds and says %s", async (fault, expected) => {
  const phone = await phoneIn(fault);
  const kinds = new Set(told(await dhcp(phone, 120_000)));
  expect(kinds).toContain(expected);
  expect([...kinds].filter((kind) => kind.startsWith("bound"))).toEqual([]);
  phone.end();
});

test.each([
  [undefined, ["110"]],
  ["no-voice-vlan", ["none"]],
  ["silent-switch", []],
  ["two-voice-vlans", ["110", "120"]],
] as const)("with fault %s the switch names the voice VLANs %j", async (fault, expected) => {
  const { clock, network, runtime, signal, end } = await phoneIn(fault);
  const notices: CdpNotice[] = [];
  startCdp({
    runtime,
    link: network.link,
    facts: {
      deviceId: "SEP001122334455",
      platform: "Offhook",
      software: "0.1.0",
      capabilities: phoneCapabilities("without-pc-port"),
      address: undefined,
      milliwatts: [6300],
      vlanId: undefined,
    },
    notify: (notice) => notices.push(notice),
    signal,
  });
  await clock.advance(3000);
  const vlans = notices.flatMap((notice) => {
    if (notice.kind !== "neighbour" || !notice.isNew) return [];
    const { voiceVlan } = notice.neighbour;
    return [voiceVlan.kind === "vlan" ? String(voiceVlan.vlanId) : voiceVlan.kind];
  });
  expect(vlans).toEqual(expected);
  end();
});

test.each([
  [undefined, []],
  ["lldp-only", [110]],
  ["cdp-against-lldp", [120]],
] as const)("with fault %s LLDP-MED names the voice VLANs %j", async (fault, expected) => {
  const { clock, network, runtime, signal, end } = await phoneIn(fault);
  const vlans = new Set<number>();
  startLldp({
    runtime,
    link: network.link,
    facts: {
      mac: network.link.mac,
      address: undefined,
      systemName: "SEP001122334455",
      systemDescription: "Offhook 0.1.0",
      hasPcPort: false,
      policy: undefined,
      milliwatts: undefined,
      inventory: {
        hardwareRevision: "1",
        firmwareRevision: "1",
        softwareRevision: "1",
        serialNumber: "1",
        manufacturer: "Offhook",
        model: "lab",
        assetId: "",
      },
    },
    notify: (notice) => {
      const { voice } = notice.neighbour;
      if (voice?.isKnown === true && voice.isTagged) vlans.add(voice.vlanId);
    },
    signal,
  });
  await clock.advance(3000);
  expect([...vlans]).toEqual(expected);
  end();
});

/** Reads the phone's file from both servers; undefined while nothing came of it. */
async function files(phone: Phone): Promise<(string | undefined)[]> {
  const { clock, network, runtime, signal } = phone;
  await dhcp(phone, 100);
  await network.network.setAddress({ address: "10.77.110.200", prefix: 24 });
  const results: (FetchResult | undefined)[] = [undefined, undefined];
  for (const [index, server] of [place.server, place.second].entries()) {
    const request = { server, fileName: "SIP001122334455.cnf", offer: undefined, maxBytes: 10_000 };
    const fetched = fetchFile(request, { runtime, sockets: network.sockets, signal });
    fetched.then(
      (result) => {
        results[index] = result;
      },
      () => undefined, // ended with the test
    );
  }
  await clock.advance(60_000);
  return results.map((result) => (result?.kind === "file" ? `${result.sizeBytes} bytes` : result?.kind));
}

test("files are read, missed, waited for and refused as the fault says", async () => {
  const outcomes: Partial<Record<FaultName | "none", (string | undefined)[]>> = {};
  for (const fault of [undefined, "file-not-found", "tftp-timeout", "tftp-error"] as const) {
    const phone = await phoneIn(fault);
    outcomes[fault ?? "none"] = await files(phone);
    phone.end();
  }
  expect(outcomes).toMatchObject({
    none: ["142 bytes", "142 bytes"],
    "file-not-found": ["not-found", "not-found"],
    "tftp-timeout": [expect.not.stringContaining("bytes"), "142 bytes"],
    "tftp-error": [expect.not.stringContaining("bytes"), expect.not.stringContaining("bytes")],
  });
});

test("foreign packets between the blocks do not spoil a file", async () => {
  const phone = await phoneIn("foreign-tftp-packets");
  expect(await files(phone)).toEqual(["142 bytes", "142 bytes"]);
  phone.end();
});

test.each([
  [undefined, true],
  ["ntp-absent", false],
  ["ntp-kiss-of-death", false],
  ["ntp-unsynchronised", false],
] as const)("with fault %s the clock is set: %s", async (fault, expected) => {
  const { clock, network, runtime, signal, end } = await phoneIn(fault);
  await network.network.setVlan({ vlanId: place.voiceVlan, priority: 5 });
  await network.network.setAddress({ address: "10.77.110.200", prefix: 24 });
  const notices: SntpNotice[] = [];
  const buildUnixMs = Date.UTC(2025, 0, 1);
  const sntp = startSntp({
    runtime,
    sockets: network.sockets,
    wallClock: clock,
    resolver: network.resolver,
    facts: { buildUnixMs, floorUnixMs: buildUnixMs },
    notify: (notice) => notices.push(notice),
    signal,
  });
  sntp.start({ mode: "unicast", servers: [place.server], broadcast: "10.77.110.255" });
  await clock.advance(10_000);
  expect(notices.some(({ kind }) => kind === "synchronised")).toBe(expected);
  expect(clock.wall()).toBe(expected ? Date.UTC(2026, 0, 1) + 10_000 : undefined);
  end();
});
