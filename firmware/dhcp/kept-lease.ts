// The lease as it is kept between runs, for INIT-REBOOT (RFC 2131 §3.2): used only on the same VLAN and for the same MAC.
import { fromLatin1, latin1 } from "#firmware/wire/bytes.ts";
import type { Mac } from "#hal/contract/link.ts";
import { isDottedAddress } from "./datagram.ts";
import type { KeptAddress } from "./state.ts";

/** On the shelf `lease`, under this key. */
export const keptLeaseKey = "lease";

export interface KeptLease extends KeptAddress {
  readonly mac: Mac;
  /** Undefined: untagged. */
  readonly vlanId: number | undefined;
  /** Undefined: nobody had told the time when it was kept, or it never ends. */
  readonly endsUnixMs: number | undefined;
}

export function printKeptLease(lease: KeptLease): Uint8Array {
  return fromLatin1(JSON.stringify({ version: 1, ...lease }));
}

/** Undefined for anything that is not a kept lease of ours: then there is simply none. */
export function parseKeptLease(bytes: Uint8Array | undefined): KeptLease | undefined {
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(latin1(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { version, mac, vlanId, address, mask, endsUnixMs } = value as Record<string, unknown>; // each is checked below
  const isAddress = (field: unknown): field is string => typeof field === "string" && isDottedAddress(field);
  const isNumberOrAbsent = (field: unknown): field is number | undefined =>
    field === undefined || typeof field === "number";
  if (version !== 1 || typeof mac !== "string" || !isAddress(address) || !isAddress(mask)) return undefined;
  if (!isNumberOrAbsent(vlanId) || !isNumberOrAbsent(endsUnixMs)) return undefined;
  return { mac, vlanId, address, mask, endsUnixMs };
}

/**
 * Whether to ask for it. There is no battery clock: while nobody told the time, or told it when the lease was kept,
 * the server decides (it refuses an address that is not ours any more).
 */
export function isLeaseUsable(
  lease: KeptLease,
  now: { readonly mac: Mac; readonly vlanId: number | undefined; readonly unixMs: number | undefined },
): boolean {
  if (lease.mac !== now.mac || lease.vlanId !== now.vlanId) return false;
  return lease.endsUnixMs === undefined || now.unixMs === undefined || now.unixMs < lease.endsUnixMs;
}
