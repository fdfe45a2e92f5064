// HTTP in the simulated network: the client against the lab's server and against scripted responses.
import { expect, test } from "vitest";
import type { HttpRequest, HttpResponse } from "#hal/contract/names.ts";
import { createHttpClient } from "#hal/sim/net/http-client.ts";
import { ResponseReader, type ResponseResult } from "#hal/sim/net/http-response.ts";
import { createResolver } from "#hal/sim/net/resolver.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import type { FilePlay } from "#test/lab/files.ts";
import { type HttpQuestion, startHttpServer } from "#test/lab/http-server.ts";
import { createLabLog } from "#test/lab/log.ts";
import { bytes, createPair, serverAddress, text } from "./sim-net-rig.ts";

const { signal } = new AbortController();

async function serving(play: FilePlay) {
  const pair = await createPair();
  const { clock, phone, server } = pair;
  const life = new AbortController();
  const log = createLabLog(clock);
  const questions: HttpQuestion[] = [];
  await startHttpServer({
    sockets: server.sockets,
    port: 6970,
    play: () => play,
    respond: (question) => {
      questions.push(question);
      if (question.method !== "POST") return undefined;
      return { status: 200, headers: { "x-echo": "yes" }, body: question.body };
    },
    tell: log.teller("http"),
    signal: life.signal,
  });
  const resolver = createResolver({ sockets: phone.sockets, clock, random: createSeededRandom(1) });
  const client = createHttpClient({ sockets: phone.sockets, resolver, clock });
  const ask = (change: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    client.request({
      method: "GET",
      url: `http://${serverAddress}:6970/SEP001122334455.cnf.xml`,
      timeoutMs: 3000,
      maxBytes: 10_000,
      signal,
      ...change,
    });
  const end = async (): Promise<number> => {
    await clock.advance(61_000);
    life.abort();
    pair.close();
    return clock.alarmCount;
  };
  return { ...pair, ask, questions, log, end };
}

test("a file is fetched, and the request is one that a server understands", async () => {
  const { ask, questions, log, end } = await serving({ kind: "serve", bytes: bytes("<device/>") });
  const answer = await ask({ headers: { accept: "text/xml" } });
  expect([answer.status, answer.headers["content-length"], text(answer.body)]).toEqual([
    200,
    "9",
    "<device/>",
  ]);
  expect(questions[0]).toMatchObject({
    target: "/SEP001122334455.cnf.xml",
    headers: { host: "10.77.110.1:6970", connection: "close", accept: "text/xml" },
  });
  expect(log.lines()).toEqual(["http read SEP001122334455.cnf.xml serve"]);
  expect(await end()).toBe(0);
});

test("a body is posted, and 404 is an answer", async () => {
  const { ask, end } = await serving({ kind: "not-found" });
  const echo = await ask({ method: "POST", body: bytes("<CiscoIPPhoneExecute/>") });
  expect([echo.headers["x-echo"], text(echo.body)]).toEqual(["yes", "<CiscoIPPhoneExecute/>"]);
  expect((await ask()).status).toBe(404);
  expect(await end()).toBe(0);
});

test("too long, cut off, silent, refused and unknown are different errors", async () => {
  const big = await serving({ kind: "serve", bytes: new Uint8Array(10_001) });
  await expect(big.ask()).rejects.toMatchObject({ code: "io" });
  const cut = await serving({ kind: "truncated", bytes: new Uint8Array(100) });
  await expect(cut.ask()).rejects.toMatchObject({ code: "io" });
  for (const play of [{ kind: "silent" }, { kind: "stalled", bytes: new Uint8Array(100) }] as const) {
    const silent = await serving(play);
    const failed = expect(silent.ask()).rejects.toMatchObject({ code: "timeout" });
    await silent.clock.advance(3000);
    await failed;
    await silent.end();
  }
  const { ask, end } = await serving({ kind: "not-found" });
  await expect(ask({ url: `http://${serverAddress}/` })).rejects.toMatchObject({ code: "refused" });
  await expect(ask({ url: "http://nobody.example/" })).rejects.toMatchObject({ code: "unreachable" });
  await expect(ask({ url: `https://${serverAddress}/` })).rejects.toMatchObject({ code: "unsupported" });
  await expect(ask({ url: "ftp:/x" })).rejects.toMatchObject({ code: "io" });
  await expect(ask({ headers: { accept: "x\r\nevil: 1" } })).rejects.toMatchObject({ code: "io" });
  expect(await end()).toBe(0);
});

test("aborting rejects with the signal's reason and resets the connection", async () => {
  const { clock, ask, end } = await serving({ kind: "silent" });
  const controller = new AbortController();
  const failed = expect(ask({ signal: controller.signal })).rejects.toThrow("enough");
  await clock.advance(10);
  controller.abort(new Error("enough"));
  await failed;
  expect(await end()).toBe(0);
});

/** Feeds a response whole and byte by byte; both must give the same. */
function read(response: string, isEnded = false, maxBytes = 1000): ResponseResult {
  const finish = (reader: ResponseReader, result: ResponseResult): ResponseResult =>
    result.kind === "more" && isEnded ? reader.end() : result;
  const whole = new ResponseReader(maxBytes);
  const atOnce = finish(whole, whole.push(bytes(response)));
  const reader = new ResponseReader(maxBytes);
  let last: ResponseResult = { kind: "more" };
  for (const byte of bytes(response)) if (last.kind === "more") last = reader.push(Uint8Array.of(byte));
  expect(finish(reader, last)).toEqual(atOnce);
  return atOnce;
}

function bodyOf(result: ResponseResult): string | undefined {
  return result.kind === "done" ? text(result.response.body) : undefined;
}

test("bodies end by length, by chunks, with the connection, or are not there", () => {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect(bodyOf(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"))).toBe("abc");
  // RFC 9112 §7.1: chunks with an extension, and a trailer field.
  expect(bodyOf(read(`${chunked}4\r\nWiki\r\n5;a=b\r\npedia\r\n0\r\nX: y\r\n\r\n`))).toBe("Wikipedia");
  expect(bodyOf(read("HTTP/1.0 200 OK\r\n\r\nto the end", true))).toBe("to the end");
  expect(bodyOf(read("HTTP/1.1 204 No Content\r\n\r\n"))).toBe("");
  expect(bodyOf(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"))).toBe(
    "x",
  );
});

test.each([
  ["no status line", "HTTP/2 200\r\n\r\n"],
  ["a field without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
  ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
  ["more than allowed", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"],
  ["more than allowed in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"],
  ["a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"],
  ["endless fields", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(6000)}`],
] as const)("a response with %s is bad", (_what, response) => {
  expect(read(response, true).kind).toBe("bad");
});
