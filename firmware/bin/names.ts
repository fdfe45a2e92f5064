// Names to addresses for the whole phone: answers are kept as long as they hold, and a person at the console can see and
// forget them, or name other servers (reference cisco-7960-sip NET-013, NET-014, CLI-016).
import { HalError } from "#hal/contract/errors.ts";
import type { Answer, Resolver } from "#hal/contract/names.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { type Clock, later, type MonoMs } from "#hal/contract/time.ts";

/** Answers kept; the one that was asked for longest ago goes first. */
const mostAnswers = 100;
/** No answer is kept longer than a day, whatever its server says. */
const mostTtlSec = 86_400;
/** The phone shows five (reference NETM-010). */
const mostServers = 5;

/** One line of `dns -p`. */
export interface KeptName {
  readonly name: string;
  readonly type: "A" | "SRV" | "NAPTR";
  readonly records: readonly string[];
  readonly leftSec: number;
}

/** The resolver that everything on the phone uses. */
export interface Names extends Resolver {
  kept(): readonly KeptName[];
  forget(): void;
  servers(): readonly Ip4[];
  /** Servers of the network: DHCP, the configuration, the menu. Ends what a person at the console set. */
  setServers(servers: readonly Ip4[]): void;
  /** A person's server: in front of the others, or behind them. */
  typed(server: Ip4, how: "set" | "add"): void;
}

interface Entry {
  readonly answer: Answer<unknown>;
  readonly until: MonoMs;
}

/** Keeps answers of `resolver`. */
export function createNames(resolver: Resolver, clock: Clock): Names {
  const entries = new Map<string, Entry>();
  let servers: readonly Ip4[] = [];

  const use = (next: readonly Ip4[]): void => {
    servers = next.slice(0, mostServers);
    entries.clear(); // other servers may know other things
    resolver.setServers(servers);
  };
  const ask = async <T>(
    type: KeptName["type"],
    name: string,
    query: () => Promise<Answer<T>>,
  ): Promise<Answer<T>> => {
    const key = `${type} ${name.toLowerCase()}`;
    const kept = entries.get(key);
    if (kept !== undefined && clock.now() < kept.until) return kept.answer as Answer<T>; // its key has the type
    entries.delete(key);
    const asked = servers;
    const answer = await query();
    const ttlSec = Math.min(answer.ttlSec ?? 0, mostTtlSec);
    if (ttlSec <= 0 || asked !== servers) return answer;
    entries.set(key, { answer, until: later(clock.now(), ttlSec * 1000) });
    for (const oldest of entries.keys()) {
      if (entries.size <= mostAnswers) break;
      entries.delete(oldest);
    }
    return answer;
  };
  return {
    resolveA: (name, options) => ask("A", name, () => resolver.resolveA(name, options)),
    resolveSrv: (name, options) => ask("SRV", name, () => resolver.resolveSrv(name, options)),
    resolveNaptr: (name, options) => ask("NAPTR", name, () => resolver.resolveNaptr(name, options)),
    setServers(next) {
      if (next.join() !== servers.join()) use(next);
    },
    servers: () => servers,
    typed(server, how) {
      const others = servers.filter((each) => each !== server);
      if (how === "add" && others.length >= mostServers)
        throw new HalError("busy", "dns", `add ${server}`, `${mostServers} servers are set`);
      use(how === "set" ? [server, ...others.slice(1)] : [...others, server]);
    },
    forget: () => entries.clear(),
    kept() {
      const now = clock.now();
      return [...entries].flatMap(([key, { answer, until }]) => {
        const [type = "A", name = ""] = key.split(" ");
        if (now >= until) return [];
        const records = answer.records.map((record) =>
          typeof record === "string" ? record : JSON.stringify(record),
        );
        return [{ name, type: type as KeptName["type"], records, leftSec: Math.ceil((until - now) / 1000) }]; // written by `ask`
      });
    },
  };
}
