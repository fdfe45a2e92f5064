// The product's SIP on this machine's sockets, without a phone around it: answers every call at once and hangs up nothing.
// Many calls at a time, which no handset could take. Arguments: address. On SIGTERM it prints one JSON line and ends.
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { startSip } from "#firmware/sip/start.ts";
import { createClock, processOriginNs } from "#hal/linux/clock.ts";
import { digests } from "#hal/linux/digests.ts";
import { startIo } from "#hal/linux/io/io.ts";
import { createRandom } from "#hal/linux/random.ts";
import { createResolver } from "#hal/linux/resolver.ts";
import { createSockets } from "#hal/linux/sockets.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

/** What became of the calls that came. */
export interface Answered {
  readonly incoming: number;
  readonly ended: number;
  /** Calls of which something was told twice. */
  readonly doubled: readonly string[];
}

const [address = ""] = process.argv.slice(2);
const originNs = processOriginNs();
const die = (error: unknown): never => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
};
const io = startIo({ worker: sourceWorkers().io, originNs, failed: die });
const clock = createClock({ originNs, wall: () => undefined });
const book = new LogBook(clock, { write: () => undefined });
const runtime: Runtime = {
  clock,
  random: createRandom(),
  timers: new TimerTable(clock),
  log: (area) => book.area(area),
  fail: (_area, error) => die(error),
};

const told = new Map<string, number>();
const count = (kind: string): number => [...told.keys()].filter((key) => key.startsWith(`${kind} `)).length;
let ports = 0;

function hear(notice: SipNotice): void {
  if (!("call" in notice) || notice.call === undefined) return;
  if (["incoming", "answered", "ended"].includes(notice.kind)) {
    const key = `${notice.kind} ${notice.call}`;
    told.set(key, (told.get(key) ?? 0) + 1);
  }
  if (notice.kind !== "incoming") return;
  const { call } = notice;
  sip.perform({ kind: "ring", call });
  sip.perform({ kind: "answer", call, local: { portsId: ++ports, rtpPort: 20_000 } });
}

const sip = startSip({
  runtime,
  sockets: createSockets({ io, via: () => "any" }),
  resolver: createResolver(),
  digests,
  signal: new AbortController().signal,
  localAddress: () => address,
  notify: hear,
  settings: {
    ...defaultSettings,
    mac: "00005E005303",
    isRegistering: false,
    lines: [
      {
        line: 1,
        name: "6002",
        authName: "6002",
        password: undefined,
        displayName: "",
        contact: undefined,
        domain: undefined,
        proxies: [],
      },
    ],
  },
});
process.on("SIGTERM", () => {
  const doubled = [...told].flatMap(([key, times]) => (times === 1 ? [] : [key]));
  const answered: Answered = { incoming: count("incoming"), ended: count("ended"), doubled };
  process.stdout.write(`${JSON.stringify(answered)}\n`, () => process.exit(0));
});
process.stdout.write("ready\n");
