// TCP of the simulated kernel: opening, closing, resetting, windows, and what a bad cable does to it.
import { expect, test } from "vitest";
import type { CloseReason, Connection } from "#hal/contract/sockets.ts";
import { parseIp4 } from "#hal/sim/net/ip4-packet.ts";
import { isMalformed } from "#hal/sim/net/octets.ts";
import { createStack } from "#hal/sim/net/stack.ts";
import { buildTcp, parseTcp, type TcpSegment } from "#hal/sim/net/tcp-segment.ts";
import { RoundTrip } from "#hal/sim/net/tcp-timing.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vector } from "#test/vectors/load.ts";
import { bytes, collect, createPair, type Pair, phoneAddress, serverAddress, text } from "./sim-net-rig.ts";

const { signal } = new AbortController();
const port = 2000;
const to = { address: serverAddress, port };

/** Segments as they cross the cable, `from flags length`; retransmissions included. */
function watch(pair: Pair): string[] {
  const seen: string[] = [];
  pair.cable.a.sent.subscribe((frame) => note("phone", frame), { signal });
  pair.cable.b.sent.subscribe((frame) => note("server", frame), { signal });
  const note = (who: string, frame: Uint8Array): void => {
    const segment = segmentIn(frame);
    if (segment === undefined) return;
    const flags = (["syn", "fin", "rst", "psh", "ack"] as const).filter((name) => segment[name]).join(",");
    seen.push(`${who} ${flags} ${segment.payload.length}`);
  };
  return seen;
}

function segmentIn(frame: Uint8Array): TcpSegment | undefined {
  const packet = parseIp4(frame.subarray(14));
  if (isMalformed(packet) || packet.protocol !== 6) return undefined;
  const segment = parseTcp(packet.source, packet.destination, packet.payload);
  return isMalformed(segment) ? undefined : segment;
}

interface End {
  readonly connection: Connection;
  received: string;
  readonly closed: CloseReason[];
}

function end(connection: Connection): End {
  const mine: End = { connection, received: "", closed: collect(connection.closed) };
  connection.chunks.subscribe(
    (chunk) => {
      mine.received += text(chunk);
    },
    { signal },
  );
  return mine;
}

async function connected(options: Parameters<typeof createPair>[0] = {}) {
  const pair = await createPair(options);
  const segments = watch(pair);
  const accepted: End[] = [];
  const listener = await pair.server.sockets.listenTcp(port, { signal });
  listener.connections.subscribe((connection) => accepted.push(end(connection)), { signal });
  const opening = pair.phone.sockets.connectTcp(to, { timeoutMs: 5000, signal });
  await pair.clock.advance(0);
  const phone = end(await opening);
  await pair.clock.advance(0);
  const server = accepted[0];
  if (server === undefined) throw new Error("the server accepted");
  return { ...pair, segments, listener, a: phone, b: server };
}

test("segments recorded from a Linux kernel are read, and written back where they hold no foreign option", () => {
  const syn = segmentIn(vector("net", "tcp-syn-linux").bytes);
  expect(syn).toMatchObject({ syn: true, ack: false, mss: 1460, window: 64_240, destinationPort: 2000 });
  const data = segmentIn(vector("net", "tcp-data-linux").bytes);
  expect(text(data?.payload ?? new Uint8Array())).toBe("hello");
  expect(segmentIn(vector("net", "tcp-fin-linux").bytes)).toMatchObject({ fin: true, ack: true });
  const raw = vector("net", "tcp-rst-linux").bytes.subarray(34, 54);
  const rst = segmentIn(vector("net", "tcp-rst-linux").bytes);
  expect(rst).toMatchObject({ rst: true, ack: true, window: 0 });
  if (rst === undefined) return;
  expect(buildTcp("10.77.110.1", "10.77.110.20", rst)).toEqual(raw);
});

test("a connection opens in three segments, talks, and closes from either side", async () => {
  const { clock, segments, a, b, close } = await connected();
  expect(segments).toEqual(["phone syn 0", "server syn,ack 0", "phone ack 0"]);
  expect(b.connection.remote).toEqual(a.connection.local);
  a.connection.write(bytes("hello"));
  await clock.advance(0);
  b.connection.write(bytes("welcome"));
  await clock.advance(0);
  expect([a.received, b.received]).toEqual(["welcome", "hello"]);
  segments.length = 0;
  a.connection.close();
  await clock.advance(0);
  expect(b.closed).toEqual([{ kind: "finished" }]);
  expect(a.closed).toEqual([]);
  b.connection.close();
  await clock.advance(0);
  expect(a.closed).toEqual([{ kind: "finished" }]);
  expect(segments).toEqual(["phone fin,ack 0", "server ack 0", "server fin,ack 0", "phone ack 0"]);
  await clock.advance(60_000);
  expect(clock.alarmCount).toBe(0);
  close();
});

test("one write is one segment where it fits, and an answer given at once carries the acknowledgment", async () => {
  const { clock, segments, a, b, close } = await connected();
  b.connection.chunks.subscribe(() => b.connection.write(bytes("answer")), { signal });
  segments.length = 0;
  for (const size of [12, 100, 1460, 1461]) a.connection.write(new Uint8Array(size));
  await clock.advance(0);
  expect(segments.slice(0, 5)).toEqual([
    "phone psh,ack 12",
    "phone psh,ack 100",
    "phone psh,ack 1460",
    "phone ack 1460",
    "phone psh,ack 1",
  ]);
  expect(segments[5]).toBe("server psh,ack 6");
  close();
});

test("after a half close the other side may still send", async () => {
  const { clock, a, b, close } = await connected();
  a.connection.close();
  await clock.advance(0);
  b.connection.write(bytes("late news"));
  b.connection.close();
  await clock.advance(0);
  expect(a.received).toBe("late news");
  a.connection.write(bytes("ignored after close"));
  await clock.advance(0);
  expect(b.received).toBe("");
  close();
});

test("a closed port refuses at once, a silent host times out, a host that is not there is unreachable", async () => {
  const { clock, phone, server, close } = await createPair();
  await expect(phone.sockets.connectTcp(to, { timeoutMs: 5000, signal })).rejects.toMatchObject({
    code: "refused",
  });
  const absent = phone.sockets.connectTcp({ address: "10.77.110.99", port }, { timeoutMs: 5000, signal });
  const isAbsent = expect(absent).rejects.toMatchObject({ code: "unreachable" });
  await clock.advance(3000);
  await isAbsent;
  await phone.ping(serverAddress, { timeoutMs: 10 });
  server.close();
  const silent = phone.sockets.connectTcp(to, { timeoutMs: 5000, signal });
  const isSilent = expect(silent).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(5000);
  await isSilent;
  await phone.network.setRouter(undefined);
  const far = phone.sockets.connectTcp({ address: "192.0.2.1", port }, { timeoutMs: 5000, signal });
  await expect(far).rejects.toMatchObject({ code: "unreachable" });
  close();
  expect(clock.alarmCount).toBe(0);
});

test("aborting a connect rejects with the signal's reason and leaves nothing", async () => {
  const { clock, phone, server, close } = await createPair();
  await phone.ping(serverAddress, { timeoutMs: 10 });
  server.close();
  const controller = new AbortController();
  const opening = phone.sockets.connectTcp(to, { timeoutMs: 5000, signal: controller.signal });
  const failed = expect(opening).rejects.toThrow("enough");
  controller.abort(new Error("enough"));
  await failed;
  expect(clock.alarmCount).toBe(0);
  close();
});

test("a reset is a failure at the other end, at once", async () => {
  const { clock, a, b, close } = await connected();
  a.connection.reset();
  await clock.advance(0);
  expect(a.closed).toEqual([{ kind: "finished" }]);
  expect(b.closed).toMatchObject([{ kind: "failed", error: { code: "refused" } }]);
  expect(clock.alarmCount).toBe(0);
  close();
});

test("a restarted peer answers old segments with RST", async () => {
  const { clock, cable, server, a, close } = await connected();
  server.close();
  const restarted = createStack({
    name: "server",
    mac: "00:11:22:33:44:01",
    end: cable.b,
    clock,
    random: createSeededRandom(2),
    found: { address: { address: serverAddress, prefix: 24 } },
  });
  a.connection.write(bytes("still there?"));
  await clock.advance(0);
  expect(a.closed).toMatchObject([{ kind: "failed", error: { code: "refused" } }]);
  expect(restarted.drops.of("tcp no connection")).toBe(1);
  restarted.close();
  close();
});

test("chunks and accepted connections wait for their first subscriber, and the end comes after them", async () => {
  const { clock, phone, server, close } = await createPair();
  const listener = await server.sockets.listenTcp(port, { signal });
  const opening = phone.sockets.connectTcp(to, { timeoutMs: 5000, signal });
  await clock.advance(0);
  const client = await opening;
  client.write(bytes("one "));
  client.write(bytes("two "));
  client.close();
  await clock.advance(10);
  const accepted = collect(listener.connections);
  await clock.advance(0);
  const connection = accepted[0];
  if (connection === undefined) throw new Error("accepted");
  const events: string[] = [];
  connection.closed.subscribe(({ kind }) => events.push(kind), { signal });
  connection.chunks.subscribe((chunk) => events.push(text(chunk)), { signal });
  expect(events).toEqual([]);
  await clock.advance(0);
  expect(events).toEqual(["one ", "two ", "finished"]);
  close();
});

test("a reader that does not read closes the window; probes reopen it and nothing is lost", async () => {
  const { clock, phone, server, close } = await createPair();
  const listener = await server.sockets.listenTcp(port, { signal });
  const opening = phone.sockets.connectTcp(to, { timeoutMs: 5000, signal });
  await clock.advance(0);
  const client = await opening;
  const payload = Uint8Array.from({ length: 200_000 }, (_, n) => n % 251);
  client.write(payload);
  await clock.advance(30_000);
  expect(client.queuedBytes).toBeGreaterThan(130_000);
  const accepted = collect(listener.connections);
  await clock.advance(0);
  const chunks: Uint8Array[] = [];
  accepted[0]?.chunks.subscribe((chunk) => chunks.push(chunk), { signal });
  await clock.advance(1000);
  expect(client.queuedBytes).toBe(0);
  expect(Buffer.concat(chunks).equals(Buffer.from(payload))).toBe(true);
  close();
});

test("a lost segment comes again after the timeout, and each further time after twice as long", async () => {
  const { clock, cable, segments, a, close } = await connected();
  cable.impair({ lossPct: 100 }, "b");
  segments.length = 0;
  const at: number[] = [];
  cable.a.sent.subscribe(() => at.push(clock.now()), { signal });
  const start = clock.now();
  a.connection.write(bytes("hello"));
  await clock.advance(10_000);
  expect(at.map((ms) => ms - start)).toEqual([0, 200, 600, 1400, 3000, 6200]);
  close();
});

test("a peer that never answers again is a timeout after fifteen retransmissions", async () => {
  const { clock, cable, a, close } = await connected();
  cable.impair({ lossPct: 100 });
  a.connection.write(bytes("hello"));
  await clock.runUntil("the connection fails", () => a.closed.length > 0);
  expect(a.closed).toMatchObject([{ kind: "failed", error: { code: "timeout" } }]);
  expect(clock.now()).toBeGreaterThan(900_000);
  close();
});

test("three repeated acknowledgments bring a lost segment at once", async () => {
  const { clock, cable, a, b, close } = await connected();
  cable.impair({ lossPct: 100 }, "a");
  a.connection.write(bytes("0"));
  await clock.advance(0);
  cable.impair({}, "a");
  for (const digit of "1234") a.connection.write(bytes(digit));
  await clock.advance(0);
  expect(b.received).toBe("01234");
  expect(clock.now()).toBeLessThan(200);
  close();
});

test("a connection survives a link flap and the loss of its address", async () => {
  const { clock, cable, phone, a, b, close } = await connected();
  cable.unplug();
  a.connection.write(bytes("through "));
  await clock.advance(3000);
  cable.plug();
  await clock.advance(5000);
  expect(b.received).toBe("through ");
  await phone.network.setAddress(undefined);
  a.connection.write(bytes("thick and thin"));
  await clock.advance(3000);
  await phone.network.setAddress({ address: phoneAddress, prefix: 24 });
  await clock.advance(5000);
  expect(b.received).toBe("through thick and thin");
  expect(a.closed).toEqual([]);
  close();
});

test("both ends may close at the same time", async () => {
  const { clock, a, b, close } = await connected();
  a.connection.close();
  b.connection.close();
  await clock.advance(0);
  expect([a.closed, b.closed]).toEqual([[{ kind: "finished" }], [{ kind: "finished" }]]);
  await clock.advance(60_000);
  expect(clock.alarmCount).toBe(0);
  close();
});

test("a peer that acknowledges our FIN and never sends its own is left after a quarter of an hour", async () => {
  const { clock, a, close } = await connected();
  a.connection.close();
  await clock.advance(924_999);
  expect(a.closed).toEqual([]);
  await clock.advance(1);
  expect(a.closed).toEqual([{ kind: "finished" }]);
  close();
});

test("a listener that ended accepts nobody; its port is free again", async () => {
  const { phone, server, close } = await createPair();
  const controller = new AbortController();
  await server.sockets.listenTcp(port, { signal: controller.signal });
  await expect(server.sockets.listenTcp(port, { signal })).rejects.toMatchObject({ code: "busy" });
  controller.abort();
  await expect(phone.sockets.connectTcp(to, { timeoutMs: 100, signal })).rejects.toMatchObject({
    code: "refused",
  });
  const other = await server.sockets.listenTcp(0, { signal });
  expect(other.local.port).toBeGreaterThan(32_767);
  close();
});

test("a host talks to itself", async () => {
  const { phone, close } = await createPair();
  const listener = await phone.sockets.listenTcp(80, { signal });
  const accepted = collect(listener.connections);
  const own = await phone.sockets.connectTcp({ address: phoneAddress, port: 80 }, { timeoutMs: 100, signal });
  own.write(bytes("me"));
  await new Promise((resolve) => setImmediate(resolve));
  const there = accepted.map(end);
  await new Promise((resolve) => setImmediate(resolve));
  expect(there[0]?.received).toBe("me");
  close();
});

test("the retransmission timeout follows RFC 6298", () => {
  const roundTrip = new RoundTrip();
  expect(roundTrip.rtoMs).toBe(1000);
  roundTrip.sample(100); // §2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR
  expect(roundTrip.rtoMs).toBe(300);
  roundTrip.sample(300); // §2.3
  expect(roundTrip.rtoMs).toBeCloseTo(125 + 4 * (0.75 * 50 + 0.25 * 200));
  roundTrip.backOff();
  roundTrip.backOff();
  expect(roundTrip.rtoMs).toBeCloseTo(4 * 475);
  for (let n = 0; n < 20; n++) roundTrip.backOff();
  expect(roundTrip.rtoMs).toBe(120_000);
  roundTrip.recover();
  expect(roundTrip.rtoMs).toBeCloseTo(475);
});
