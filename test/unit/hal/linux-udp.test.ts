// UDP over the loopback interface: the kernel's facts about each datagram, ICMP errors by address, ports given back.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Datagram, UdpFailure, UdpSocket } from "#hal/contract/sockets.ts";
import { createMonotonic, processOriginNs } from "#hal/linux/clock.ts";
import { type Io, startIo } from "#hal/linux/io/io.ts";
import { openUdp } from "#hal/linux/udp.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

const originNs = processOriginNs();
const now = createMonotonic(originNs);
const home = "127.0.0.1";
let io: Io;
beforeAll(() => {
  const failed = (error: unknown): never => {
    throw error;
  };
  io = startIo({ worker: sourceWorkers().io, originNs, failed });
});
afterAll(() => io.close());

const forever = new AbortController().signal;
const nextDatagram = (socket: UdpSocket): Promise<Datagram> =>
  new Promise((resolve) => socket.datagrams.subscribe(resolve, { signal: forever }));
const nextFailure = (socket: UdpSocket): Promise<UdpFailure> =>
  new Promise((resolve) => socket.failures.subscribe(resolve, { signal: forever }));

test("a datagram arrives with its bytes, both addresses and a time between sending and now", async () => {
  const [a, b] = [openUdp({}, io, undefined), openUdp({ marking: { dscp: 46, priority: 6 } }, io, undefined)];
  const arrival = nextDatagram(a);
  const before = now();
  b.send(new Uint8Array([1, 2, 3]), { address: home, port: a.localPort });
  const datagram = await arrival;
  expect(datagram).toMatchObject({ from: { address: home, port: b.localPort }, to: home });
  expect([...datagram.bytes]).toEqual([1, 2, 3]);
  expect(datagram.at).toBeGreaterThanOrEqual(before - 0.1);
  expect(datagram.at).toBeLessThanOrEqual(now());
  a.close();
  b.close();
});

test("an empty and a large datagram arrive whole, in order", async () => {
  const [a, b] = [openUdp({}, io, undefined), openUdp({}, io, undefined)];
  const lengths: number[] = [];
  const done = new Promise<void>((resolve) => {
    a.datagrams.subscribe(
      ({ bytes }) => {
        lengths.push(bytes.length);
        if (lengths.length === 3) resolve();
      },
      { signal: forever },
    );
  });
  for (const length of [0, 60_000, 1]) b.send(new Uint8Array(length), { address: home, port: a.localPort });
  await done;
  expect(lengths).toEqual([0, 60_000, 1]);
  a.close();
  b.close();
});

test("an ICMP error names the address it is for, and the next datagram elsewhere still leaves", async () => {
  const [gone, there, sender] = [0, 0, 0].map(() => openUdp({}, io, undefined)) as [
    UdpSocket,
    UdpSocket,
    UdpSocket,
  ];
  const silent = { address: home, port: gone.localPort };
  gone.close();
  io.settle(5000); // a busy machine may take its time
  const failure = nextFailure(sender);
  const arrival = nextDatagram(there);
  sender.send(new Uint8Array(5), silent);
  sender.send(new Uint8Array(6), { address: home, port: there.localPort }); // the error of the first is pending here
  expect(await failure).toMatchObject({ to: silent, error: { code: "refused" } });
  expect((await arrival).bytes).toHaveLength(6);
  there.close();
  sender.close();
});

test("a datagram the kernel refuses at once is a failure, not a throw", async () => {
  const socket = openUdp({}, io, undefined);
  const failure = nextFailure(socket);
  const to = { address: "127.255.255.255", port: 9 }; // broadcast was not asked for
  socket.send(new Uint8Array(1), to);
  expect(await failure).toMatchObject({ to, error: { code: "denied" } });
  socket.close();
});

test("a port in use is busy; the port of a socket just closed is free again", () => {
  const first = openUdp({}, io, undefined);
  const port = first.localPort;
  expect(() => openUdp({ port }, io, undefined)).toThrow(expect.objectContaining({ code: "busy" }));
  for (let turn = 0; turn < 20; turn++) {
    const socket = turn === 0 ? first : openUdp({ port }, io, undefined);
    socket.close();
  }
  openUdp({ port }, io, undefined).close();
});

test("a multicast group that was joined is heard, with the group as destination", async () => {
  const lo = { name: "lo", index: 1 };
  const listener = openUdp({ groups: ["224.0.1.1"] }, io, lo);
  const arrival = nextDatagram(listener);
  openUdp({}, io, lo).send(new Uint8Array([9]), { address: "224.0.1.1", port: listener.localPort });
  expect(await arrival).toMatchObject({ to: "224.0.1.1" });
  listener.close();
});
