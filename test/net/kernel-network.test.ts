// hal/linux against this kernel, in a namespace: carrier, addresses, routes, VLAN links, and what others do to them.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LinkState } from "#hal/contract/link.ts";
import { readNegotiated, setLinkMedia } from "#hal/linux/ethtool.ts";
import { type KernelRig, openKernelRig } from "./kernel-rig.ts";
import { phoneMac } from "./namespaces.ts";
import { eventually } from "./peer.ts";

let rig: KernelRig;
beforeAll(async () => {
  rig = await openKernelRig();
});
afterAll(() => rig.close());
const forever = new AbortController().signal;
const address = { address: "10.77.0.40", prefix: 24 };

test("the interface is switched on with the phone's address, and the carrier comes", async () => {
  const { link, network, identity } = rig.kernel;
  await eventually("carrier", () => link.state().isUp);
  expect(link.state()).toMatchObject({ speedMbps: 10_000, duplex: "full" }); // what a veth says of itself
  expect([link.mac, identity.mac]).toEqual([phoneMac, phoneMac]);
  expect(network.state()).toEqual({
    vlan: undefined,
    address: undefined,
    router: undefined,
    mtu: 1500,
    media: "auto",
  });
});

test("the cable pulled and put back are two changes, told within a second", async () => {
  const { link } = rig.kernel;
  const changes: LinkState[] = [];
  const controller = new AbortController();
  link.changes.subscribe((state) => changes.push(state), { signal: controller.signal });
  rig.net.servers.run("ip", "link", "set", rig.net.phonePort, "down");
  try {
    await eventually("carrier lost", () => changes.length === 1, 1000);
    expect(link.state()).toEqual({ isUp: false, speedMbps: undefined, duplex: undefined });
  } finally {
    rig.net.servers.run("ip", "link", "set", rig.net.phonePort, "up"); // else every later test is without a cable
  }
  await eventually("carrier back", () => changes.length === 2, 1000);
  controller.abort();
  expect(changes.map(({ isUp }) => isUp)).toEqual([false, true]);
});

test("address, router and MTU are set as ip would show them; the same again changes nothing", async () => {
  const { network } = rig.kernel;
  await network.setAddress(address);
  await network.setRouter("10.77.0.1");
  const shown = () => rig.net.phone.run("ip", "-4", "addr", "show", "dev", "eth0");
  const before = shown();
  expect(before).toContain("inet 10.77.0.40/24 brd 10.77.0.255 scope global eth0");
  await network.setAddress({ ...address });
  await network.setRouter("10.77.0.1");
  expect(shown()).toBe(before);
  expect(rig.net.phone.run("ip", "route", "show", "default")).toContain("default via 10.77.0.1 dev eth0");
  await network.setMtu(1400);
  expect(shown()).toContain("mtu 1400");
  await network.setMtu(1500);
  await expect(network.setMtu(500)).rejects.toMatchObject({ code: "unsupported" });
  expect(network.state()).toMatchObject({ address, router: "10.77.0.1", mtu: 1500 });
});

test("a new address takes the old one's place, and a router outside the prefix is reached on the wire", async () => {
  const { network } = rig.kernel;
  await network.setAddress({ address: "10.77.0.41", prefix: 32 });
  await network.setRouter("10.77.0.1");
  expect(rig.net.phone.run("ip", "-4", "addr", "show", "dev", "eth0")).not.toContain("10.77.0.40");
  expect(rig.net.phone.run("ip", "route", "show", "default")).toMatch(/via 10\.77\.0\.1 dev eth0 .*onlink/);
  await network.setRouter(undefined);
  await network.setAddress(undefined);
  expect(rig.net.phone.run("ip", "-4", "addr", "show", "dev", "eth0")).not.toContain("inet ");
  expect(rig.kernel.via()).toBeUndefined();
});

test("an address that somebody takes away is noticed, and can be set again", async () => {
  const { network } = rig.kernel;
  await network.setAddress(address);
  const lost = new Promise((resolve) => network.addressLost.subscribe(resolve, { signal: forever }));
  rig.net.phone.run("ip", "addr", "del", "10.77.0.40/24", "dev", "eth0");
  expect(await lost).toEqual(address);
  expect(network.state().address).toBeUndefined();
  await network.setAddress(address);
  expect(network.state().address).toEqual(address);
});

test("a kernel without 802.1Q refuses the voice VLAN and nothing has changed; one with it tags", async () => {
  const { network } = rig.kernel;
  const before = network.state();
  const outcome = await network.setVlan({ vlanId: 110, priority: 5 }).catch((error: unknown) => error);
  if (outcome !== undefined) {
    expect(outcome).toMatchObject({ code: "unsupported", device: "eth0" });
    expect(network.state()).toEqual(before);
    return;
  }
  expect(rig.net.phone.run("ip", "-d", "link", "show", "eth0.110")).toMatch(/vlan protocol 802\.1Q id 110/);
  expect(network.state()).toMatchObject({ vlan: { vlanId: 110, priority: 5 }, address: undefined });
  await network.setVlan(undefined);
  await network.setAddress(address);
});

/** Sends a frame of the servers' bridge to the phone's wire. */
function sendFromServers(hex: string): void {
  const program = `import socket; s = socket.socket(17, 3); s.bind(("br0", 0)); s.send(bytes.fromhex("${hex}"))`;
  rig.net.servers.run("/usr/bin/python3", "-c", program);
}

const hexOf = (text: string): string => text.replaceAll(":", "");
const ip = (address: string): string => Buffer.from(address.split(".").map(Number)).toString("hex");

test("NET-015 ARP is answered, and a gratuitous one moves a neighbour to its new hardware address", async () => {
  await rig.kernel.network.setAddress(address);
  const [old] = / lladdr (\S+)/.exec(rig.net.servers.run("ip", "neigh", "show", address.address)) ?? [];
  expect(old).toBeUndefined();
  rig.net.servers.run("ping", "-c1", "-W2", address.address); // the servers' kernel asked who it is
  expect(rig.net.servers.run("ip", "neigh", "show", address.address)).toContain(phoneMac);
  const neighbour = (): string => rig.net.phone.run("ip", "neigh", "show", "10.77.0.1");
  const moved = "02:00:5e:00:53:77";
  expect(neighbour()).not.toContain(moved);
  const arp = `000108000604${"0001"}${hexOf(moved)}${ip("10.77.0.1")}${"0".repeat(12)}${ip("10.77.0.1")}`;
  await eventually("the neighbour's lock is over", () => {
    sendFromServers(`ffffffffffff${hexOf(moved)}0806${arp}`); // the kernel takes one change of an entry a second
    return neighbour().includes(moved);
  });
  rig.net.phone.run("ip", "neigh", "flush", "dev", "eth0");
});

test("NET-017 ping is answered, a closed port is told to the socket that asked, a redirect is believed", async () => {
  const { network, sockets } = rig.kernel;
  await network.setAddress(address);
  await network.setRouter("10.77.0.1");
  expect(rig.net.servers.run("ping", "-c1", "-W2", address.address)).toContain("1 received");
  const socket = sockets.openUdp({});
  const failed = new Promise<string>((resolve) =>
    socket.failures.subscribe(({ error }) => resolve(error.code), { signal: forever }),
  );
  socket.send(new Uint8Array(4), { address: "10.77.0.1", port: 5999 });
  expect(await failed).toBe("refused"); // what SIP fails over by: port unreachable
  const far = "192.0.2.9";
  const route = (): string => rig.net.phone.run("ip", "route", "get", far);
  expect(route()).toContain("via 10.77.0.1");
  const program = [
    "from scapy.all import *",
    `sent = IP(src="${address.address}", dst="${far}")/UDP(sport=${socket.localPort}, dport=5060)/b"12345678"`,
    `told = IP(src="10.77.0.1", dst="${address.address}")/ICMP(type=5, code=1, gw="10.77.0.2")/sent`,
    // the kernel looks for the new router's hardware address at the first, and believes the next
    `sendp(Ether(dst="${phoneMac}")/told, iface="br0", count=5, inter=0.1, verbose=False)`,
  ];
  socket.send(new Uint8Array(4), { address: far, port: 5060 });
  rig.net.servers.run("/usr/bin/python3", "-c", program.join("\n"));
  await eventually(route, () => route().includes("via 10.77.0.2"));
  socket.close();
});

test("NET-019 a card that can is fixed to a speed and a duplex, and negotiates again; one that cannot says so", async () => {
  await expect(rig.kernel.network.setMedia({ speedMbps: 10, duplex: "half" })).rejects.toMatchObject({
    code: "unsupported", // a veth has no speed
  });
  expect(rig.kernel.network.state().media).toBe("auto");
  rig.net.phone.run("ip", "tuntap", "add", "card0", "mode", "tap");
  const settings = (): string => rig.net.phone.run("ethtool", "card0");
  setLinkMedia("card0", { speedMbps: 10, duplex: "half" });
  expect(settings()).toMatch(/Speed: 10Mb\/s\s+Duplex: Half\s+Auto-negotiation: off/);
  setLinkMedia("card0", { speedMbps: 100, duplex: "full" });
  expect(settings()).toMatch(/Speed: 100Mb\/s\s+Duplex: Full\s+Auto-negotiation: off/);
  expect(readNegotiated("card0")).toEqual({ speedMbps: 100, duplex: "full" });
  setLinkMedia("card0", "auto");
  expect(settings()).toContain("Auto-negotiation: on");
  rig.net.phone.run("ip", "link", "del", "card0");
});

test("a broadcast leaves by the phone's interface with the marking asked for", async () => {
  const captured = new Promise<Uint8Array>((resolve) => {
    rig.kernel.link.listen(
      "all",
      ({ bytes, isOwn }) => {
        const isOurs = isOwn && bytes[23] === 17 && bytes.at(-1) === 0x99;
        if (isOurs) resolve(bytes);
      },
      { signal: forever },
    );
  });
  const socket = rig.kernel.sockets.openUdp({ canBroadcast: true, marking: { dscp: 46, priority: 5 } });
  socket.send(new Uint8Array(40).fill(0x99), { address: "255.255.255.255", port: 9 });
  const frame = await captured;
  expect(frame[15]).toBe(46 << 2);
  expect([...frame.subarray(0, 6)]).toEqual([255, 255, 255, 255, 255, 255]);
  socket.close();
});

test("a connect to a closed port is refused, and its very first segment was marked", async () => {
  const controller = new AbortController();
  const syn = new Promise<Uint8Array>((resolve) => {
    const take = ({ bytes, isOwn }: { bytes: Uint8Array; isOwn: boolean }): void => {
      const isSyn = bytes[23] === 6 && ((bytes[47] ?? 0) & 0x3f) === 2;
      if (isOwn && isSyn) resolve(bytes);
    };
    rig.kernel.link.listen("all", take, { signal: controller.signal });
  });
  const options = { timeoutMs: 3000, marking: { dscp: 24, priority: 3 }, signal: controller.signal };
  await expect(
    rig.kernel.sockets.connectTcp({ address: "10.77.0.1", port: 2000 }, options),
  ).rejects.toMatchObject({ code: "refused" });
  expect((await syn)[15]).toBe(24 << 2);
  controller.abort();
});

test("counters go up with what is sent", () => {
  const { sentFrames, receiveErrors } = rig.kernel.link.counters();
  expect(sentFrames).toBeGreaterThan(0);
  expect(receiveErrors).toBe(0);
});
