// Vocabulary of the provisioning machine: where it stands, what can happen, what it may do.

import type { Step } from "#firmware/runtime/machine.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { StorageChange } from "#hal/contract/storage.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Answers, Profile } from "./candidates.ts";
import type { Courier } from "./courier.ts";
import type { FileAnswer, FileRequest } from "./fetch.ts";
import type { Memory } from "./memory.ts";
import type { ConfigNotice, FileRole, StatusMessage } from "./notices.ts";
import type { ConfigKind, PhoneConfig } from "./phone-config.ts";
import type { GivenFile } from "./reading.ts";

/** What does not change while the phone runs. */
export interface ProvisioningSettings {
  readonly profile: Profile;
  /** SEP or SIP names in the profile `legacy-cnf`; the others say so themselves. */
  readonly imageProtocol: "sip" | "sccp";
  readonly mac: Mac;
  /** 6 on a 7960, 2 on a 7940. */
  readonly lineKeys: number;
  /** Version of the running image, compared with the configured load name. */
  readonly runningLoad: string;
  /** An image that was tried and never proved itself; undefined: none. */
  readonly failedLoad: string | undefined;
  /** Languages the screens have, as written in `language`. */
  readonly languages: readonly string[];
  /** HTTP on port 6970 before TFTP. */
  readonly isHttpFirst: boolean;
  /** Ask for `sepdefault.cnf.xml` too. */
  readonly isAliasOn: boolean;
  /** Order of the universal loader in `cisco-sip`. */
  readonly isUniversalLoader: boolean;
}

/** What the address phase found. */
export interface Ground {
  /** File servers in the order to try (reference 4.4). */
  readonly servers: readonly Ip4[];
  /** Typed on the phone: `dyn_tftp_addr` does not replace them (X9). */
  readonly isAlternate: boolean;
  /** Controllers of option 125/43: PIN registration in `auto`. */
  readonly controllers: readonly string[];
}

/** A value typed on the phone; undefined: no value. */
export interface Typed {
  readonly name: string;
  readonly value: string | undefined;
}

/** What every state holds. */
export interface Base {
  readonly memory: Memory;
  /** Kept on shelf `settings`: weaker than files. */
  readonly local: readonly Typed[];
  /** Typed since the files were read: stronger than files until then. */
  readonly session: readonly Typed[];
  readonly current: Current | undefined;
  /** Undefined before the first address. */
  readonly ground: Ground | undefined;
}

/** The configuration in force and the files it came from. */
export interface Current {
  readonly config: PhoneConfig;
  readonly kind: ConfigKind;
  readonly files: readonly GivenFile[];
}

export type State =
  | (Base & { readonly kind: "idle" })
  | Asking
  /** A pass failed; the last good configuration may be in use. */
  | (Base & { readonly kind: "waiting"; readonly failures: number; readonly retryAt: MonoMs })
  | Configured;

export interface Asking extends Base {
  readonly kind: "asking";
  /** Passes that failed in a row. */
  readonly failures: number;
  readonly courier: Courier;
  readonly answers: Answers;
  /** Status messages of `auto`, told when it is clear which kind of files counts. */
  readonly untold: readonly { readonly name: string; readonly status: StatusMessage }[];
}

export interface Configured extends Base {
  readonly kind: "configured";
  readonly courier: Courier;
  /** Files that follow, by name. */
  readonly awaited: ReadonlyMap<string, FileRole>;
}

export type Event =
  /** An address stands; ask for everything. */
  | { readonly kind: "begin"; readonly ground: Ground }
  /** Ask for everything again, from the same servers. */
  | { readonly kind: "refresh" }
  /** The address or the link is gone. */
  | { readonly kind: "stop" }
  | { readonly kind: "answer"; readonly id: number; readonly answer: FileAnswer }
  /** Checked before: the name exists and may be changed, the text is right. */
  | { readonly kind: "type"; readonly typed: readonly Typed[] }
  /** Ask for the dial template again (check-sync, SYN-008). */
  | { readonly kind: "dial-template" }
  /** What was kept has been erased; the configuration in force stays until the next `begin`. */
  | { readonly kind: "erased" }
  /** The phone registered. */
  | { readonly kind: "registered" }
  /** A load could not be had, or is there. */
  | { readonly kind: "load"; readonly name: string; readonly isAvailable: boolean };

export type Effect =
  | { readonly kind: "fetch"; readonly id: number; readonly request: FileRequest }
  | { readonly kind: "store"; readonly changes: readonly StorageChange[] }
  | { readonly kind: "notify"; readonly notice: ConfigNotice };

export type ProvisioningStep = Step<State, Effect>;
