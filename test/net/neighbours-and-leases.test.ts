// The boot's protocols over a real kernel, deeper: LLDP-MED and power with lldpd, the life of a lease with dnsmasq, a
// conflict with another host's kernel; tshark as judge of all that we sent.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type DhcpClient, startDhcp } from "#firmware/dhcp/client.ts";
import { prefixOf } from "#firmware/dhcp/datagram.ts";
import type { DhcpNotice } from "#firmware/dhcp/notices.ts";
import { identityOf } from "#firmware/dhcp/requests.ts";
import type { LldpFacts } from "#firmware/lldp/announcement.ts";
import { startLldp } from "#firmware/lldp/client.ts";
import type { LldpNotice } from "#firmware/lldp/notices.ts";
import { type Capture, startCapture } from "./capture.ts";
import { startDnsmasq } from "./dhcp-servers.ts";
import { createFirmwareRig, type FirmwareRig } from "./firmware-rig.ts";
import { type KernelRig, openKernelRig } from "./kernel-rig.ts";
import { startLldpd } from "./lldpd.ts";
import { phoneMac, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";

let rig: KernelRig;
let firmware: FirmwareRig;
let capture: Capture;
beforeAll(async () => {
  rig = await openKernelRig();
  firmware = createFirmwareRig(rig.kernel);
  await eventually("carrier", () => rig.kernel.link.state().isUp);
  capture = await startCapture(rig.net, rig.net.phone);
});
afterAll(() => rig.close());
let scope: AbortController;
beforeEach(() => {
  scope = new AbortController();
});
afterEach(() => scope.abort());

const address = "10.77.0.40";
const facts: LldpFacts = {
  mac: phoneMac,
  address,
  systemName: "SEP001122334455",
  systemDescription: "Offhook 0.1.0",
  hasPcPort: false,
  policy: { vlanId: 110, priority: 5, voiceDscp: 46, signallingPriority: 3, signallingDscp: 24 },
  milliwatts: 6300,
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

test("lldpd's voice policy is heard, and lldpd lists the phone with policy, power and inventory", async () => {
  const lldpd = await startLldpd(rig.net);
  const heard: LldpNotice[] = [];
  const lldp = startLldp({
    runtime: firmware.runtime,
    link: rig.kernel.link,
    facts,
    notify: (notice) => void heard.push(notice),
    signal: scope.signal,
  });
  await eventually("phone listed", () => lldpd.cli("show neighbors").includes("SEP001122334455"));
  lldpd.cli(
    `configure ports ${rig.net.phonePort} med policy application voice tagged vlan 110 priority voice dscp 46`,
  );
  const policy = () =>
    heard.flatMap((notice) => (notice.kind === "neighbour" ? [notice.neighbour.voice] : [])).at(-1);
  await eventually(
    () => `policy heard; the log says\n${firmware.log()}`,
    () => policy()?.vlanId === 110,
    20_000,
  );
  expect(policy()).toEqual({ isKnown: true, isTagged: true, vlanId: 110, priority: 5, dscp: 46 });
  const listed = lldpd.cli("show neighbors details");
  for (const fact of [
    `ip ${address}`,
    `mac ${phoneMac}`,
    "Communication Device Endpoint (Class III)",
    "Tel, on",
    "VLAN: 110",
    "PCP: 5\n DSCP Value: 46",
    "PCP: 3\n DSCP Value: 24",
    "Power type & source: PD",
    "Power priority: high",
    "Power Value: 6300",
    "Hardware Revision: proto-a",
    "Model: 7960",
  ])
    expect(listed.toLowerCase().replace(/ +/g, " ")).toContain(fact.toLowerCase());
  lldp.leave();
  await eventually("phone gone", () => !lldpd.cli("show neighbors").includes("SEP001122334455"));
  await lldpd.stop();
});

interface Life {
  readonly client: DhcpClient;
  readonly notices: DhcpNotice[];
  reached(kind: DhcpNotice["kind"], withinMs?: number): Promise<void>;
}

/** A DHCP client whose address is set as the phone sets it. */
function dhcpLife(): Life {
  const { kernel } = rig;
  const notices: DhcpNotice[] = [];
  const client = startDhcp({
    runtime: firmware.runtime,
    link: kernel.link,
    storage: kernel.storage,
    signal: scope.signal,
    notify(notice) {
      notices.push(notice);
      if (notice.kind === "bound")
        void kernel.network.setAddress({
          address: notice.lease.address,
          prefix: prefixOf(notice.lease.mask),
        });
      if (notice.kind === "lost") void kernel.network.setAddress(undefined);
    },
  });
  return {
    client,
    notices,
    reached: (kind, withinMs) =>
      eventually(
        () => `${kind}; the log says\n${firmware.log()}`,
        () => notices.some((notice) => notice.kind === kind),
        withinMs,
      ),
  };
}

const start = {
  identity: identityOf("own", { hostName: "SEP001122334455", product: "Offhook" }),
  tftp: "needed",
  vlan: undefined,
} as const;

test("a lease is got, verified after a loss of carrier, asked for by INIT-REBOOT, and given back", async () => {
  const dnsmasq = await startDnsmasq(rig.net);
  const first = dhcpLife();
  first.client.start(start);
  await first.reached("bound");
  first.client.verify();
  await first.reached("renewed");
  first.client.stop();
  const second = dhcpLife();
  second.client.start(start);
  expect(second.client.state().kind).toBe("rebooting");
  await second.reached("bound");
  expect(second.notices).toMatchObject([{ kind: "bound", how: "kept" }]);
  const [bound] = second.notices;
  if (bound?.kind !== "bound") throw new Error("bound");
  second.client.release();
  await eventually("DHCPRELEASE in the server's log", () =>
    dnsmasq.output().includes(`DHCPRELEASE(br0) ${bound.lease.address}`),
  );
  await dnsmasq.stop();
});

test("an address that another kernel has is declined, and after ten seconds another one is used", async () => {
  const taken = "10.77.0.131";
  rig.net.addHost("squatter", taken);
  const dnsmasq = await startDnsmasq(rig.net, { words: [`--dhcp-host=${phoneMac},${taken}`] });
  const life = dhcpLife();
  life.client.start(start);
  await life.reached("conflict");
  await eventually("DHCPDECLINE in the server's log", () =>
    dnsmasq.output().includes(`DHCPDECLINE(br0) ${taken}`),
  );
  await life.reached("bound", 20_000);
  const bound = life.notices.find((notice) => notice.kind === "bound");
  expect(bound?.kind === "bound" && bound.lease.address).not.toBe(taken);
  await dnsmasq.stop();
});

test("tshark finds nothing malformed in what the phone sent, DECLINE and RELEASE among it", async () => {
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const kinds = new Set(capture.rows(`eth.src == ${phoneMac} && dhcp`, "dhcp.option.dhcp").flat());
  for (const type of ["1", "3", "4", "7"]) expect(kinds).toContain(type);
  const release = capture.rows(
    `eth.src == ${phoneMac} && dhcp && ip.dst == ${serverAddress}`,
    "dhcp.ip.client",
  );
  expect(release.length).toBeGreaterThan(0);
});
