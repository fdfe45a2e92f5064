// The lab's HTTP server: the files of the TFTP server on port 6970, and whatever else a test answers for itself.
import type { Connection, Sockets } from "#hal/contract/sockets.ts";
import { endOfHead, parseFields } from "#hal/sim/net/http-response.ts";
import { joined, latin1 } from "#hal/sim/net/octets.ts";
import type { FilePlay } from "./files.ts";
import type { Tell } from "./log.ts";

export interface HttpQuestion {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpServerOptions {
  readonly sockets: Sockets;
  readonly port: number;
  /** What happens to a request for this file, asked anew each time. */
  readonly play: (fileName: string) => FilePlay;
  /** Asked before the files: services, anything dynamic. Undefined: look for a file. */
  readonly respond?: (question: HttpQuestion) => HttpAnswer | undefined;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Where newer phones look for configuration files first. */
export const configurationPort = 6970;

const mostRequestBytes = 65_536;

/** Serves until the signal; one request per connection. */
export async function startHttpServer(options: HttpServerOptions): Promise<void> {
  const { sockets, port, signal } = options;
  const listener = await sockets.listenTcp(port, { signal });
  listener.connections.subscribe((connection) => serve(connection, options), { signal });
}

function serve(connection: Connection, options: HttpServerOptions): void {
  const life = new AbortController();
  const signal = AbortSignal.any([life.signal, options.signal]);
  let received: Uint8Array = new Uint8Array(0);
  connection.closed.subscribe(() => connection.close(), { signal: options.signal });
  connection.chunks.subscribe(
    (chunk) => {
      received = joined(received, chunk);
      const question = readQuestion(received);
      if (question === "more" && received.length <= mostRequestBytes) return;
      life.abort();
      if (typeof question === "string") finish(connection, plain(400, "Bad Request"));
      else answer(connection, question, options);
    },
    { signal },
  );
}

function answer(connection: Connection, question: HttpQuestion, options: HttpServerOptions): void {
  const own = options.respond?.(question);
  if (own !== undefined) {
    options.tell("request", { method: question.method, target: question.target, answer: own.status });
    finish(connection, own);
    return;
  }
  const fileName = fileNameOf(question.target.replace(/^http:\/\/[^/]+/, ""));
  const play = options.play(fileName);
  // asked as a proxy is: it knows every site, and each has its own files
  const file = question.target.startsWith("http://") ? question.target : fileName;
  options.tell("read", { file, answer: play.kind });
  switch (play.kind) {
    case "silent":
      return;
    case "not-found":
      finish(connection, plain(404, "Not Found"));
      return;
    case "error":
      finish(connection, plain(500, play.text));
      return;
    case "truncated":
      connection.write(part(play.bytes));
      connection.close();
      return;
    case "stalled":
      connection.write(part(play.bytes));
      return;
    case "serve":
    case "foreign-packets":
      finish(connection, { status: 200, headers: {}, body: play.bytes });
      return;
  }
}

function finish(connection: Connection, answer: HttpAnswer): void {
  connection.write(answerBytes(answer, answer.body.length));
  connection.close();
}

function plain(status: number, text: string): HttpAnswer {
  return { status, headers: { "content-type": "text/plain" }, body: new TextEncoder().encode(text) };
}

/** The header promises everything, half of it follows. */
function part(body: Uint8Array): Uint8Array {
  const half = body.subarray(0, Math.floor(body.length / 2));
  return answerBytes({ status: 200, headers: {}, body: half }, body.length);
}

function answerBytes({ status, headers, body }: HttpAnswer, length: number): Uint8Array {
  const fields = { "content-length": String(length), connection: "close", ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = new TextEncoder().encode(`HTTP/1.1 ${status} ${reasonOf(status)}\r\n${lines.join("")}\r\n`);
  return joined(head, body);
}

function reasonOf(status: number): string {
  return status < 300 ? "OK" : status === 404 ? "Not Found" : "Error";
}

function readQuestion(bytes: Uint8Array): HttpQuestion | "more" | "bad" {
  const end = endOfHead(bytes);
  if (end === undefined) return "more";
  const [first = "", ...lines] = latin1(bytes.subarray(0, end)).split("\r\n");
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first) ?? [];
  const headers = parseFields(lines);
  if (method === undefined || target === undefined || headers === undefined) return "bad";
  const length = Number(headers["content-length"] ?? 0);
  if (!Number.isInteger(length) || length < 0 || length > mostRequestBytes) return "bad";
  const body = bytes.subarray(end + 4, end + 4 + length);
  return body.length < length ? "more" : { method, target, headers, body };
}

/** `/SEP%20x.cnf?y` → `SEP x.cnf`; what is no good escape stays as it is. */
function fileNameOf(target: string): string {
  const path = (target.split("?")[0] ?? "").replace(/^\/+/, "");
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return path;
  }
}
