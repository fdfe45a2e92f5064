// DNS by c-ares through node:dns, asking the servers that DHCP or the configuration named and no others.
import { promises as dns } from "node:dns";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Answer, Resolver } from "#hal/contract/names.ts";
import type { Ip4 } from "#hal/contract/network.ts";

/** Each server is asked so often, waiting so long the first time; c-ares doubles it. */
const patience = { timeout: 1500, tries: 2, maxTimeout: 3000 };

/** c-ares' words for it (node:dns error codes). */
const codes: Readonly<Record<string, HalErrorCode>> = {
  ENOTFOUND: "not-found",
  ENODATA: "not-found",
  EBADNAME: "not-found",
  ETIMEOUT: "timeout",
  ECONNREFUSED: "unreachable",
};

function dnsErrorOf(error: unknown, name: string, operation: string): HalError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = code === "" && error instanceof Error ? error.message : code;
  return new HalError(codes[code] ?? "io", `DNS ${name}`, operation, detail, { cause: error });
}

/** A look-up has its own channel, so that one that is given up does not end the others. */
export function createResolver(): Resolver {
  let servers: readonly Ip4[] = [];
  const ask = async <T>(
    name: string,
    operation: string,
    signal: AbortSignal,
    query: (resolver: dns.Resolver) => Promise<Answer<T>>,
  ): Promise<Answer<T>> => {
    signal.throwIfAborted();
    if (servers.length === 0) throw new HalError("unreachable", `DNS ${name}`, operation, "no server is set");
    const resolver = new dns.Resolver(patience);
    resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return await query(resolver);
    } catch (error) {
      signal.throwIfAborted();
      throw dnsErrorOf(error, name, operation);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
  return {
    setServers(next) {
      servers = [...next];
    },
    resolveA: (name, { signal }) =>
      ask(name, "A", signal, async (resolver) => {
        const found = await resolver.resolve4(name, { ttl: true });
        const ttlSec = found.length === 0 ? undefined : Math.min(...found.map(({ ttl }) => ttl));
        return { records: found.map(({ address }) => address), ttlSec };
      }),
    resolveSrv: (name, { signal }) =>
      ask(name, "SRV", signal, async (resolver) => {
        const found = await resolver.resolveSrv(name);
        const records = found.map(({ priority, weight, port, name: target }) => ({
          priority,
          weight,
          port,
          target,
        }));
        return { records, ttlSec: undefined };
      }),
    resolveNaptr: (name, { signal }) =>
      ask(name, "NAPTR", signal, async (resolver) => ({
        records: await resolver.resolveNaptr(name),
        ttlSec: undefined,
      })),
  };
}
