// What each act erases of what the phone keeps (architecture, "What each act erases"). The table in the README is this one.
import type { Shelf } from "#hal/contract/storage.ts";

/** Acts of a person, a server or the boot machine that begin something anew. */
export const acts = [
  "restart",
  "reset",
  "reset for another VLAN",
  "hard reset",
  "**#** in Settings",
  "Erase Configuration",
  "factory reset",
  "* at power-up",
] as const;
export type Act = (typeof acts)[number];

/**
 * Shelves that an act erases. The last known time survives everything: certificates are checked against it. The lease is
 * forgotten when it is given back (another VLAN), else it is kept for INIT-REBOOT (RFC 2131 §3.2 step 4).
 */
export const erased: Readonly<Record<Act, readonly Shelf[]>> = {
  restart: [],
  reset: [],
  "reset for another VLAN": ["lease"],
  "hard reset": [],
  "**#** in Settings": [],
  "Erase Configuration": ["settings", "lease", "config", "trust"],
  "factory reset": ["settings", "lease", "pin", "directory", "calls", "config", "trust", "boot"],
  "* at power-up": ["pin"],
};
