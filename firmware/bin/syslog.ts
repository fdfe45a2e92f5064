// Log lines to a syslog server (RFC 5424 over UDP, RFC 5426), where the configuration names one. What was logged before
// is sent first. A server that does not answer, or has no address, costs nothing but the lines.
import type { HostPort } from "#firmware/config/phone-config.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { LogLevel, LogLine } from "#hal/contract/log.ts";
import type { UdpSocket } from "#hal/contract/sockets.ts";
import type { Base } from "./base.ts";

const facilityLocal0 = 16;
const severities: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, info: 6, debug: 7 };
/** Lines from before the server was known. */
const mostEarlier = 200;
/** Receivers must take 480 bytes, and should take 2048 (RFC 5426 §3.2). */
const mostBytes = 2048;
/** MSGID (RFC 5424 §6.2.7). */
const mostKindCharacters = 32;

/** Sends log lines to one server at a time. */
export interface Syslog {
  /** Undefined: nobody is told. */
  configure(server: HostPort | undefined): void;
}

/** Begins without a server. */
export function createSyslog(base: Base): Syslog {
  const { hal, book, logLines, signal } = base;
  let current: HostPort | undefined;
  let life: AbortController | undefined;

  const begin = async (server: HostPort, until: AbortSignal): Promise<void> => {
    const address = await addressOf(base, server.host, until);
    if (address === undefined || until.aborted) return;
    const socket = openSocket(base);
    if (socket === undefined) return;
    until.addEventListener("abort", () => socket.close(), { once: true });
    const offsetMs = (): number | undefined => {
      const wall = hal.clock.wall();
      return wall === undefined ? undefined : wall - hal.clock.now();
    };
    const tell = (line: LogLine): void =>
      socket.send(printSyslog(line, { hostName: hal.link.mac.replaceAll(":", ""), offsetMs: offsetMs() }), {
        address,
        port: server.port,
      });
    for (const line of book.last(mostEarlier)) tell(line);
    logLines.subscribe(tell, { signal: until });
  };
  return {
    configure(server) {
      if (server?.host === current?.host && server?.port === current?.port) return;
      current = server;
      life?.abort(new Error("another syslog server"));
      if (server === undefined) return;
      life = new AbortController();
      begin(server, AbortSignal.any([life.signal, signal])).catch((error: unknown) =>
        base.runtime.fail("syslog", error),
      );
    },
  };
}

/** The address of a name; undefined where nobody knows it. */
async function addressOf(
  { names, book }: Base,
  host: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  try {
    return (await names.resolveA(host, { signal })).records[0];
  } catch (error) {
    if (!(error instanceof HalError) && !signal.aborted) throw error;
    book.area("syslog").warning(`${host}: no address, nothing is sent`);
    return undefined;
  }
}

function openSocket({ hal, book }: Base): UdpSocket | undefined {
  try {
    return hal.sockets.openUdp({});
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    book.area("syslog").warning(error.message);
    return undefined;
  }
}

/** One line as RFC 5424 §6 has it; without a known time its time is NILVALUE. */
function printSyslog(
  { atMs, level, area, text }: LogLine,
  facts: { readonly hostName: string; readonly offsetMs: number | undefined },
): Uint8Array {
  const priority = facilityLocal0 * 8 + severities[level];
  const time = facts.offsetMs === undefined ? "-" : new Date(atMs + facts.offsetMs).toISOString();
  const kind = area.replaceAll(" ", "-").slice(0, mostKindCharacters);
  const line = `<${priority}>1 ${time} ${facts.hostName} offhook - ${kind} - ${text}`;
  return new TextEncoder().encode(line).slice(0, mostBytes);
}
