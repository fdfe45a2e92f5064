// What the boot machine reports: the phase, what it waits for, what went wrong. Codes and facts, no words.
import type { MonoMs } from "#hal/contract/time.ts";

/** Boot phases in order (reference boot-and-provisioning 0); `time` runs beside them from `ip` on. */
export const phases = ["power", "image", "link", "vlan", "ip", "config", "load", "register", "run"] as const;
export type Phase = (typeof phases)[number];

/** Everything that can stop or delay a boot, or that a person should know; ui/ has a sentence for each. */
export type TroubleCode =
  | "no-link"
  | "phase-slow" // phase, seconds: it takes longer than it should, and nobody said why
  | "vlan-silent-switch" // no CDP or LLDP answer: going on untagged
  | "vlan-none" // the switch answers and names no voice VLAN: going on untagged
  | "vlan-conflict" // two different answers: the first one counts
  | "vlan-unsupported" // this kernel cannot tag: going on untagged
  | "vlan-change-waits" // the switch names another VLAN; the reset waits for the end of the call or of a pause
  | "duplex-mismatch" // the two ends of the cable run at different duplex
  | "power-short" // granted, wanted (watts): the supply or the switch grants less than the board asks for
  | "dhcp-silent"
  | "dhcp-refused" // NAK
  | "dhcp-bad-offer" // offers without mask, lease time, server or usable address
  | "dhcp-unconfirmed" // an offer was taken, and its server did not answer any more
  | "dhcp-no-tftp" // offers without option 150 or 66
  | "dhcp-lease-expired"
  | "address-conflict"
  | "address-refused" // this machine does not take the address
  | "tftp-timeout"
  | "tftp-error" // an ERROR other than "file not found"
  | "tftp-no-server"
  | "config-not-found" // no file of the profile exists
  | "config-malformed" // a file was refused; the last good one is used if there is one
  | "config-unusable" // well-formed, but without server or line
  | "config-last-good" // nothing could be fetched: the kept configuration is used
  | "load-unavailable"
  | "server-unreachable"
  | "server-silent"
  | "server-rejected"
  | "server-untrusted" // its certificate does not check out
  | "wrong-password"
  | "server-list-exhausted"
  | "registration-lost"
  | "name-not-found"
  | "time-silent"
  | "time-wrong" // answers that are not believed
  | "time-refused" // every time server asked to be left alone
  | "storage-corrupt"
  | "storage-absent"
  | "storage-full"
  | "part-missing"
  | "crashed-before"
  | "safe-mode";

/** What the phone waits for or failed at; facts (addresses, names, seconds) fill the sentence. */
export interface Trouble {
  readonly code: TroubleCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** One line of the timeline: `show boot`, the JSON report. */
export interface PhaseRecord {
  readonly name: Phase | "time";
  readonly startMs: number;
  /** Undefined while it runs; `run` has none. */
  readonly endMs: number | undefined;
  /** The event that ended it, e.g. `cdp: voice VLAN 110`, or `not needed: …`. */
  readonly endedBy: string | undefined;
  readonly waitedFor: string;
}

/** Where the boot stands, for the phone view. */
export interface BootView {
  readonly phase: Phase;
  /** Why it waits, once it has waited long enough to be told; undefined while all goes as usual. */
  readonly trouble: Trouble | undefined;
  /** Things that are wrong but do not stop the phone, newest last. */
  readonly warnings: readonly Trouble[];
  /** When the pause before the next try ends. */
  readonly retryAt: MonoMs | undefined;
}
