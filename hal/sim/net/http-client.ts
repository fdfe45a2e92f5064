// HTTP/1.1 over any Sockets and Resolver: one connection per request, no redirects, no TLS in the simulated network.
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse, Resolver } from "#hal/contract/names.ts";
import type { Connection, Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import { ResponseReader, type ResponseResult } from "./http-response.ts";
import { isIp4, joined } from "./octets.ts";

export interface HttpClientOptions {
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly clock: Clock;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** A client without state: requests do not share anything. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return {
    async request(request) {
      const target = targetOf(request);
      const bytes = requestBytes(request, target);
      request.signal.throwIfAborted();
      const address = await addressOf(options, request.proxy ?? target, request);
      const connection = await options.sockets.connectTcp(address, {
        timeoutMs: request.timeoutMs,
        signal: request.signal,
      });
      return exchange(options.clock, connection, bytes, request);
    },
  };
}

function fail(request: HttpRequest, code: HalErrorCode, detail: string): HalError {
  return new HalError(code, "http", `${request.method} ${request.url}`, detail);
}

function targetOf(request: HttpRequest): Target {
  const [, scheme, host, port, path] =
    /^([a-z]+):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?([/?][^\s#]*)?(?:#.*)?$/.exec(request.url) ?? [];
  if (scheme === undefined || host === undefined) throw fail(request, "io", "no http URL");
  if (scheme !== "http") throw fail(request, "unsupported", `no ${scheme} in the simulated network`);
  const number = port === undefined ? 80 : Number(port);
  if (number < 1 || number > 65_535) throw fail(request, "io", `port ${number}`);
  const isRooted = path?.startsWith("/") === true;
  return { host, port: number, path: isRooted ? (path ?? "/") : `/${path ?? ""}` };
}

function requestBytes(request: HttpRequest, { host, port, path }: Target): Uint8Array {
  const fields: Record<string, string> = {
    host: port === 80 ? host : `${host}:${port}`,
    connection: "close",
    ...request.headers,
  };
  if (request.body !== undefined) fields["content-length"] = String(request.body.length);
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  // A line break in a name or value would let its owner write further fields.
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw fail(request, "io", "a field holds a line break");
  const target = request.proxy === undefined ? path : `http://${fields["host"]}${path}`;
  const head = `${request.method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  return joined(new TextEncoder().encode(head), request.body ?? new Uint8Array(0));
}

async function addressOf(
  options: HttpClientOptions,
  { host, port }: Pick<Target, "host" | "port">,
  request: HttpRequest,
): Promise<Endpoint> {
  if (isIp4(host)) return { address: host, port };
  const { records } = await options.resolver.resolveA(host, { signal: request.signal });
  const address = records[0];
  if (address === undefined) throw fail(request, "not-found", `${host} has no address`);
  return { address, port };
}

function exchange(
  clock: Clock,
  connection: Connection,
  bytes: Uint8Array,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { signal, timeoutMs, maxBytes } = request;
  const reader = new ResponseReader(maxBytes);
  const life = new AbortController();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      alarm.cancel();
      life.abort();
      signal.removeEventListener("abort", onAbort);
    };
    const giveUp = (reason: unknown): void => {
      end();
      connection.reset();
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal.reason);
    const take = (result: ResponseResult): void => {
      if (result.kind === "bad") giveUp(fail(request, "io", result.why));
      if (result.kind !== "done") return;
      end();
      connection.close();
      resolve(result.response);
    };
    const alarm = clock.alarm(later(clock.now(), timeoutMs), () =>
      giveUp(fail(request, "timeout", `no whole answer in ${timeoutMs} ms`)),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    connection.chunks.subscribe((chunk) => take(reader.push(chunk)), { signal: life.signal });
    connection.closed.subscribe(
      (reason) => (reason.kind === "failed" ? giveUp(reason.error) : take(reader.end())),
      { signal: life.signal },
    );
    connection.write(bytes);
  });
}
