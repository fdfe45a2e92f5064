// The firmware's protocol clients over hal/linux against servers nobody here wrote: CDP and lldpd, DHCP and dnsmasq and
// kea, TFTP and three servers, SNTP and chrony, SIP and both registrars; and tshark as judge of all that we sent.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { phoneCapabilities } from "#firmware/cdp/announcement.ts";
import { startCdp } from "#firmware/cdp/client.ts";
import { startDhcp } from "#firmware/dhcp/client.ts";
import type { DhcpNotice, Lease } from "#firmware/dhcp/notices.ts";
import type { LineState } from "#firmware/sip/notices.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { startSip } from "#firmware/sip/start.ts";
import { startSntp } from "#firmware/sntp/client.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";
import { fetchFile } from "#firmware/tftp/client.ts";
import { startAsterisk } from "./asterisk.ts";
import { type Capture, startCapture } from "./capture.ts";
import { startChrony } from "./chrony.ts";
import { startDnsmasq, startKea, tftpRoot } from "./dhcp-servers.ts";
import { startAtftpd, startTftpdHpa } from "./file-servers.ts";
import { createFirmwareRig, type FirmwareRig } from "./firmware-rig.ts";
import { startKamailio } from "./kamailio.ts";
import { type KernelRig, openKernelRig } from "./kernel-rig.ts";
import { startLldpd } from "./lldpd.ts";
import { phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
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
/** What a test started of the firmware ends with the test. */
let scope: AbortController;
beforeEach(() => {
  scope = new AbortController();
});
afterEach(() => scope.abort());

const address = { address: "10.77.0.40", prefix: 24 };

/** Gets a lease and says how long that took from the start. */
async function lease(tftp: "needed" | "wanted"): Promise<{ lease: Lease; tookMs: number }> {
  const { kernel } = rig;
  const notices: DhcpNotice[] = [];
  const client = startDhcp({
    runtime: firmware.runtime,
    link: kernel.link,
    storage: kernel.storage,
    notify: (notice) => notices.push(notice),
    signal: scope.signal,
  });
  const startedAt = kernel.clock.now();
  const own = {
    hostName: "SIP001122334455",
    vendorClass: "Offhook",
    parameters: [1, 3, 6, 15, 42, 66, 150],
    wantsBroadcast: false,
  };
  client.start({ identity: own, tftp, vlan: undefined });
  let found: Extract<DhcpNotice, { kind: "bound" }> | undefined;
  await eventually(
    () => `bound; the log says\n${firmware.log()}`,
    () => {
      found = notices.find((notice) => notice.kind === "bound");
      return found !== undefined;
    },
    15_000,
  );
  if (found === undefined) throw new Error("bound without a notice");
  return { lease: found.lease, tookMs: kernel.clock.now() - startedAt };
}

test("a lease from dnsmasq with option 150, then one from kea with an array of two", async () => {
  const dnsmasq = await startDnsmasq(rig.net);
  const first = await lease("needed");
  expect(first.lease).toMatchObject({
    mask: "255.255.255.0",
    server: serverAddress,
    routers: [serverAddress],
    tftpServers: [serverAddress],
    leaseSec: 3600,
  });
  expect(first.lease.address).toMatch(/^10\.77\.0\.1\d\d$/);
  expect(dnsmasq.output()).toContain(`DHCPACK(br0) ${first.lease.address} ${phoneMac}`);
  await dnsmasq.stop();
  scope.abort();
  scope = new AbortController();
  await rig.kernel.storage.erase(["lease"]);
  const kea = await startKea(rig.net);
  const second = await lease("needed");
  expect(second.lease.tftpServers).toEqual([serverAddress, secondAddress]);
  await kea.stop();
});

test("files of every length come whole from dnsmasq, atftpd and tftpd-hpa", async () => {
  const { network, sockets } = rig.kernel;
  await network.setAddress(address);
  const files = { "empty.cnf": 0, "one-block.cnf": 200, "exact.cnf": 512, "long.xml": 200_000 };
  const contents = Object.entries(files).map(([name, length]) => {
    const bytes = randomBytes(length);
    writeFileSync(join(tftpRoot(rig.net), name), bytes);
    return { name, bytes };
  });
  const offers = [
    undefined,
    { blockBytes: 1428, windowBlocks: 1, timeoutSec: 1 },
    { blockBytes: 1428, windowBlocks: 8, timeoutSec: 1 },
  ];
  const ports = { runtime: firmware.runtime, sockets, signal: scope.signal };
  const fetchAll = async (server: string): Promise<void> => {
    for (const offer of offers)
      for (const { name, bytes } of contents) {
        const got = await fetchFile({ server, fileName: name, offer, maxBytes: 1_000_000 }, ports);
        expect(got.kind, `${name} from ${server}`).toBe("file");
        if (got.kind === "file") expect(Buffer.from(got.bytes).equals(bytes), name).toBe(true);
      }
    const missing = { server, fileName: "missing.cnf", offer: undefined, maxBytes: 1000 };
    expect((await fetchFile(missing, ports)).kind).not.toBe("file");
  };
  const dnsmasq = await startDnsmasq(rig.net);
  await fetchAll(serverAddress);
  await dnsmasq.stop();
  const atftpd = await startAtftpd(rig.net);
  await fetchAll(serverAddress);
  await atftpd.stop();
  await startTftpdHpa(rig.net);
  await fetchAll(secondAddress);
});

test("a server that is not there is known at once by its ICMP error, not after a timeout", async () => {
  const { sockets, clock } = rig.kernel;
  const socket = sockets.openUdp({});
  const failure = new Promise<unknown>((resolve) =>
    socket.failures.subscribe(resolve, { signal: scope.signal }),
  );
  const startedAt = clock.now();
  const to = { address: secondAddress, port: 6969 };
  socket.send(new Uint8Array(20), to);
  expect(await failure).toMatchObject({ to, error: { code: "refused" } });
  expect(clock.now() - startedAt).toBeLessThan(200);
  socket.close();
});

test("a host that is not on the wire: TCP gives up in the time it was given", async () => {
  const { sockets } = rig.kernel;
  const nobody = { address: "10.77.0.250", port: 5060 };
  const started = performance.now();
  await expect(sockets.connectTcp(nobody, { timeoutMs: 300, signal: scope.signal })).rejects.toMatchObject({
    code: "timeout",
  });
  expect(performance.now() - started).toBeLessThan(1000);
});

test("chrony tells the time to a question, and its multicast packets are heard on the group", async () => {
  const { kernel } = rig;
  const chrony = await startChrony(rig.net, { broadcasts: ["224.0.1.1"] });
  const notices: SntpNotice[] = [];
  const sntp = startSntp({
    runtime: firmware.runtime,
    sockets: kernel.sockets,
    wallClock: kernel.wallClock,
    resolver: kernel.resolver,
    facts: { buildUnixMs: Date.UTC(2024, 0, 1), floorUnixMs: Date.UTC(2024, 0, 1) },
    notify: (notice) => notices.push(notice),
    signal: scope.signal,
  });
  sntp.start({ mode: "unicast", servers: [serverAddress], broadcast: "10.77.0.255" });
  await eventually(
    () => `synchronised; the log says\n${firmware.log()}`,
    () => notices.some(({ kind }) => kind === "synchronised"),
  );
  expect(Math.abs((kernel.clock.wall() ?? 0) - Date.now())).toBeLessThan(50);
  sntp.stop();
  const group = kernel.sockets.openUdp({ port: 123, groups: ["224.0.1.1"] });
  const heard = await new Promise<{ to: string | undefined; bytes: Uint8Array }>((resolve) =>
    group.datagrams.subscribe(resolve, { signal: scope.signal }),
  );
  expect(heard.to).toBe("224.0.1.1");
  expect((heard.bytes[0] ?? 0) & 7).toBe(5); // mode 5, broadcast (RFC 5905 §7.3)
  group.close();
  await chrony.stop();
});

test("lldpd lists the phone as a CDP neighbour", async () => {
  const lldpd = await startLldpd(rig.net);
  startCdp({
    runtime: firmware.runtime,
    link: rig.kernel.link,
    facts: {
      deviceId: "SEP001122334455",
      platform: "Offhook",
      software: "0.1.0",
      capabilities: phoneCapabilities("without-pc-port"),
      address: address.address,
      milliwatts: undefined,
      vlanId: undefined,
    },
    notify: () => {},
    signal: scope.signal,
  });
  await eventually("neighbour listed", () => lldpd.cli("show neighbors").includes("SEP001122334455"));
  expect(lldpd.cli("show neighbors")).toContain(address.address);
});

/** Registers user 6002 at the address and says how the line ended up. */
async function register(host: string): Promise<LineState> {
  const { kernel } = rig;
  const states: LineState[] = [];
  startSip({
    runtime: firmware.runtime,
    sockets: kernel.sockets,
    resolver: kernel.resolver,
    digests: kernel.digests,
    settings: {
      ...defaultSettings,
      mac: "001122334455",
      lines: [
        {
          line: 1,
          name: "6002",
          authName: "6002",
          password: "secret6002",
          displayName: "6002",
          contact: undefined,
          domain: undefined,
          proxies: [{ host, port: undefined, transport: undefined }],
        },
      ],
    },
    signal: scope.signal,
    localAddress: () => address.address,
    notify: (notice) => {
      if (notice.kind === "line") states.push(notice.state);
    },
  });
  const isSettled = () => states.some(({ kind }) => kind === "registered" || kind === "failed");
  await eventually(() => `registered; the log says\n${firmware.log()}`, isSettled);
  return states.at(-1) ?? { kind: "unprovisioned" };
}

test("registered at Asterisk, by its own listing", async () => {
  const asterisk = await startAsterisk(rig.net);
  expect(await register(serverAddress)).toMatchObject({ kind: "registered" });
  expect(asterisk.cli("pjsip show contacts")).toMatch(/6002\/sip:6002@10\.77\.0\.40:5060/);
  await asterisk.stop();
});

test("registered at Kamailio, by its own listing", async () => {
  const kamailio = await startKamailio(rig.net);
  expect(await register(secondAddress)).toMatchObject({ kind: "registered" });
  expect(kamailio.ctl("ul.dump")).toMatch(/Address: sip:6002@10\.77\.0\.40:5060/);
  await kamailio.stop();
});

test("tshark finds nothing malformed in all that the phone sent, and SIP is marked CS3 or as set", async () => {
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const marks = capture.rows(`eth.src == ${phoneMac} && sip`, "ip.dsfield.dscp").flat();
  expect(new Set(marks)).toEqual(new Set([String(defaultSettings.marking.dscp)]));
  const sent = capture.rows(`eth.src == ${phoneMac}`, "frame.protocols").flat();
  for (const protocol of ["dhcp", "tftp", "ntp", "cdp", "sip"])
    expect(
      sent.some((stack) => stack.includes(protocol)),
      protocol,
    ).toBe(true);
});
