// TCP and TLS over the loopback interface: every byte, every way to end, and certificates that do not check out.
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createSecureServer } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CloseReason, Connection, TlsOptions } from "#hal/contract/sockets.ts";
import { processOriginNs } from "#hal/linux/clock.ts";
import { type Io, startIo } from "#hal/linux/io/io.ts";
import { createSockets } from "#hal/linux/sockets.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

const home = "127.0.0.1";
const pem = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../vectors/tls", name), "utf8");
const forever = new AbortController().signal;
let io: Io;
beforeAll(() => {
  const failed = (error: unknown): never => {
    throw error;
  };
  io = startIo({ worker: sourceWorkers().io, originNs: processOriginNs(), failed });
});
afterAll(() => io.close());
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const sockets = () => createSockets({ io, via: () => "any" });
async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, home, resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
const serve = (accept: (socket: Socket) => void): Promise<number> => portOf(createServer(accept));
const connect = (port: number, timeoutMs = 5000): Promise<Connection> =>
  sockets().connectTcp({ address: home, port }, { timeoutMs, signal: forever, marking: { dscp: 24 } });
const ended = (connection: Connection): Promise<CloseReason> =>
  new Promise((resolve) => connection.closed.subscribe(resolve, { signal: forever }));

test("four megabytes come back byte for byte, and both ends know the same addresses", async () => {
  let seenPort = 0;
  const port = await serve((socket) => {
    seenPort = socket.remotePort ?? 0;
    socket.pipe(socket);
  });
  const connection = await connect(port);
  const sent = Uint8Array.from({ length: 4 * 1024 * 1024 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
  const back: Uint8Array[] = [];
  let length = 0;
  const all = new Promise<void>((resolve) => {
    connection.chunks.subscribe(
      (chunk) => {
        back.push(chunk);
        length += chunk.length;
        if (length >= sent.length) resolve();
      },
      { signal: forever },
    );
  });
  const copy = sent.slice();
  connection.write(copy);
  copy.fill(0); // the caller's bytes are its own again
  await all;
  expect(Buffer.concat(back).equals(sent)).toBe(true);
  expect(connection.remote).toEqual({ address: home, port });
  expect(connection.local).toEqual({ address: home, port: seenPort });
  const over = ended(connection);
  connection.close();
  expect(await over).toEqual({ kind: "finished" });
});

test("a small write leaves as one piece, and pieces that came early wait for the first listener", async () => {
  const pieces: number[] = [];
  let arrived = (): void => {};
  const port = await serve((socket) => {
    socket.write("early");
    socket.on("data", (chunk) => {
      pieces.push(chunk.length);
      arrived();
    });
  });
  const connection = await connect(port);
  for (const length of [12, 300]) {
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    connection.write(new Uint8Array(length));
    await there;
  }
  const first = await new Promise<Uint8Array>((resolve) =>
    connection.chunks.subscribe(resolve, { signal: forever }),
  );
  expect(new TextDecoder().decode(first)).toBe("early");
  const over = ended(connection);
  connection.close();
  await over;
  expect(pieces).toEqual([12, 300]);
});

test("a reset by the peer, a close by the peer and a reset of ours are three different ends", async () => {
  const reset = await connect(await serve((socket) => socket.on("data", () => socket.resetAndDestroy())));
  const wasReset = ended(reset);
  reset.write(new Uint8Array(1));
  expect(await wasReset).toMatchObject({ kind: "failed", error: { code: "refused" } });

  const closed = await connect(await serve((socket) => socket.end("bye")));
  expect(await ended(closed)).toEqual({ kind: "finished" });

  let seen: Error | undefined;
  const gone = new Promise<void>((resolve) => {
    void serve((socket) => {
      socket.on("error", (error) => {
        seen = error;
      });
      socket.on("close", () => resolve());
    }).then(async (port) => (await connect(port)).reset());
  });
  await gone;
  expect(seen).toMatchObject({ code: "ECONNRESET" });
});

test("nobody there is refused, a given-up connect rejects with the signal's reason, no address is unreachable", async () => {
  const port = await serve(() => {});
  servers.splice(0)[0]?.close();
  await expect(connect(port)).rejects.toMatchObject({ code: "refused" });
  const controller = new AbortController();
  const pending = sockets().connectTcp(
    { address: home, port: await serve(() => {}) },
    { timeoutMs: 5000, signal: controller.signal },
  );
  controller.abort(new Error("changed my mind"));
  await expect(pending).rejects.toThrow("changed my mind");
  const without = createSockets({ io, via: () => undefined });
  expect(() => without.openUdp({})).toThrow(expect.objectContaining({ code: "unreachable" }));
  await expect(
    without.connectTcp({ address: home, port }, { timeoutMs: 1, signal: forever }),
  ).rejects.toMatchObject({ code: "unreachable" });
});

test("a listener takes connections until its signal, and a taken port is busy", async () => {
  const controller = new AbortController();
  const listener = await sockets().listenTcp(0, { signal: controller.signal });
  const accepted = new Promise<Connection>((resolve) =>
    listener.connections.subscribe(resolve, { signal: forever }),
  );
  const client = await connect(listener.local.port);
  const server = await accepted;
  const heard = new Promise<Uint8Array>((resolve) => client.chunks.subscribe(resolve, { signal: forever }));
  server.write(new TextEncoder().encode("hello"));
  expect(new TextDecoder().decode(await heard)).toBe("hello");
  await expect(sockets().listenTcp(listener.local.port, { signal: forever })).rejects.toMatchObject({
    code: "busy",
  });
  controller.abort();
  server.reset();
  client.reset();
  await expect(connect(listener.local.port)).rejects.toMatchObject({ code: "refused" });
});

/** Dials a TLS server that shows `certificate`. */
async function dial(certificate: string, options: Partial<TlsOptions> = {}) {
  const server = createSecureServer({ cert: pem(certificate), key: pem("server.key") }, (socket) => {
    socket.on("error", () => {});
    socket.write("hello");
  });
  const port = await portOf(server);
  const trusted = [pem("ca.pem")];
  const usual = { serverName: "proxy.example.com", trusted, timeoutMs: 5000, signal: forever };
  return sockets().connectTls({ address: home, port }, { ...usual, ...options });
}

test("TLS with a certificate that checks out, by name and by address", async () => {
  for (const serverName of ["proxy.example.com", home]) {
    const { connection, peer } = await dial("server.pem", { serverName });
    const heard = await new Promise<Uint8Array>((resolve) =>
      connection.chunks.subscribe(resolve, { signal: forever }),
    );
    expect(new TextDecoder().decode(heard)).toBe("hello");
    expect(peer).toMatchObject({ subject: "CN=proxy.example.com", validFromUnixMs: Date.UTC(2020, 0, 1) });
    expect(peer.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    connection.reset();
  }
});

test("an unknown issuer, another name and an expired certificate are denied, each with its reason", async () => {
  const why = (promise: Promise<unknown>) =>
    promise.then(
      () => "accepted",
      (error: unknown) => error,
    );
  expect(await why(dial("server.pem", { trusted: [] }))).toMatchObject({
    code: "denied",
    message: expect.stringContaining("UNABLE_TO_VERIFY"),
  });
  expect(await why(dial("server.pem", { serverName: "other.example.com" }))).toMatchObject({
    code: "denied",
    message: expect.stringContaining("ALTNAME"),
  });
  expect(await why(dial("expired.pem"))).toMatchObject({
    code: "denied",
    message: expect.stringContaining("EXPIRED"),
  });
});

test("a server that never shakes hands is a timeout, one that speaks no TLS an error", async () => {
  const mute = await serve(() => {});
  const rude = await serve((socket) => socket.end("go away\r\n"));
  const options = { serverName: home, trusted: [], signal: forever };
  await expect(
    sockets().connectTls({ address: home, port: mute }, { ...options, timeoutMs: 50 }),
  ).rejects.toMatchObject({ code: "timeout" });
  await expect(
    sockets().connectTls({ address: home, port: rude }, { ...options, timeoutMs: 5000 }),
  ).rejects.toMatchObject({ code: "io" });
});
