// From a server's name to addresses, in the order to try (RFC 3263, RFC 2782). Answers are kept for their TTL.
import { below } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Answer, NaptrRecord, Resolver, SrvRecord } from "#hal/contract/names.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { ServerAddress } from "./settings.ts";
import { defaultPort, defaultTlsPort, isDotted } from "./transport/arrival.ts";
import type { TransportName } from "./transport/flow.ts";

/** One address to send to. */
export interface Target {
  readonly transport: TransportName;
  readonly endpoint: Endpoint;
  /** The name that was asked for: what a certificate must carry. */
  readonly serverName: string;
}

/** Answers without a TTL are asked again after this. */
const fallbackTtlSec = 60;
/** A name that does not exist is asked again after this. */
const negativeTtlSec = 10;

const srvNames: Readonly<Record<TransportName, string>> = {
  UDP: "_sip._udp",
  TCP: "_sip._tcp",
  TLS: "_sips._tcp",
};

const naptrServices: Readonly<Record<string, TransportName>> = {
  "SIP+D2U": "UDP",
  "SIP+D2T": "TCP",
  "SIPS+D2T": "TLS",
};

/**
 * RFC 2782: lowest priority first; inside one priority, zero weights first, then by a random number from 0 to the sum
 * of the weights the first record whose running sum reaches it, and so on with the rest.
 */
export function orderedByWeight(records: readonly SrvRecord[], random: Random): readonly SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    const rest = records.filter((record) => record.priority === priority).sort((a, b) => a.weight - b.weight);
    while (rest.length > 0) {
      const sum = rest.reduce((total, { weight }) => total + weight, 0);
      const drawn = below(random, sum + 1);
      let running = 0;
      const at = rest.findIndex(({ weight }) => {
        running += weight;
        return running >= drawn;
      });
      ordered.push(...rest.splice(Math.max(at, 0), 1));
    }
  }
  return ordered;
}

interface Kept {
  readonly records: readonly unknown[];
  readonly until: MonoMs;
}

/** Looks names up and remembers the answers. */
export class Locator {
  readonly #resolver: Resolver;
  readonly #runtime: Runtime;
  readonly #kept = new Map<string, Kept>();

  constructor(resolver: Resolver, runtime: Runtime) {
    this.#resolver = resolver;
    this.#runtime = runtime;
  }

  /** Forgets every answer: other DNS servers, or another network. */
  clear(): void {
    this.#kept.clear();
  }

  /** Addresses of a server; empty when its name leads nowhere. An address is there at once. */
  locate(server: ServerAddress, signal: AbortSignal): readonly Target[] | Promise<readonly Target[]> {
    const transport = server.transport ?? "UDP";
    if (isDotted(server.host)) return [target(server.host, server.port, transport, server.host)];
    if (server.host.startsWith("[")) return [];
    if (server.port !== undefined)
      return this.#addresses(server.host, server.port, transport, server.host, signal);
    return this.#byService(server, signal);
  }

  async #byService(server: ServerAddress, signal: AbortSignal): Promise<readonly Target[]> {
    const { host } = server;
    if (server.transport === undefined) {
      const found = await this.#byNaptr(host, signal);
      if (found.length > 0) return found;
    }
    const transport = server.transport ?? "UDP";
    const records = await this.#srv(`${srvNames[transport]}.${host}`, signal);
    if (records.length === 0) return this.#addresses(host, undefined, transport, host, signal);
    return this.#bySrv(records, transport, host, signal);
  }

  async #byNaptr(host: string, signal: AbortSignal): Promise<readonly Target[]> {
    const records = await this.#ask<NaptrRecord>(`naptr ${host}`, () =>
      this.#resolver.resolveNaptr(host, { signal }),
    );
    const usable = records
      .filter(
        ({ service, flags }) =>
          naptrServices[service.toUpperCase()] !== undefined && flags.toLowerCase() === "s",
      )
      .sort((a, b) => a.order - b.order || a.preference - b.preference);
    const targets: Target[] = [];
    for (const { service, replacement } of usable) {
      const transport = naptrServices[service.toUpperCase()] ?? "UDP";
      targets.push(...(await this.#bySrv(await this.#srv(replacement, signal), transport, host, signal)));
    }
    return targets;
  }

  async #bySrv(
    records: readonly SrvRecord[],
    transport: TransportName,
    name: string,
    signal: AbortSignal,
  ): Promise<readonly Target[]> {
    const targets: Target[] = [];
    for (const record of orderedByWeight(records, this.#runtime.random)) {
      // "A Target of "." means that the service is decidedly not available at this domain."
      if (record.target === "." || record.target === "") continue;
      targets.push(...(await this.#addresses(record.target, record.port, transport, name, signal)));
    }
    return targets;
  }

  #srv(name: string, signal: AbortSignal): Promise<readonly SrvRecord[]> {
    return this.#ask<SrvRecord>(`srv ${name}`, () => this.#resolver.resolveSrv(name, { signal }));
  }

  async #addresses(
    host: string,
    port: number | undefined,
    transport: TransportName,
    name: string,
    signal: AbortSignal,
  ): Promise<readonly Target[]> {
    if (isDotted(host)) return [target(host, port, transport, name)];
    const found = await this.#ask<string>(`a ${host}`, () => this.#resolver.resolveA(host, { signal }));
    return found.map((address) => target(address, port, transport, name));
  }

  async #ask<T>(question: string, ask: () => Promise<Answer<T>>): Promise<readonly T[]> {
    const now = this.#runtime.clock.now();
    const kept = this.#kept.get(question);
    if (kept !== undefined && kept.until > now) return kept.records as readonly T[]; // kept under this very question
    let answer: Answer<T>;
    try {
      answer = await ask();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      // A name that does not exist is an answer; a server that is silent is none.
      if (error.code === "not-found") this.#keep(question, [], negativeTtlSec);
      else if (kept !== undefined) return kept.records as readonly T[]; // an old answer is better than none
      return [];
    }
    this.#keep(question, answer.records, answer.ttlSec ?? fallbackTtlSec);
    return answer.records;
  }

  #keep(question: string, records: readonly unknown[], ttlSec: number): void {
    this.#kept.set(question, { records, until: later(this.#runtime.clock.now(), ttlSec * 1000) });
  }
}

function target(
  address: string,
  port: number | undefined,
  transport: TransportName,
  serverName: string,
): Target {
  const usual = transport === "TLS" ? defaultTlsPort : defaultPort;
  return { transport, endpoint: { address, port: port ?? usual }, serverName };
}
