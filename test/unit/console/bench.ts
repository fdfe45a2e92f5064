// A console on a phone made of plain fields: what the commands did is written down, streams are arrays.
import type { ConsolePort, Json, ShowName } from "#firmware/console/port.ts";
import type { ByteStream, ConsoleOptions } from "#firmware/console/serve.ts";
import type { SessionSettings } from "#firmware/console/session.ts";
import { LogBook } from "#firmware/runtime/log.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { LogLine } from "#hal/contract/log.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

export class FakeStream implements ByteStream {
  readonly chunks = new Emitter<Uint8Array>();
  readonly closed = new Emitter<unknown>();
  readonly sent: Uint8Array[] = [];
  isClosed = false;

  write(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  close(): void {
    this.isClosed = true;
    this.closed.emit("finished");
  }

  type(text: string): void {
    this.chunks.emit(new TextEncoder().encode(text));
  }

  /** Everything written so far, without telnet's negotiation; forgets it. */
  read(): string {
    const text = this.sent
      .splice(0)
      .filter((bytes) => bytes[0] !== 255)
      .map((bytes) => new TextDecoder().decode(bytes))
      .join("");
    return text;
  }
}

export interface Bench {
  readonly clock: VirtualClock;
  readonly options: ConsoleOptions;
  readonly did: string[];
  readonly log: Emitter<LogLine>;
  readonly failures: unknown[];
  readonly ended: AbortController;
  readonly shown: Map<ShowName, Json>;
  settle(): Promise<void>;
}

export function bench(more: Partial<SessionSettings> = {}, portMore: Partial<ConsolePort> = {}): Bench {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const book = new LogBook(clock, { write: () => undefined });
  const did: string[] = [];
  const failures: unknown[] = [];
  const log = new Emitter<LogLine>();
  const ended = new AbortController();
  const shown = new Map<ShowName, Json>([["register", { lines: [{ line: 1, state: "registered" }] }]]);
  const port: ConsolePort = {
    show: (name) => shown.get(name),
    savePicture: async (file) => {
      did.push(`picture ${file}`);
    },
    pressKey: (key) => did.push(`key ${key}`),
    setHook: (isOffHook) => did.push(isOffHook ? "offhook" : "onhook"),
    register: (line, isOn) => did.push(`register ${line} ${isOn}`),
    restart: (how) => did.push(how),
    setDebug: (keyword, isOn) => did.push(`debug ${keyword} ${isOn}`),
    logLines: log,
    async *ping({ count }) {
      for (let sequence = 1; sequence <= count; sequence++)
        yield { sequence, rttMs: sequence === 2 ? undefined : 0.4 };
    },
    async *traceroute(address) {
      yield { hop: 1, address: "192.0.2.254", rttMs: 1 };
      yield { hop: 2, address: undefined, rttMs: undefined };
      yield { hop: 3, address, rttMs: 2.5 };
    },
    dnsCache: () => [{ name: "sip.example.com", address: "192.0.2.10", ttlSec: 60 }],
    clearDns: () => did.push("dns cleared"),
    setDnsServer: (address, how) => did.push(`dns ${how} ${address}`),
    clear: (table) => did.push(`clear ${table}`),
    eraseSettings: async () => {
      did.push("erase");
    },
    startCapture: async (file) => {
      if (file === "bad") throw new HalError("denied", file, "capture", "cannot be written");
      did.push(`capture ${file}`);
    },
    stopCapture: async () => 12,
    setParameter: (name, value) => did.push(`set ${name}=${value}`),
    mirror: (lines, { signal }) =>
      new Promise((_, reject) => {
        lines.write("frame 1");
        lines.input.subscribe((line) => did.push(`mirrored ${line}`), { signal });
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    ...portMore,
  };
  const settings = {
    prompt: "SIP Phone",
    password: "secret",
    telnetLevel: 2,
    isDevelopmentImage: false,
    ...more,
  } as const;
  const options: ConsoleOptions = {
    runtime: {
      clock,
      random: createSeededRandom(1),
      timers: new TimerTable(clock),
      log: (area) => book.area(area),
      fail: (_area, error) => failures.push(error),
    },
    port,
    settings: () => settings,
    signal: ended.signal,
  };
  return { clock, options, did, log, failures, ended, shown, settle: () => clock.advance(0) };
}
