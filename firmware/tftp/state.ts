// What a transfer can be doing, what can happen to it and what it may do: the vocabulary of transfer.ts.

import { go, type Step } from "#firmware/runtime/machine.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { type errorCodes, type TftpMessage, tftpPort } from "./messages.ts";
import { type Offer, printOffer, type Terms } from "./options.ts";
import { type Wrap, waitAfter } from "./timing.ts";

/** What to read, and how much of it at most. */
export interface Request {
  readonly server: string;
  readonly fileName: string;
  /** Undefined: a plain request. */
  readonly offer: Offer | undefined;
  /** A longer file is refused with ERROR 3. */
  readonly maxBytes: number;
}

/** How a transfer ended. */
export type Outcome =
  | { readonly kind: "complete"; readonly sizeBytes: number }
  /** ERROR 1, with the server's words. */
  | { readonly kind: "not-found"; readonly text: string }
  /** No answer to the request, or silence in the middle of the file. */
  | { readonly kind: "timeout"; readonly phase: "request" | "transfer" }
  /** Nobody listens there, or there is no way to it. */
  | { readonly kind: "unreachable" }
  | { readonly kind: "too-large"; readonly limitBytes: number }
  /** Any other ERROR of the server. */
  | { readonly kind: "error"; readonly code: keyof typeof errorCodes | number; readonly text: string }
  /** The server broke the rules: which option it answered wrongly, or a block longer than agreed. */
  | { readonly kind: "broken-server"; readonly detail: string };

export type State =
  | { readonly kind: "idle" }
  | {
      readonly kind: "requesting";
      readonly offer: Offer | undefined;
      readonly sendings: number;
      readonly retryAt: MonoMs;
    }
  | Receiving
  /** The file is complete; the last acknowledgement may have been lost. */
  | {
      readonly kind: "lingering";
      readonly peer: Endpoint;
      readonly lastBlock: number;
      readonly until: MonoMs;
      readonly outcome: Outcome;
    }
  | { readonly kind: "ended"; readonly outcome: Outcome };

export interface Receiving {
  readonly kind: "receiving";
  /** The server's transfer id: address and port of its first answer. */
  readonly peer: Endpoint;
  readonly terms: Terms;
  /** Blocks received in order. */
  readonly blocks: number;
  readonly sizeBytes: number;
  /** Blocks since the last acknowledgement. */
  readonly unacknowledged: number;
  /** A gap in this window was already answered. */
  readonly isGapAnswered: boolean;
  readonly wrap: Wrap;
  readonly sendings: number;
  readonly retryAt: MonoMs;
}

export type Event =
  | { readonly kind: "start" }
  | { readonly kind: "message"; readonly message: TftpMessage; readonly from: Endpoint }
  /** ICMP said that nobody listens. */
  | { readonly kind: "refused" };

export type Effect =
  /** Use a new port from here on: a transfer has one of its own (RFC 1350 §4). */
  | { readonly kind: "open" }
  | { readonly kind: "send"; readonly message: TftpMessage; readonly to: Endpoint }
  | { readonly kind: "keep"; readonly bytes: Uint8Array }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "close" };

export type TransferStep = Step<State, Effect>;

/** Acknowledges a block. */
export function ack(block: number, to: Endpoint): Effect {
  return { kind: "send", message: { kind: "ack", block }, to };
}

/** An ERROR; the text is for whoever reads the server's log. */
export function complaint(code: keyof typeof errorCodes, text: string, to: Endpoint): Effect {
  return { kind: "send", message: { kind: "error", code, text }, to };
}

/** The transfer is over, because of `why`. */
export function end(outcome: Outcome, why: string, effects: readonly Effect[] = []): TransferStep {
  return go({ kind: "ended", outcome }, why, [...effects, { kind: "outcome", outcome }, { kind: "close" }]);
}

/** Sends the request for the `sendings`-th time; the first one of an offer uses a new port. */
export function ask(request: Request, offer: Offer | undefined, sendings: number, now: MonoMs): TransferStep {
  const message: TftpMessage = {
    kind: "readRequest",
    fileName: request.fileName,
    mode: "octet",
    options: printOffer(offer),
  };
  const send: Effect = { kind: "send", message, to: { address: request.server, port: tftpPort } };
  return go(
    { kind: "requesting", offer, sendings, retryAt: later(now, waitAfter(sendings, undefined) ?? 0) },
    `${request.fileName} from ${request.server}${sendings > 1 ? `, sending ${sendings}` : ""}`,
    sendings === 1 ? [{ kind: "open" }, send] : [send],
  );
}
