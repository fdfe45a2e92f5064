// A computer behind the phone, through the kernel's bridge: busybox gets its lease from dnsmasq through the phone, tshark
// sees what crossed, and the port stays while the phone's program is started anew.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCapture } from "./capture.ts";
import { startKamailio } from "./kamailio.ts";
import { type Host, makeNet, type Net, phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { driverOf } from "./phone-driver.ts";
import { startSite } from "./site.ts";

const computerMac = "02:00:5e:4d:77:01";
const scapyCdp = `
import sys
from scapy.all import Ether, LLC, SNAP, Raw, Dot3, sendp
sys.stdout.flush()
frame = Dot3(dst="01:00:0c:cc:cc:cc", src="${computerMac}") / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=0xc, code=0x2000)
sendp(frame / Raw(bytes.fromhex("02b4000000010008000e00070100029a")), iface="eth0", verbose=False)
`;

let net: Net;
beforeEach(() => {
  net = makeNet();
});
afterEach(() => net.close());

/** A computer whose cable ends in the phone's second port, eth1; it has no address. */
function addComputer(): Host {
  const computer = net.addHost("pc", "10.77.0.99");
  computer.run("ip", "link", "del", "eth0"); // it was on the switch
  net.phone.run(
    "ip",
    ...["link", "add", "eth1", "type", "veth", "peer", "name", "eth0", "netns", computer.namespace],
  );
  net.phone.run("ethtool", "-K", "eth1", "tx", "off");
  computer.run("ethtool", "-K", "eth0", "tx", "off");
  computer.run("ip", "link", "set", "eth0", "address", computerMac, "up");
  return computer;
}

/** A lease, as a computer takes one; the address. */
function takeLease(computer: Host): string {
  const script = join(net.folder, "udhcpc-script");
  writeFileSync(script, '#!/bin/sh\n[ "$1" = bound ] && ip addr add "$ip/24" dev eth0\nexit 0\n');
  chmodSync(script, 0o755);
  computer.run("busybox", ...["udhcpc", "-i", "eth0", "-n", "-q", "-s", script]);
  const [, address = ""] = /inet ([\d.]+)\//.exec(computer.run("ip", "-4", "addr", "show", "eth0")) ?? [];
  return address;
}

const ping = (computer: Host, to: string): string =>
  computer.run("busybox", "ping", "-c", "3", "-i", "0.2", "-W", "2", to);

interface Part {
  readonly part: string;
  readonly attached: string;
  readonly state: string;
}

test("NET-002 a computer behind the phone has its lease and its network, and keeps them while the phone restarts", async () => {
  await Promise.all([startSite(net, { parameters: { proxy1_address: secondAddress } }), startKamailio(net)]);
  const computer = addComputer();
  const onCable = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  const atComputer = await startCapture(net, computer, "computer");
  const words = ["--pc-port", "eth1"];
  const phone = await startPhone(net, { words });
  const rig = driverOf(phone);
  await rig.ready();
  const { parts } = JSON.parse(await phone.command("show hal json")) as { readonly parts: readonly Part[] };
  expect(parts.find(({ part }) => part === "pc port")).toMatchObject({
    attached: "eth1, bridged to eth0",
    state: expect.stringMatching(/^(working|degraded)$/), // degraded: a kernel without VLANs keeps no tagged frame out
  });
  const address = takeLease(computer);
  expect(address).toMatch(/^10\.77\.0\.1\d\d$/);
  expect(ping(computer, serverAddress)).toContain("3 packets received");
  const [own = ""] = ((await rig.show("network")).address ?? "").split("/");
  expect(ping(computer, own)).toContain("3 packets received");
  computer.run("/usr/bin/python3", "-c", scapyCdp);
  await phone.stop();
  expect(ping(computer, serverAddress)).toContain("3 packets received");
  const again = driverOf(await startPhone(net, { words }));
  await again.ready();
  expect((await again.show("network")).address).toContain(own);
  expect(ping(computer, own)).toContain("3 packets received");
  for (const capture of [onCable, atComputer]) await capture.stop();
  const ofComputer = onCable.rows(`eth.src == ${computerMac}`, "vlan.id", "cdp");
  expect(ofComputer.length).toBeGreaterThan(6);
  expect(new Set(ofComputer.map((row) => row.join("")))).toEqual(new Set([""]));
  expect(atComputer.rows(`cdp && eth.src == ${computerMac}`, "frame.number")).toHaveLength(1);
  expect(atComputer.rows(`(cdp || lldp) && eth.src != ${computerMac}`, "frame.number")).toEqual([]);
  expect(onCable.rows(`cdp && eth.src == ${phoneMac}`, "frame.number").length).toBeGreaterThan(1);
});

test("NET-026 a board without a second port names it absent, one whose port is not there names it missing", async () => {
  await startSite(net);
  const portOf = async (words: readonly string[]): Promise<Part | undefined> => {
    const phone = await startPhone(net, { words });
    const { parts } = JSON.parse(await phone.command("show hal json")) as { readonly parts: readonly Part[] };
    await eventually("an address", async () =>
      (await phone.command("show network json")).includes('"address":"10.77.'),
    );
    await phone.stop();
    return parts.find(({ part }) => part === "pc port");
  };
  expect(await portOf([])).toMatchObject({ state: "absent" });
  expect(await portOf(["--pc-port", "eth1"])).toMatchObject({
    state: "missing",
    detail: expect.stringContaining("eth1"),
  });
});
