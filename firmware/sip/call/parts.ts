// What a call is made of and lives in.
import type { SessionDelegate } from "sip.js/lib/core/index.js";
import type { CallId } from "#firmware/call/intents.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { LineCore } from "#firmware/sip/core/line-core.ts";
import type { CoreMessages } from "#firmware/sip/core/to-core.ts";
import type { Proofs } from "#firmware/sip/credentials.ts";
import type { HostGlobals } from "#firmware/sip/host-globals.ts";
import type { Target } from "#firmware/sip/locate.ts";
import type { HeaderLine } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { Attempt, CallEvent, CallState } from "./state.ts";

export interface CallParts {
  readonly runtime: Runtime;
  readonly host: HostGlobals;
  readonly messages: CoreMessages;
  readonly core: LineCore;
  readonly settings: SipSettings;
  readonly id: CallId;
  readonly proofs: Proofs;
  /** The line's address of record. */
  readonly record: string;
  readonly signal: AbortSignal;
  notify(notice: SipNotice): void;
  /** RTP-RxStat and RTP-TxStat, where they are wanted. */
  statistics(): readonly HeaderLine[];
  /** The machine has ended; stragglers are still sorted out for a while. */
  ended(): void;
}

/** How a call of ours presents itself. */
export interface OutgoingParts {
  readonly callId: string;
  readonly fromTag: string;
  readonly fromUri: string;
  /** Octets, with quotes and backslashes escaped. */
  readonly fromName: string;
  readonly toUri: string;
  readonly lines: readonly HeaderLine[];
  targetsOf(attempt: Attempt): readonly Target[] | Promise<readonly Target[]>;
}

/** The call, as its legs and its dialog see it. */
export interface Owner {
  readonly parts: CallParts;
  readonly state: CallState;
  send(event: CallEvent): void;
  /** Runs code of sip.js for this call; undefined if it threw. */
  run<T>(act: () => T): T | undefined;
  /** What the other side of its dialogs may ask for. */
  delegate(): SessionDelegate;
}

/** First CSeq of a dialog is 101 (reference row SIP-010). */
export const sequenceBefore = 100;
