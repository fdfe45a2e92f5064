// A whole SIP side on the test hub: the phone under test, servers beside it, and what the phone reported.

import type { Runtime } from "#firmware/runtime/runner.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import {
  defaultSettings,
  type ServerAddress,
  type SipLine,
  type SipSettings,
} from "#firmware/sip/settings.ts";
import { type Sip, startSip } from "#firmware/sip/start.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Answer, NaptrRecord, Resolver, SrvRecord } from "#hal/contract/names.ts";
import { digests } from "#hal/linux/digests.ts";
import type { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { type LabServerOptions, LabSipServer } from "#test/lab/sip/server.ts";
import { Hub } from "./hub.ts";
import { virtualRuntime } from "./rig.ts";

export const phoneAddress = "192.0.2.1";
export const serverAddress = "192.0.2.10";

export const server = (host: string = serverAddress, port?: number): ServerAddress => ({
  host,
  port,
  transport: undefined,
});

export const line = (more: Partial<SipLine> = {}): SipLine => ({
  line: 1,
  name: "100",
  authName: "100",
  password: "secret",
  displayName: "Phone 100",
  contact: undefined,
  domain: undefined,
  proxies: [server()],
  ...more,
});

/** Records of a DNS zone, by question: `a name`, `srv name`, `naptr name`. */
export class Zone implements Resolver {
  readonly asked: string[] = [];
  readonly records = new Map<string, readonly unknown[]>();
  ttlSec: number | undefined = 60;

  setServers(): void {
    this.asked.push("servers");
  }

  resolveA(name: string): Promise<Answer<string>> {
    return this.#answer(`a ${name}`);
  }

  resolveSrv(name: string): Promise<Answer<SrvRecord>> {
    return this.#answer(`srv ${name}`);
  }

  resolveNaptr(name: string): Promise<Answer<NaptrRecord>> {
    return this.#answer(`naptr ${name}`);
  }

  async #answer<T>(question: string): Promise<Answer<T>> {
    this.asked.push(question);
    const records = this.records.get(question) as readonly T[] | undefined; // the test puts the right kind there
    if (records === undefined) throw new HalError("not-found", "dns", question, "no such record");
    return { records, ttlSec: this.ttlSec };
  }
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
  readonly hub: Hub;
  readonly zone: Zone;
  readonly notices: SipNotice[];
  readonly lines: string[];
  readonly failures: unknown[];
  readonly ended: AbortController;
  server(address?: string, more?: Partial<LabServerOptions>): LabSipServer;
  phone(more?: Partial<SipSettings>, address?: string): Sip;
  /** Kinds of the line's states, in order. */
  states(line?: number): readonly string[];
}

/** Nothing runs yet; the test starts what it needs. */
export function rig(seed = 1): Rig {
  const { clock, runtime, lines, failures } = virtualRuntime(seed);
  const hub = new Hub(clock, createSeededRandom(seed + 1000));
  const zone = new Zone();
  const notices: SipNotice[] = [];
  const ended = new AbortController();
  const { signal } = ended;
  return {
    clock,
    runtime,
    hub,
    zone,
    notices,
    lines,
    failures,
    ended,
    server: (address = serverAddress, more = {}) =>
      new LabSipServer({
        runtime,
        sockets: hub.host(address),
        address,
        users: { "100": "secret", "200": "secret", "300": "secret" },
        signal,
        ...more,
      }),
    phone: (more = {}, address = phoneAddress) =>
      startSip({
        runtime,
        sockets: hub.host(address),
        resolver: zone,
        digests,
        settings: { ...defaultSettings, mac: "00005E005301", lines: [line()], ...more },
        signal,
        localAddress: () => address,
        notify: (notice) => notices.push(notice),
      }),
    states: (number = 1) =>
      notices.flatMap((notice) =>
        notice.kind === "line" && notice.line === number ? [notice.state.kind] : [],
      ),
  };
}

/** The last state of a line. */
export function lastState(notices: readonly SipNotice[], number = 1) {
  const states = notices.flatMap((notice) =>
    notice.kind === "line" && notice.line === number ? [notice.state] : [],
  );
  return states.at(-1);
}
