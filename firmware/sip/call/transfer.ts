// Sending the other party of a call elsewhere (RFC 3515, RFC 3891, reference sections 4.11, 5.4, 5.5): REFER, what its
// NOTIFYs tell, and BYE with Also where REFER is not known. A pure machine.
import { go, ignore, type Machine, type Step, stay, type TimerEvent } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";

/** Where to, and the dialog of ours there that the new call takes the place of. */
export interface Destination {
  readonly uri: string;
  /** Value of a Replaces header, not yet escaped. */
  readonly replaces: string | undefined;
}

export type TransferState =
  | { readonly kind: "idle" }
  | { readonly kind: "referring"; readonly to: Destination }
  /** 202: NOTIFYs tell the rest, until the implicit subscription ends. */
  | { readonly kind: "accepted"; readonly to: Destination; readonly endAt: MonoMs }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly status: number };

export type TransferEvent =
  | { readonly kind: "refer"; readonly to: Destination }
  /** The answer to REFER. */
  | { readonly kind: "answered"; readonly status: number }
  /** What a NOTIFY said of the new call, and whether it was the last one. */
  | { readonly kind: "notified"; readonly status: number; readonly isLast: boolean }
  /** The call itself has ended. */
  | { readonly kind: "call-ended" };

export type TransferEffect =
  | { readonly kind: "refer"; readonly to: Destination }
  /** For phones that do not know REFER: "BYE with Also" (in none of the RFCs). */
  | { readonly kind: "bye-also"; readonly to: Destination }
  | { readonly kind: "progress"; readonly status: number };

/** A NOTIFY that does not come is not waited for longer. */
const patienceMs = 180_000;

/** REFER is not known there: the guide's fallback for 501, and for 405 and 420. */
const fallbackStatuses = [501, 405, 420];

export function transferMachine(name: string): Machine<TransferState, TransferEvent, TransferEffect> {
  const answered = (
    state: TransferState,
    status: number,
    now: MonoMs,
  ): Step<TransferState, TransferEffect> => {
    if (state.kind !== "referring" || status < 200) return ignore(state, `${status} to REFER`);
    if (status < 300)
      return go({ kind: "accepted", to: state.to, endAt: later(now, patienceMs) }, String(status), [
        { kind: "progress", status: 202 },
      ]);
    if (fallbackStatuses.includes(status))
      return go({ kind: "done" }, `${status}: BYE with Also`, [
        { kind: "bye-also", to: state.to },
        { kind: "progress", status: 200 },
      ]);
    return go({ kind: "failed", status }, String(status), [{ kind: "progress", status }]);
  };

  const notified = (
    state: TransferState,
    event: Extract<TransferEvent, { kind: "notified" }>,
  ): Step<TransferState, TransferEffect> => {
    // The NOTIFY may overtake the 202 (RFC 3515 §2.4.4).
    if (state.kind !== "accepted" && state.kind !== "referring") return ignore(state, "NOTIFY");
    const { status, isLast } = event;
    const progress: TransferEffect = { kind: "progress", status };
    if (status >= 300) return go({ kind: "failed", status }, `sipfrag ${status}`, [progress]);
    if (status >= 200) return go({ kind: "done" }, `sipfrag ${status}`, [progress]);
    if (isLast)
      return go({ kind: "failed", status: 480 }, "over without result", [{ kind: "progress", status: 480 }]);
    return stay(state, [progress]);
  };

  return {
    name,
    initial: { kind: "idle" },
    timers: (state) => (state.kind === "accepted" ? [{ name: "refer", at: state.endAt }] : []),
    step(state, event: TransferEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "refer":
          if (state.kind === "referring" || state.kind === "accepted")
            return ignore(state, "transfer under way");
          return go({ kind: "referring", to: event.to }, event.to.uri, [{ kind: "refer", to: event.to }]);
        case "answered":
          return answered(state, event.status, now);
        case "notified":
          return notified(state, event);
        case "call-ended":
          return state.kind === "referring"
            ? go({ kind: "failed", status: 481 }, "the call ended")
            : ignore(state, "end");
        case "timer":
          return go({ kind: "failed", status: 408 }, "no NOTIFY", [{ kind: "progress", status: 408 }]);
        default:
          return unreachable(event);
      }
    },
  };
}
