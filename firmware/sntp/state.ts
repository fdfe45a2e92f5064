// Vocabulary of the clock query machine. RFC 4330 has no state names; these are ours.

import type { Step } from "#firmware/runtime/machine.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Question } from "./checks.ts";
import type { NtpPacket } from "./messages.ts";
import type { SntpNotice } from "./notices.ts";
import type { PollHistory } from "./poll.ts";

/** The four modes of the 7960 (reference boot-and-provisioning 8.2). */
export type SntpMode = "unicast" | "multicast" | "anycast" | "directedbroadcast";

export interface SntpSettings {
  readonly mode: SntpMode;
  /** Names or addresses in the order to ask; empty: "server null". */
  readonly servers: readonly string[];
  /** Broadcast address of the phone's own network. */
  readonly broadcast: Ip4;
}

/** What is known before any answer. */
export interface ClockFacts {
  /** When this software was built: no earlier time is believed. */
  readonly buildUnixMs: number;
  /** Later of build time and last stored time: the clock until it is set. */
  readonly floorUnixMs: number;
}

/** Our own idea of the time: wall time at a moment of the monotonic clock. */
export interface Estimate {
  readonly unixMs: number;
  readonly at: MonoMs;
}

/** What every state holds. */
export interface Base {
  readonly settings: SntpSettings | undefined;
  readonly estimate: Estimate;
  readonly isClockSet: boolean;
  /** Hosts that said DENY or RSTR in this boot. */
  readonly denied: ReadonlySet<string>;
  /** By host; the broadcast address has one too. */
  readonly history: ReadonlyMap<string, PollHistory>;
  /** Place in `settings.servers` of the one asked last. */
  readonly serverIndex: number;
  /** Hosts asked in this round. */
  readonly asked: readonly string[];
  /** The first to answer a broadcast question (anycast). */
  readonly found: Ip4 | undefined;
  readonly addresses: ReadonlyMap<string, { readonly address: Ip4; readonly until: MonoMs }>;
}

export type State =
  /** Unicast without a server, or no address yet. */
  | (Base & { readonly kind: "off" })
  | (Base & { readonly kind: "pausing"; readonly nextAt: MonoMs })
  | (Base & { readonly kind: "resolving"; readonly host: string })
  | Asking
  | Listening
  /** Every server said DENY or RSTR. */
  | (Base & { readonly kind: "refused" });

export interface Listening extends Base {
  readonly kind: "listening";
  readonly silentAt: MonoMs;
  /** One doubt is told, the rest is counted: a flood must not fill the log. */
  readonly isDoubtTold: boolean;
}

export interface Asking extends Base {
  readonly kind: "asking";
  /** Host asked, or the broadcast address. */
  readonly host: string;
  readonly question: Question;
  readonly sent: Estimate;
  readonly timeoutAt: MonoMs;
  readonly isDoubtTold: boolean;
}

export type Event =
  /** An address stands, or the settings changed. */
  | { readonly kind: "start"; readonly settings: SntpSettings }
  /** The address or the link is gone. */
  | { readonly kind: "stop" }
  | {
      readonly kind: "resolved";
      readonly host: string;
      readonly address: Ip4 | undefined;
      readonly ttlSec: number;
    }
  /** `at`: when it arrived. `isBroadcast`: on the listening socket. */
  | {
      readonly kind: "packet";
      readonly packet: NtpPacket;
      readonly from: Endpoint;
      readonly at: MonoMs;
      readonly isBroadcast: boolean;
    }
  | { readonly kind: "cannot-listen"; readonly detail: string }
  /** Time from a call server: the last resort (reference 8.2). */
  | { readonly kind: "told"; readonly unixMs: number };

export type Effect =
  | { readonly kind: "resolve"; readonly host: string }
  | { readonly kind: "ask"; readonly to: Ip4; readonly packet: NtpPacket; readonly isBroadcast: boolean }
  /** Listen to the group and to broadcasts on port 123, or stop listening. */
  | { readonly kind: "listen"; readonly isOn: boolean }
  | { readonly kind: "step"; readonly unixMs: number }
  | { readonly kind: "slew"; readonly offsetMs: number }
  | { readonly kind: "notify"; readonly notice: SntpNotice };

export type SntpStep = Step<State, Effect>;
