// States, events and effects of the SCCP machine (sccp reference 5.3–5.7).
import type { StationIntent } from "#firmware/call/intents.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { SccpNotice, ServerState } from "./notices.ts";
import type { RestartCause, SccpServer } from "./settings.ts";
import type { Templates } from "./templates.ts";

/** The phone's TCP connections: the server it is registered with, the next one, and a better one it waits for. */
export type LinkName = "active" | "standby" | "better";

/** Why a server was given up. */
export type ServerFailure = Extract<ServerState, { readonly kind: "failed" }>["failure"];

/** Keepalives on one connection. */
export interface Keepalive {
  readonly intervalMs: number;
  readonly sendAt: MonoMs;
  readonly unanswered: number;
  /** Set with the last one that may go unanswered. */
  readonly lostAt: MonoMs | undefined;
}

/** The connection to the next server of the list: kept alive, not registered (5.5). */
export type Standby =
  | { readonly phase: "none" }
  | { readonly phase: "waiting"; readonly server: number; readonly retryAt: MonoMs }
  | { readonly phase: "connecting"; readonly server: number }
  | { readonly phase: "open"; readonly server: number; readonly keepalive: Keepalive };

/** The way back to a server earlier in the list (5.5). */
export type Better =
  | { readonly phase: "none" }
  | { readonly phase: "waiting"; readonly server: number; readonly retryAt: MonoMs }
  | { readonly phase: "connecting"; readonly server: number }
  /** A fall-back router is left only after the better server was seen for a while. */
  | { readonly phase: "monitoring"; readonly server: number; readonly until: MonoMs }
  | { readonly phase: "asking"; readonly server: number; readonly answerBy: MonoMs }
  /** May come; waits for the last call to end. */
  | { readonly phase: "granted"; readonly server: number }
  /** Has unregistered at the present server. */
  | { readonly phase: "leaving"; readonly server: number; readonly by: MonoMs };

/** Where the exchange after RegisterAck stands (5.3 steps 6–16). */
export type Setup =
  | { readonly phase: "capabilities"; readonly by: MonoMs }
  | { readonly phase: "template"; readonly by: MonoMs }
  | { readonly phase: "last-answer"; readonly by: MonoMs }
  | { readonly phase: "done" };

/** What outlives a server. */
export interface Held {
  /** Calls whose sound runs; told by the call control. */
  readonly calls: number;
  /** Told in the next Alarm. */
  readonly cause: RestartCause;
  /** Rounds of the whole list that failed in a row. */
  readonly rounds: number;
}

/** A walk along the list: who was tried since the last success, and the last words of a server that refused. */
export interface Walk {
  readonly tried: readonly number[];
  readonly text: string;
  /** Some server of this walk refused the phone. */
  readonly isRejected: boolean;
}

export interface Connecting {
  readonly kind: "connecting";
  readonly held: Held;
  readonly walk: Walk;
  readonly server: number;
  readonly tries: number;
  /** The connection has a time limit of its own; this one also covers the name look-up before it. */
  readonly giveUpAt: MonoMs;
}

export interface Registering {
  readonly kind: "registering";
  readonly held: Held;
  readonly walk: Walk;
  readonly server: number;
  readonly address: string;
  readonly answerBy: MonoMs;
}

export interface Registered {
  readonly kind: "registered";
  readonly held: Held;
  readonly server: number;
  readonly address: string;
  readonly version: number;
  readonly keepalive: Keepalive;
  readonly standbyIntervalMs: number;
  readonly setup: Setup;
  readonly templates: Templates;
  readonly standby: Standby;
  readonly better: Better;
  /** User data that came in pieces so far, by transaction. */
  readonly pieces: ReadonlyMap<number, string>;
}

export type SccpState =
  | { readonly kind: "stopped" }
  | Connecting
  | Registering
  | Registered
  | { readonly kind: "pausing"; readonly held: Held; readonly until: MonoMs }
  | { readonly kind: "unregistering"; readonly by: MonoMs };

export type SccpEvent =
  | { readonly kind: "start" }
  | { readonly kind: "connected"; readonly link: LinkName; readonly address: string }
  | { readonly kind: "connect-failed"; readonly link: LinkName; readonly failure: ServerFailure }
  | { readonly kind: "message"; readonly link: LinkName; readonly message: ServerMessage }
  | { readonly kind: "closed"; readonly link: LinkName; readonly wasReset: boolean }
  /** The stream of a connection cannot be read on. */
  | { readonly kind: "bad-stream"; readonly link: LinkName; readonly detail: string }
  | { readonly kind: "station"; readonly intent: StationIntent }
  | { readonly kind: "calls"; readonly count: number }
  /** Leave in order: unregister, close. */
  | { readonly kind: "stop" };

export type SccpEffect =
  | { readonly kind: "connect"; readonly link: LinkName; readonly server: SccpServer }
  | { readonly kind: "close"; readonly link: LinkName }
  /** Closes the active connection and puts this one in its place. */
  | { readonly kind: "promote"; readonly link: "standby" | "better" }
  | {
      readonly kind: "send";
      readonly link: LinkName;
      readonly version: number;
      readonly message: PhoneMessage;
    }
  | { readonly kind: "notify"; readonly notice: SccpNotice };
