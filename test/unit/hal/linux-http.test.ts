// The HTTP client against servers of every manner, the resolver against a small DNS server, the console's socket.
import { createSocket, type Socket as DgramSocket } from "node:dgram";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect as connectPath, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import type { HttpRequest } from "#hal/contract/names.ts";
import { processOriginNs } from "#hal/linux/clock.ts";
import { serveBytes } from "#hal/linux/console-socket.ts";
import { createHttpClient } from "#hal/linux/http.ts";
import { type Io, startIo } from "#hal/linux/io/io.ts";
import { createResolver } from "#hal/linux/resolver.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

const home = "127.0.0.1";
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

/** A server that says exactly `answer` to whatever comes first; what came is in `asked`. */
async function say(answer: string | ((socket: Socket) => void)): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (request) => {
      asked.push(request.toString());
      if (typeof answer === "string") socket.end(answer);
      else answer(socket);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, home, resolve));
  const address = server.address();
  return { url: `http://${home}:${typeof address === "object" ? address?.port : 0}`, asked };
}

const names = { resolveA: async () => ({ records: [home], ttlSec: 60 }) };
const client = () =>
  createHttpClient({
    resolver: { ...createResolver(), ...names },
    route: () => ({ io, via: undefined }),
    trusted: () => [],
  });
const get = (url: string, more: Partial<HttpRequest> = {}) =>
  client().request({ method: "GET", url, timeoutMs: 5000, maxBytes: 1000, signal: forever, ...more });
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("through a proxy the whole URL is asked of it, and nobody looks up the site's name", async () => {
  const { url, asked } = await say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const port = Number(new URL(url).port);
  const answer = await get("http://site.invalid/logo.bmp?x=1", { proxy: { host: home, port } });
  expect(answer.status).toBe(200);
  expect(asked[0]).toMatch(/^GET http:\/\/site\.invalid\/logo\.bmp\?x=1 HTTP\/1\.1\r\n/);
  expect(asked[0]).toMatch(/\r\nhost: site\.invalid\r\n/i);
});

test("a file with and without a length, by a name that our resolver knows", async () => {
  const { url, asked } = await say(
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two: b\r\n\r\nhello",
  );
  const answer = await get(`${url.replace(home, "files.example.com")}/SEP001122334455.cnf.xml?x=1`);
  expect({ ...answer, body: text(answer.body) }).toEqual({
    status: 200,
    headers: { "content-length": "5", "x-two": "a, b" },
    body: "hello",
  });
  expect(asked[0]).toMatch(/^GET \/SEP001122334455\.cnf\.xml\?x=1 HTTP\/1\.1\r\n/);
  expect(asked[0]).toContain(`Host: files.example.com:${url.split(":").at(-1)}\r\n`);
  const open = await say("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  expect(text((await get(open.url)).body)).toBe("until the end");
});

test("a redirect and an error are answers, not followed and not thrown", async () => {
  const moved = await say("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n");
  expect(await get(moved.url)).toMatchObject({ status: 302, headers: { location: "http://192.0.2.1/" } });
  const missing = await say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  expect((await get(missing.url)).status).toBe(404);
});

test("a POST carries its bytes and their length", async () => {
  const { url, asked } = await say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await get(url, {
    method: "POST",
    body: new TextEncoder().encode("<a/>"),
    headers: { "content-type": "text/xml" },
  });
  expect(asked[0]).toMatch(/^POST \/ HTTP/);
  expect(asked[0]).toContain("content-length: 4\r\n");
  expect(asked[0]).toMatch(/\r\n\r\n<a\/>$/);
});

test("too long, too short, not HTTP, no URL: each is an error of its own words", async () => {
  const announced = await say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  await expect(get(announced.url)).rejects.toThrow("longer than 1000 bytes");
  const flood = await say(`HTTP/1.0 200 OK\r\n\r\n${"x".repeat(5000)}`);
  await expect(get(flood.url)).rejects.toThrow("longer than 1000 bytes");
  const cut = await say("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this");
  await expect(get(cut.url)).rejects.toMatchObject({ device: cut.url.slice(7) });
  const rude = await say("SSH-2.0-dropbear\r\n");
  await expect(get(rude.url)).rejects.toMatchObject({ code: "io" });
  await expect(get("tftp://192.0.2.1/x")).rejects.toMatchObject({ code: "io" });
});

test("a silent server is a timeout, and a signal ends the wait", async () => {
  const { url } = await say(() => {});
  await expect(get(url, { timeoutMs: 60 })).rejects.toMatchObject({ code: "timeout" });
  const controller = new AbortController();
  const pending = get(url, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("left")), 20);
  await expect(pending).rejects.toThrow("left");
});

/** A DNS server that knows a few records (RFC 1035 §4, RFC 2782, RFC 3403), and is silent about `silent.`. */
async function serveDns(): Promise<{ socket: DgramSocket; server: string }> {
  const socket = createSocket("udp4");
  const label = (name: string): string =>
    name
      .split(".")
      .map((part) => `${String.fromCharCode(part.length)}${part}`)
      .concat("\0")
      .join("");
  const records: Record<string, { type: number; ttlSec: number; data: string }[]> = {
    "proxy.example.com/1": [
      { type: 1, ttlSec: 300, data: "\x0a\x4d\x00\x01" },
      { type: 1, ttlSec: 60, data: "\x0a\x4d\x00\x02" },
    ],
    "_sip._udp.example.com/33": [
      { type: 33, ttlSec: 9, data: `\0\x0a\0\x3c\x13\xc4${label("proxy.example.com")}` },
    ],
    "example.com/35": [
      { type: 35, ttlSec: 9, data: `\0\x32\0\x33\x01s\x07SIP+D2U\0${label("_sip._udp.example.com")}` },
    ],
  };
  socket.on("message", (query, from) => {
    const question = query.toString("latin1").slice(12);
    const end = question.indexOf("\0");
    const name = question
      .slice(0, end)
      .replace(/[\0-\x3f]/g, ".")
      .slice(1)
      .toLowerCase();
    if (name.startsWith("silent")) return;
    const answers = records[`${name}/${query.readUInt16BE(12 + end + 1)}`];
    const rcode = answers === undefined ? 3 : 0;
    const head = Buffer.from([0, 0, 0x81, 0x80 | rcode, 0, 1, 0, answers?.length ?? 0, 0, 0, 0, 0]);
    query.copy(head, 0, 0, 2);
    const body = (answers ?? []).map(({ type, ttlSec, data }) => {
      const fixed = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
      fixed.writeUInt32BE(ttlSec, 6);
      return Buffer.concat([fixed, Buffer.from(data, "latin1")]);
    });
    socket.send(Buffer.concat([head, query.subarray(12, 12 + end + 5), ...body]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, home, resolve));
  return { socket, server: `${home}:${socket.address().port}` };
}

test("A, SRV and NAPTR records, a name that is not there, a server that is not set, a wait that is given up", async () => {
  const { socket, server } = await serveDns();
  const resolver = createResolver();
  const options = { signal: forever };
  await expect(resolver.resolveA("proxy.example.com", options)).rejects.toMatchObject({
    code: "unreachable",
  });
  resolver.setServers([server]);
  expect(await resolver.resolveA("proxy.example.com", options)).toEqual({
    records: ["10.77.0.1", "10.77.0.2"],
    ttlSec: 60,
  });
  const srv = { priority: 10, weight: 60, port: 5060, target: "proxy.example.com" };
  expect((await resolver.resolveSrv("_sip._udp.example.com", options)).records).toEqual([srv]);
  expect((await resolver.resolveNaptr("example.com", options)).records).toEqual([
    {
      order: 50,
      preference: 51,
      flags: "s",
      service: "SIP+D2U",
      regexp: "",
      replacement: "_sip._udp.example.com",
    },
  ]);
  await expect(resolver.resolveA("nobody.example.com", options)).rejects.toMatchObject({ code: "not-found" });
  const controller = new AbortController();
  const pending = resolver.resolveA("silent.example.com", { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("left")), 20);
  await expect(pending).rejects.toThrow("left");
  socket.close();
});

test("the console's socket: bytes both ways, for this user alone; a stale one is replaced, a live one is busy", async () => {
  const directory = mkdtempSync(join(tmpdir(), "offhook-"));
  const path = join(directory, "console");
  const controller = new AbortController();
  const echo = () =>
    serveBytes(
      path,
      (session) =>
        session.chunks.subscribe(
          (bytes) => {
            const text = Buffer.from(bytes).toString();
            session.write(Buffer.from(`heard ${text}`));
            if (text === "bye") session.close();
          },
          { signal: forever },
        ),
      { signal: controller.signal },
    );
  writeFileSync(path, ""); // a dead process left this
  await echo();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(echo()).rejects.toMatchObject({ code: "busy" });
  const answer = await new Promise<string>((resolve) => {
    let all = "";
    const socket = connectPath(path, () => socket.write("one "));
    socket.on("data", (chunk) => {
      if (all === "") socket.write("bye");
      all += chunk.toString();
    });
    socket.on("end", () => resolve(all));
  });
  expect(answer).toBe("heard one heard bye");
  controller.abort();
  await expect(
    serveBytes(join(directory, "no", "folder"), () => {}, { signal: forever }),
  ).rejects.toBeInstanceOf(HalError);
  rmSync(directory, { recursive: true });
});
