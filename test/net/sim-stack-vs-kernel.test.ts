// Does the simulated stack understand a real kernel? The simulated host 10.77.110.1 is behind a TAP device in the phone's
// namespace; the kernel's side is 10.77.110.20, used through Node's own sockets.
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Connection } from "#hal/contract/sockets.ts";
import { createClock, type LinuxClock, processOriginNs } from "#hal/linux/clock.ts";
import { type Cable, createCable } from "#hal/sim/net/cable.ts";
import { createStack, type Stack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { makeNet, type Net } from "./namespaces.ts";
import { attachTap } from "./tap.ts";

const simulated = "10.77.110.1";
const kernel = "10.77.110.20";
const payload = Uint8Array.from({ length: 1_000_000 }, (_, n) => (n * 31 + (n >> 8)) & 255);

let net: Net;
let clock: LinuxClock;
let cable: Cable;
let stack: Stack;
const life = new AbortController();
beforeAll(() => {
  net = makeNet();
  net.enterPhone();
  clock = createClock({ originNs: processOriginNs(), wall: () => undefined });
  cable = createCable({ clock, random: createSeededRandom(1) });
  attachTap("tap0", cable.b, life.signal);
  net.phone.run("ip", "addr", "add", `${kernel}/24`, "dev", "tap0");
  net.phone.run("ip", "link", "set", "tap0", "up");
});
afterAll(async () => {
  life.abort();
  cable.close();
  clock.close();
  await net.close();
});
/** What a test opened ends with the test. */
let scope: AbortController;
beforeEach(() => {
  scope = new AbortController();
  stack = createStack({
    name: "sim",
    mac: "00:11:22:33:44:01",
    end: cable.a,
    clock,
    random: createSeededRandom(2),
    found: { address: { address: simulated, prefix: 24 } },
  });
});
afterEach(() => {
  scope.abort();
  stack.close();
});

const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Everything until the peer closes; rejects when the connection breaks. */
function readAll(connection: Connection): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const { signal } = scope;
  return new Promise((resolve, reject) => {
    connection.chunks.subscribe((chunk) => parts.push(chunk), { signal });
    connection.closed.subscribe(
      (reason) => (reason.kind === "finished" ? resolve(Buffer.concat(parts)) : reject(reason.error)),
      { signal },
    );
  });
}

/** The simulated host sends back what it gets, and closes when the peer does. */
async function echoOn(port: number): Promise<void> {
  const { signal } = scope;
  const listener = await stack.sockets.listenTcp(port, { signal });
  listener.connections.subscribe(
    (connection) => {
      connection.chunks.subscribe((chunk) => connection.write(chunk), { signal });
      connection.closed.subscribe(() => connection.close(), { signal });
    },
    { signal },
  );
}

/** The kernel sends everything, closes its half, and reads to the end. */
async function kernelTalks(port: number): Promise<Uint8Array> {
  const socket = connect({ host: simulated, port, allowHalfOpen: true });
  const parts: Buffer[] = [];
  socket.on("data", (part) => parts.push(part));
  socket.end(payload);
  await once(socket, "end");
  return Buffer.concat(parts);
}

/** A kernel server for one connection; `use` gets it. */
async function kernelServes(use: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    server.close();
    use(socket);
  });
  server.listen(0, kernel);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening port");
  return address.port;
}

test("pings of 4000 bytes cross in fragments", async () => {
  expect(await stack.ping(kernel, { timeoutMs: 1000, sizeBytes: 4000 })).toBeLessThan(100);
});

test("a datagram of 20 000 bytes comes back whole, and closed ports are refused on both sides", async () => {
  const { signal } = scope;
  const echo = stack.sockets.openUdp({ port: 7 });
  echo.datagrams.subscribe(({ bytes, from }) => echo.send(bytes, from), { signal });
  const socket = createSocket("udp4");
  const question = payload.subarray(0, 20_000);
  socket.send(question, 7, simulated);
  const [answer] = (await once(socket, "message")) as [Buffer];
  expect(answer.equals(question)).toBe(true);
  socket.close();

  const refused = createSocket("udp4");
  refused.connect(9, simulated);
  await once(refused, "connect");
  refused.send("x");
  const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
  refused.close();

  const own = stack.sockets.openUdp({});
  const failure = new Promise((resolve) =>
    own.failures.subscribe(({ error: e }) => resolve(e.code), { signal }),
  );
  own.send(Uint8Array.of(1), { address: kernel, port: 9 });
  expect(await failure).toBe("refused");
});

test("a megabyte goes to the simulated host and back", async () => {
  await echoOn(2000);
  expect(sha(await kernelTalks(2000))).toBe(sha(payload));
});

test("a megabyte crosses with one frame in twenty lost, and others repeated or late", async () => {
  cable.impair({ lossPct: 5, duplicatePct: 5, reorderPct: 5, delayMs: 2 });
  await echoOn(2000);
  expect(sha(await kernelTalks(2000))).toBe(sha(payload));
  cable.impair({});
});

test("the simulated host connects, sends a megabyte to a slow reader, and gets its answer after half-closing", async () => {
  const port = await kernelServes((socket) => {
    const hash = createHash("sha256");
    setTimeout(() => socket.resume(), 1500); // by then both windows are full
    socket.on("data", (part) => hash.update(part));
    socket.on("end", () => socket.end(hash.digest("hex")));
  });
  const { signal } = scope;
  const connection = await stack.sockets.connectTcp({ address: kernel, port }, { timeoutMs: 2000, signal });
  const answer = readAll(connection);
  connection.write(payload);
  connection.close();
  expect(new TextDecoder().decode(await answer)).toBe(sha(payload));
});

test("a program on the simulated host that does not read holds the kernel back, and loses nothing", async () => {
  const { signal } = scope;
  const listener = await stack.sockets.listenTcp(2001, { signal });
  const accepted = new Promise<Connection>((resolve) => listener.connections.subscribe(resolve, { signal }));
  const socket = connect({ host: simulated, port: 2001 });
  socket.on("error", (error) => expect.fail(error.message));
  socket.end(payload);
  const connection = await accepted;
  await clock.sleep(1500, { signal });
  const got = await readAll(connection);
  connection.close();
  expect(sha(got)).toBe(sha(payload));
});

test("closed TCP ports refuse and resets are told, on both sides", async () => {
  const { signal } = scope;
  const options = { timeoutMs: 2000, signal };
  await expect(stack.sockets.connectTcp({ address: kernel, port: 9 }, options)).rejects.toMatchObject({
    code: "refused",
  });
  const [error] = (await once(connect({ host: simulated, port: 9 }), "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
  const port = await kernelServes((socket) => {
    socket.resume();
    socket.once("data", () => socket.resetAndDestroy());
  });
  const connection = await stack.sockets.connectTcp({ address: kernel, port }, options);
  const over = readAll(connection);
  connection.write(Uint8Array.of(1));
  await expect(over).rejects.toMatchObject({ code: "refused" });
});
