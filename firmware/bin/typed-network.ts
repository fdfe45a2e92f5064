// The network as typed on the phone, in the terms of those who use it: a fixed address, TFTP servers, the VLAN, and how
// much an offer of DHCP must bring.
import { readMemory } from "#firmware/config/memory.ts";
import { readLocalNetwork } from "#firmware/config/network-parameters.ts";
import type { TftpWish } from "#firmware/dhcp/state.ts";
import type { StaticSettings } from "#firmware/dhcp/static-address.ts";
import type { Storage } from "#hal/contract/storage.ts";

/** What the store says now; a change counts from the next reset on. */
export interface TypedNetwork {
  /** DHCP Enabled = No: this address; undefined: DHCP. */
  readonly fixed: StaticSettings | undefined;
  /** Alternate TFTP = Yes, or DHCP Enabled = No: these and no others (reference boot-and-provisioning 4.4). */
  readonly tftpServers: readonly string[] | undefined;
  readonly isAlternateTftp: boolean;
  readonly vlanId: number | undefined;
  /** A phone that kept a configuration boots without file servers too; with typed ones it needs none of DHCP. */
  readonly tftpWish: TftpWish;
}

export function typedNetwork(storage: Storage): TypedNetwork {
  const local = readLocalNetwork(storage);
  const { address, mask, routers, dnsServers, domainName, isDhcpEnabled, isAlternateTftp } = local;
  const typed = local.tftpServer === undefined ? [] : [local.tftpServer];
  const isFixed = !isDhcpEnabled && address !== undefined && mask !== undefined;
  const hasLastGood = readMemory(storage).lastGood !== undefined;
  return {
    fixed: isFixed ? { address, mask, routers, dnsServers, domainName, tftpServers: typed } : undefined,
    tftpServers: isFixed || (isAlternateTftp && typed.length > 0) ? typed : undefined,
    isAlternateTftp,
    vlanId: local.adminVlanId,
    tftpWish: isAlternateTftp && typed.length > 0 ? "not-needed" : hasLastGood ? "wanted" : "needed",
  };
}
