// The simulated kernel below TCP: ARP, addresses, VLAN, fragments, ICMP, UDP, and hostile frames.
import { expect, test } from "vitest";
import type { ReceivedFrame } from "#hal/contract/link.ts";
import type { Datagram, UdpFailure } from "#hal/contract/sockets.ts";
import { buildArp } from "#hal/sim/net/arp-packet.ts";
import { buildFrame } from "#hal/sim/net/ethernet.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { mutate } from "#test/fuzz/mutate.ts";
import { vector, vectors } from "#test/vectors/load.ts";
import { bytes, collect, createPair, phoneAddress, serverAddress, text } from "./sim-net-rig.ts";

const { signal } = new AbortController();

test("the first datagram waits for ARP, the next goes at once", async () => {
  const { clock, phone, server, close } = await createPair();
  const frames: string[] = [];
  server.link.listen("all", (frame) => frames.push(describe(frame)), { signal });
  const socket = server.sockets.openUdp({ port: 69 });
  const got = collect<Datagram>(socket.datagrams);
  const own = phone.sockets.openUdp({ port: 4000, marking: { dscp: 46 } });
  own.send(bytes("one"), { address: serverAddress, port: 69 });
  own.send(bytes("two"), { address: serverAddress, port: 69 });
  await clock.advance(0);
  expect(frames).toEqual(["in arp", "out arp", "in ip4", "in ip4"]);
  expect(got.map((datagram) => text(datagram.bytes))).toEqual(["one", "two"]);
  expect(got[0]).toMatchObject({ from: { address: phoneAddress, port: 4000 }, to: serverAddress, at: 0 });
  close();
  expect(clock.alarmCount).toBe(0);
});

test("a neighbour that does not answer ARP three times is a failure of the socket", async () => {
  const { clock, phone, close } = await createPair();
  const socket = phone.sockets.openUdp({});
  const failures = collect<UdpFailure>(socket.failures);
  socket.send(bytes("?"), { address: "10.77.110.99", port: 5060 });
  await clock.advance(2999);
  expect(failures).toHaveLength(0);
  await clock.advance(1);
  expect(failures.map(({ to, error }) => [to.address, error.code])).toEqual([
    ["10.77.110.99", "unreachable"],
  ]);
  close();
  expect(clock.alarmCount).toBe(0);
});

test("a stale neighbour is asked again, and forgotten when he has gone", async () => {
  const { clock, cable, phone, server, close } = await createPair();
  const requests = collect(cable.b.received);
  await phone.ping(serverAddress, { timeoutMs: 100 });
  await clock.advance(31_000);
  requests.length = 0;
  server.close();
  const socket = phone.sockets.openUdp({});
  const failures = collect<UdpFailure>(socket.failures);
  socket.send(bytes("1"), { address: serverAddress, port: 9 });
  await clock.advance(3000);
  expect(requests.filter((frame) => frame[12] === 8 && frame[13] === 6)).toHaveLength(3);
  expect(failures).toHaveLength(0);
  socket.send(bytes("2"), { address: serverAddress, port: 9 });
  await clock.advance(3000);
  expect(failures).toHaveLength(1);
  close();
});

test("an ARP probe for our address is answered, one for another is not", async () => {
  const { clock, cable, close } = await createPair();
  const atServer = collect(cable.b.received);
  const probe = (targetAddress: string): Uint8Array =>
    buildFrame(
      "ff:ff:ff:ff:ff:ff",
      "00:11:22:33:44:03",
      0x0806,
      buildArp({
        operation: "request",
        senderMac: "00:11:22:33:44:03",
        senderAddress: "0.0.0.0",
        targetMac: "00:00:00:00:00:00",
        targetAddress,
      }),
    );
  cable.b.send(probe("10.77.110.77"));
  cable.b.send(probe(phoneAddress));
  await clock.advance(0);
  expect(atServer).toHaveLength(1);
  expect(Array.from(atServer[0]?.subarray(28, 32) ?? [])).toEqual([10, 77, 110, 20]);
  close();
});

test("a large datagram travels in fragments and arrives whole, in any order", async () => {
  const { clock, phone, server, close } = await createPair({ impairment: { reorderPct: 50 }, seed: 9 });
  await phone.network.setMtu(576);
  const got = collect<Datagram>(server.sockets.openUdp({ port: 5000 }).datagrams);
  const payload = Uint8Array.from({ length: 20_000 }, (_, n) => n * 7);
  phone.sockets.openUdp({}).send(payload, { address: serverAddress, port: 5000 });
  await clock.advance(100);
  expect(got[0]?.bytes).toEqual(payload);
  expect(phone.link.counters().sentFrames).toBeGreaterThan(36);
  close();
});

test("fragments recorded from a Linux kernel are put together and the echo is answered in fragments", async () => {
  const { clock, cable, phone, server, close } = await createPair();
  // The recorded exchange was between 10.77.110.20 and 10.77.110.1, which here has the phone's MAC.
  await phone.network.setAddress({ address: "10.77.110.1", prefix: 24 });
  await server.network.setAddress({ address: "10.77.110.20", prefix: 24 });
  const answered = collect(cable.b.received);
  for (const n of [3, 1, 2]) {
    const frame = vector("net", `fragment-${n}-of-3-linux`).bytes.slice();
    frame[5] = 0x55;
    cable.b.send(frame);
  }
  await clock.advance(0);
  expect(answered.map((frame) => frame.length)).toEqual([60, 1514, 1514, 82]);
  expect(phone.drops.list()).toEqual({});
  close();
});

test("fragments that never become whole are given up after 30 s", async () => {
  const { clock, cable, close } = await createPair();
  cable.a.send(vector("net", "fragment-1-of-3-linux").bytes.slice());
  await clock.advance(0);
  expect(clock.alarmCount).toBe(1);
  await clock.advance(30_000);
  expect(clock.alarmCount).toBe(0);
  close();
});

test("a closed UDP port is reported to the sending socket", async () => {
  const { clock, phone, close } = await createPair();
  const socket = phone.sockets.openUdp({});
  const failures = collect<UdpFailure>(socket.failures);
  socket.send(bytes("x"), { address: serverAddress, port: 5999 });
  await clock.advance(0);
  expect(failures.map(({ to, error }) => [to, error.code])).toEqual([
    [{ address: serverAddress, port: 5999 }, "refused"],
  ]);
  close();
});

test("what cannot be sent at all is a failure after the call, never an exception", async () => {
  const { clock, phone, close } = await createPair();
  const socket = phone.sockets.openUdp({});
  const failures = collect<UdpFailure>(socket.failures);
  socket.send(bytes("x"), { address: "255.255.255.255", port: 9 });
  socket.send(new Uint8Array(65_508), { address: serverAddress, port: 9 });
  socket.send(bytes("x"), { address: "server.example", port: 9 });
  expect(failures).toHaveLength(0);
  await phone.network.setRouter(undefined);
  socket.send(bytes("x"), { address: "192.0.2.1", port: 9 });
  await clock.advance(0);
  expect(failures.map(({ error }) => error.code)).toEqual(["denied", "io", "unreachable", "unreachable"]);
  close();
});

test("ports are exclusive, need an address, and are free again after close", async () => {
  const { phone, close } = await createPair();
  const first = phone.sockets.openUdp({ port: 5060 });
  expect(() => phone.sockets.openUdp({ port: 5060 })).toThrow(expect.objectContaining({ code: "busy" }));
  first.close();
  phone.sockets.openUdp({ port: 5060 }).close();
  await phone.network.setAddress(undefined);
  expect(() => phone.sockets.openUdp({})).toThrow(expect.objectContaining({ code: "unreachable" }));
  close();
});

test("broadcasts and joined groups are heard, others are not", async () => {
  const { clock, phone, server, close } = await createPair();
  const member = server.sockets.openUdp({ port: 123, groups: ["224.0.1.1"] });
  const heard = collect<Datagram>(member.datagrams);
  const sender = phone.sockets.openUdp({ canBroadcast: true });
  for (const address of ["224.0.1.1", "224.0.1.2", "255.255.255.255", "10.77.110.255"])
    sender.send(bytes(address), { address, port: 123 });
  await clock.advance(0);
  expect(heard.map(({ to }) => to)).toEqual(["224.0.1.1", "255.255.255.255", "10.77.110.255"]);
  member.close();
  sender.send(bytes("late"), { address: "224.0.1.1", port: 123 });
  await clock.advance(0);
  expect(heard).toHaveLength(3);
  close();
});

test("in a VLAN everything is tagged and only tagged frames are taken; the old address has gone", async () => {
  const { clock, phone, server, close } = await createPair();
  const tags: unknown[] = [];
  server.link.listen("all", ({ tag, isOwn }) => isOwn || tags.push(tag), { signal });
  await phone.network.setVlan({ vlanId: 110, priority: 5 });
  expect(phone.network.state()).toMatchObject({ address: undefined, router: undefined });
  await phone.network.setAddress({ address: phoneAddress, prefix: 24 });
  const deaf = phone.ping(serverAddress, { timeoutMs: 100 });
  const failed = expect(deaf).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(100);
  await failed;
  expect(tags).toEqual([{ vlanId: 110, priority: 5 }]);
  await server.network.setVlan({ vlanId: 110, priority: 0 });
  await server.network.setAddress({ address: serverAddress, prefix: 24 });
  // The next ARP request goes out a second after the one that nobody heard.
  const heard = phone.ping(serverAddress, { timeoutMs: 2000 });
  await clock.advance(1000);
  expect(await heard).toBe(900);
  close();
});

test("traffic carries the 802.1p priority of its marking", async () => {
  const { clock, phone, server, close } = await createPair();
  for (const stack of [phone, server]) {
    const address = stack.network.state().address;
    await stack.network.setVlan({ vlanId: 110, priority: 3 });
    await stack.network.setAddress(address);
  }
  const priorities: (number | undefined)[] = [];
  server.link.listen("all", ({ tag, isOwn }) => isOwn || priorities.push(tag?.priority), { signal });
  const socket = phone.sockets.openUdp({ marking: { dscp: 46, priority: 6 } });
  socket.send(bytes("rtp"), { address: serverAddress, port: 16_384 });
  await clock.advance(0);
  expect(priorities).toEqual([3, 6]);
  close();
});

test("setting what is already set changes nothing, and nonsense is refused", async () => {
  const { clock, phone, close } = await createPair();
  await phone.ping(serverAddress, { timeoutMs: 10 });
  const before = phone.link.counters().sentFrames;
  await phone.network.setAddress({ address: phoneAddress, prefix: 24 });
  await phone.network.setVlan(undefined);
  await phone.ping(serverAddress, { timeoutMs: 10 });
  expect(phone.link.counters().sentFrames - before).toBe(1); // no new ARP
  await expect(phone.network.setAddress({ address: "224.0.0.1", prefix: 24 })).rejects.toMatchObject({
    code: "io",
  });
  await expect(phone.network.setMtu(9000)).rejects.toMatchObject({ code: "io" });
  await expect(phone.network.setVlan({ vlanId: 4095, priority: 0 })).rejects.toMatchObject({ code: "io" });
  close();
  expect(clock.alarmCount).toBe(0);
});

test("hostile frames are counted and dropped; the stack goes on", async () => {
  const { clock, cable, phone, close } = await createPair();
  phone.sockets.openUdp({ port: 39_994 });
  const seeds = vectors("net").map(({ bytes: frame }) => {
    const readdressed = frame.slice();
    if ((readdressed[0] ?? 0) % 2 === 0) readdressed.set([0, 0x11, 0x22, 0x33, 0x44, 0x55]);
    return readdressed;
  });
  const random = createSeededRandom(5);
  for (let n = 0; n < 3000; n++) cable.b.send(mutate(seeds, random));
  await clock.advance(0);
  expect(Object.keys(phone.drops.list()).length).toBeGreaterThan(5);
  expect(await phone.ping(serverAddress, { timeoutMs: 5000 })).toBeGreaterThanOrEqual(0);
  close();
  expect(clock.alarmCount).toBe(0);
});

function describe(frame: ReceivedFrame): string {
  const type = ((frame.bytes[12] ?? 0) << 8) | (frame.bytes[13] ?? 0);
  return `${frame.isOwn ? "out" : "in"} ${type === 0x0806 ? "arp" : "ip4"}`;
}
