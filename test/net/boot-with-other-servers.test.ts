// The whole phone boots beside servers nobody here wrote: kea, atftpd, tftpd-hpa, lldpd, scapy's switch, chrony. One boot
// each, from power-on to a registered line at Kamailio.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Capture, startCapture } from "./capture.ts";
import { type ChronyOptions, startChrony } from "./chrony.ts";
import { startDnsmasq, startKea } from "./dhcp-servers.ts";
import { startAtftpd, startTftpdHpa } from "./file-servers.ts";
import { startKamailio } from "./kamailio.ts";
import { startLldpd } from "./lldpd.ts";
import { makeNet, type Net, phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { driverOf } from "./phone-driver.ts";
import { startScapySwitch } from "./scapy.ts";
import { type SiteOptions, startSwitch, writeFiles } from "./site.ts";

let net: Net;
let capture: Capture;
beforeEach(async () => {
  net = makeNet();
  await startKamailio(net);
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
});
afterEach(() => net.close());

const files = (options: SiteOptions = {}): void =>
  writeFiles(net, { ...options, parameters: { proxy1_address: secondAddress, ...options.parameters } });

/** Power on, and a registered line; nothing it sent on the way is malformed. */
async function boot(): Promise<Rig> {
  const rig = driverOf(await startPhone(net));
  await rig.ready(45_000);
  expect(await rig.line1()).toMatchObject({ state: "registered" });
  return rig;
}

async function captured(filter: string, ...fields: string[]): Promise<string[][]> {
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  return capture.rows(filter, ...fields);
}

test("NET-010 kea's option 150 is an array: a dead first server costs one wait, tftpd-hpa has the files", async () => {
  const dead = "10.77.0.9";
  files();
  await Promise.all([
    startSwitch(net),
    startKea(net, { tftpServers: [dead, secondAddress] }),
    startTftpdHpa(net),
  ]);
  const rig = await boot();
  expect((await rig.show("network")).dhcp.tftpServers).toEqual([dead, secondAddress]);
  // the kernel's ARP for the dead one, then every file from the other: it is not asked again (reference X8)
  const asked = await captured("tftp.opcode == 1", "ip.dst", "tftp.source_file", "tftp.option.name");
  expect(new Set(asked.map(([to]) => to))).toEqual(new Set([secondAddress]));
  // the text files are asked for without options, as the 7960 does
  const offers = asked.filter(([, file]) => file?.endsWith(".xml"));
  expect(offers.length).toBeGreaterThan(0);
  expect(offers.every(([, , names]) => names?.includes("blksize"))).toBe(true);
  const arps = capture.rows(`arp.opcode == 1 && arp.dst.proto_ipv4 == ${dead}`, "frame.time_relative");
  expect(arps.length).toBeGreaterThan(0);
  const agreed = capture.rows(`tftp.opcode == 6 && ip.src == ${secondAddress}`, "tftp.option.value");
  expect(agreed.length).toBeGreaterThan(0);
  expect(agreed.flat().every((values) => values.includes("1428"))).toBe(true);
});

test("atftpd agrees on a window, and a file of many blocks comes whole in windows of four", async () => {
  const templates = Array.from({ length: 190 }, (_, i) => `<TEMPLATE MATCH="6${1000 + i}" Timeout="1"/>`);
  files({ files: { "dialplan.xml": `<DIALTEMPLATE>\n${templates.join("\n")}\n</DIALTEMPLATE>\n` } });
  await Promise.all([startSwitch(net), startKea(net, { tftpServers: [serverAddress] }), startAtftpd(net)]);
  const rig = await boot();
  // a plan may have 8 kB; it comes beside the registration, not before it
  await rig.until("the plan is here", async () =>
    (await rig.drive.command("show dialplan")).includes("61189"),
  );
  const agreed = await captured("tftp.opcode == 6", "tftp.option.name", "tftp.option.value");
  expect(agreed.length).toBeGreaterThan(0);
  expect(agreed.every(([names]) => names?.includes("windowsize"))).toBe(true);
  const [port] = capture.rows('tftp.opcode == 1 && tftp.source_file == "dialplan.xml"', "udp.srcport").flat();
  // numbers, not packets: a busy machine may have sent some of them twice
  const numbers = (filter: string): number =>
    new Set(capture.rows(`${filter} && udp.port == ${port}`, "tftp.block").flat()).size;
  const blocks = numbers("tftp.opcode == 3");
  expect(blocks).toBeGreaterThan(4);
  expect(numbers("tftp.opcode == 4 && tftp.block > 0")).toBeLessThanOrEqual(blocks / 2);
});

test("lldpd's policy marks the voice, and both its CDP and its LLDP table list the phone", async () => {
  files();
  const lldpd = await startLldpd(net);
  await startDnsmasq(net);
  lldpd.cli(`configure ports ${net.phonePort} med policy application voice vlan 0 priority voice dscp 34`);
  const rig = await boot();
  const { endedBy } = await rig.phase("vlan");
  expect(endedBy).toMatch(/^lldp/);
  const own = String((await rig.show("network")).address).split("/")[0];
  const table = (): string => lldpd.cli("show neighbors details");
  await eventually(table, () => table().includes("via: LLDP") && table().includes("via: CDPv2"), 20_000);
  await eventually(table, () => (table().match(new RegExp(String(own), "g")) ?? []).length >= 2, 20_000);
  for (const entry of table()
    .split(/^-+$/m)
    .filter((part) => part.includes("via:")))
    expect(entry).toContain("SEP001122334455");
  await captured("lldp", "lldp.chassis.id");
});

test("scapy plays the switch: its untagged voice VLAN ends the wait, and it reads every frame of ours", async () => {
  files();
  const [scapy] = await Promise.all([startScapySwitch(net), startDnsmasq(net)]);
  const rig = await boot();
  const { endedBy } = await rig.phase("vlan");
  expect(endedBy).toMatch(/^cdp/);
  const heard = scapy
    .output()
    .split("\n")
    .filter((line) => /^(query|hello) /.test(line));
  expect(heard.length).toBeGreaterThan(0);
  for (const line of heard)
    expect(line).toMatch(/^(query|hello) SEP001122334455 .* sum-holds undissected=0$/);
  await captured("cdp", "cdp.deviceid");
});

const clocks: readonly (readonly [how: string, mode: string, chrony: ChronyOptions])[] = [
  ["asked", "unicast", {}],
  ["heard on the group", "multicast", { broadcasts: ["224.0.1.1"] }],
  ["heard by broadcast", "multicast", { broadcasts: ["10.77.0.255"] }],
];
test.each(clocks)("the time is chrony's, %s", async (how, mode, options) => {
  files({ parameters: { sntp_mode: mode } });
  await Promise.all([startSwitch(net), startDnsmasq(net), startChrony(net, options)]);
  const rig = await boot();
  await rig.until("time known", async () => (await rig.phase("time")).endMs !== null, 20_000);
  expect((await rig.phase("time")).endedBy).toBe(`sntp: ${serverAddress}`);
  const queries = await captured(`eth.src == ${phoneMac} && ntp`, "ntp.flags.mode");
  expect(queries.length > 0).toBe(how === "asked");
});
