// HTTP/1.1, plain and over TLS, by node:http on connections of our own: names by the phone's resolver, limits on time and
// size, no redirects, no cookies, no compression. Node's part is loaded with the first request, and without `import`,
// which would load a second client (undici) with it.
import type { IncomingMessage } from "node:http";
import { isIPv4, type Socket } from "node:net";
import { HalError } from "#hal/contract/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse, Resolver } from "#hal/contract/names.ts";
import { socketErrorOf } from "./connection.ts";
import { openTcp, type Route, secure } from "./tcp.ts";

export interface HttpOptions {
  readonly resolver: Resolver;
  /** How connections leave now; throws HalError `unreachable` without an address. */
  route(): Route;
  /** PEM certificates trusted beside the built-in set. */
  trusted(): readonly string[];
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new HalError("io", "HTTP", "parse", `"${text}" is no http or https URL`);
  return url;
}

async function addressOf(host: string, options: HttpOptions, signal: AbortSignal): Promise<string> {
  if (isIPv4(host)) return host;
  const { records } = await options.resolver.resolveA(host, { signal });
  const [address] = records;
  if (address === undefined) throw new HalError("not-found", host, "look up", "no address");
  return address;
}

async function open(url: URL, request: HttpRequest, options: HttpOptions): Promise<Socket> {
  const isSecure = url.protocol === "https:";
  const { timeoutMs, signal } = request;
  const by = isSecure ? undefined : request.proxy;
  const address = await addressOf(by?.host ?? url.hostname, options, signal);
  const port = by?.port ?? (url.port === "" ? (isSecure ? 443 : 80) : Number(url.port));
  const socket = await openTcp({ address, port }, { timeoutMs, signal }, options.route());
  if (!isSecure) return socket;
  return secure(socket, { timeoutMs, signal, serverName: url.hostname, trusted: options.trusted() });
}

/** The whole body, or HalError `io` when it is longer than allowed or ends too soon. */
async function readBody(answer: IncomingMessage, maxBytes: number, device: string): Promise<Uint8Array> {
  const tooLong = (): HalError => new HalError("io", device, "answer", `longer than ${maxBytes} bytes`);
  if (Number(answer.headers["content-length"] ?? 0) > maxBytes) throw tooLong();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLong();
    chunks.push(chunk);
  }
  if (!answer.complete) throw new HalError("io", device, "answer", "ended too soon");
  return new Uint8Array(Buffer.concat(chunks, length));
}

function flatHeaders(answer: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return headers;
}

/** Sends the request over `socket` and reads the answer. */
function exchange(url: URL, request: HttpRequest, socket: Socket): Promise<HttpResponse> {
  const device = url.host;
  const late = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, late]);
  const whyNot = (error: unknown): unknown => {
    if (request.signal.aborted) return request.signal.reason;
    if (late.aborted) return new HalError("timeout", device, "answer", `none in ${request.timeoutMs} ms`);
    return socketErrorOf(error, device, request.method);
  };
  const isProxied = request.proxy !== undefined && url.protocol === "http:";
  return new Promise((resolve, reject) => {
    const { body = new Uint8Array() } = request;
    const length = request.method === "POST" ? { "content-length": String(body.length) } : {};
    const outgoing = process.getBuiltinModule("node:http").request({
      method: request.method,
      host: url.hostname,
      port: url.port,
      defaultPort: url.protocol === "https:" ? 443 : 80,
      path: isProxied ? url.origin + url.pathname + url.search : url.pathname + url.search,
      headers: { connection: "close", ...length, ...request.headers },
      createConnection: () => socket,
      signal,
    });
    outgoing.on("error", (error) => reject(whyNot(error)));
    outgoing.on("response", (answer) => {
      readBody(answer, request.maxBytes, device)
        .then((bytes) =>
          resolve({ status: answer.statusCode ?? 0, headers: flatHeaders(answer), body: bytes }),
        )
        .catch((error: unknown) => reject(whyNot(error)))
        .finally(() => socket.destroy());
    });
    outgoing.end(body);
  });
}

/** The client. Errors are those of connecting, of the resolver, and `io` for an answer that is no good. */
export function createHttpClient(options: HttpOptions): HttpClient {
  return {
    async request(request) {
      const url = parseUrl(request.url);
      const socket = await open(url, request, options);
      try {
        return await exchange(url, request, socket);
      } finally {
        socket.destroy();
      }
    },
  };
}
