// Which TFTP servers a phone asks, in the order of reference boot-and-provisioning 4.4.
import { isDottedAddress } from "./datagram.ts";
import type { Lease } from "./notices.ts";

/** Where a server address came from. */
export type TftpSource =
  | "typed" // Alternate TFTP = Yes, or DHCP off
  | "dynamic" // dyn_tftp_addr of a configuration file
  | "option-150"
  | "option-66"
  | "sname"
  | "siaddr"
  | "well-known-name"; // CiscoCM1 of older installations

/** Servers of one source; a source counts if at least one of its hosts has an address. */
export interface TftpCandidate {
  readonly source: TftpSource;
  /** Dotted addresses or names, in order. */
  readonly hosts: readonly string[];
}

export interface TftpPolicy {
  /** Typed addresses while Alternate TFTP is on, or while DHCP is off; undefined otherwise. */
  readonly typed: readonly string[] | undefined;
  /** Takes the place of everything DHCP says (reference seed-coverage X9). */
  readonly dynamic: string | undefined;
  /** Cisco-compatible mode: ask DNS for CiscoCM1 at last. */
  readonly triesWellKnownName: boolean;
}

const wellKnownName = "CiscoCM1";

/** All sources in order; the first that leads to an address is used, the ones after it are not. */
export function tftpCandidates(lease: Lease, policy: TftpPolicy): readonly TftpCandidate[] {
  if (policy.typed !== undefined) return [{ source: "typed", hosts: policy.typed }];
  const candidates: TftpCandidate[] = [];
  const add = (source: TftpSource, ...hosts: (string | undefined)[]): void => {
    const known = hosts.filter((host) => host !== undefined);
    if (known.length > 0) candidates.push({ source, hosts: known });
  };
  add("dynamic", policy.dynamic);
  add("option-150", ...lease.tftpServers);
  add("option-66", lease.tftpServerName);
  add("sname", lease.serverName);
  add("siaddr", lease.nextServer);
  if (policy.triesWellKnownName) {
    const { domainName } = lease;
    add("well-known-name", domainName === undefined ? wellKnownName : `${wellKnownName}.${domainName}`);
  }
  return candidates;
}

/**
 * The addresses of the first source that has any. `resolve` gives the addresses of a name, none where it has none;
 * dotted addresses are not asked for.
 */
export async function tftpServersOf(
  candidates: readonly TftpCandidate[],
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<{ readonly source: TftpSource; readonly addresses: readonly string[] } | undefined> {
  for (const { source, hosts } of candidates) {
    const addresses: string[] = [];
    for (const host of hosts) {
      if (isDottedAddress(host)) addresses.push(host);
      else addresses.push(...(await resolve(host)));
    }
    if (addresses.length > 0) return { source, addresses };
  }
  return undefined;
}
