// The calls as plain facts for the console, the JSON report and SIP's own questions.

import { wouldRefuse } from "#firmware/call/local/incoming.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { type PhoneState, viewOf } from "./machine.ts";
import type { CallState } from "./view.ts";

export interface CallFacts {
  readonly id: string;
  readonly line: number;
  readonly state: CallState;
  readonly direction: "in" | "out";
  /** The number dialled, or the caller's. */
  readonly number: string;
  readonly name: string;
  /** `PCMU/8000`; null before media was agreed. */
  readonly codec: string | null;
  /** Names its stream in media statistics; null without one. */
  readonly streamId: string | null;
  /** Since it was connected; null before. */
  readonly connectedMs: number | null;
  readonly isSelected: boolean;
  /** Final status and reason of a call that failed. */
  readonly failure: { readonly status: number | null; readonly reason: string } | null;
}

/** Every call on the phone, in order of appearance. */
export function callFacts(state: PhoneState, now: MonoMs): readonly CallFacts[] {
  return viewOf(state).calls.map((call) => {
    const stream = state.shown.streams.find(({ id }) => id === streamOf(state, call.id));
    const format = stream?.send ?? stream?.receive[0];
    return {
      id: call.id,
      line: call.line,
      state: call.state,
      direction: call.direction,
      number: call.direction === "out" ? call.digits || (call.peer?.number ?? "") : (call.peer?.number ?? ""),
      name: call.peer?.name ?? "",
      codec: format === undefined ? null : `${format.encoding}/${format.clockRateHz}`,
      streamId: stream?.id ?? null,
      connectedMs: call.connectedAt === undefined ? null : Math.round(now - call.connectedAt),
      isSelected: call.isSelected,
      failure:
        call.failure === undefined
          ? null
          : { status: call.failure.status ?? null, reason: call.failure.reason },
    };
  });
}

/** The stream of a call: its own id in local control, the channel of its reference at a call manager. */
function streamOf({ control }: PhoneState, id: string): string | undefined {
  if (control.kind !== "server") return id;
  const call = control.server.calls.find((entry) => entry.id === id);
  const { channels } = control.server;
  const named = channels.find(({ at }) => at.ref !== 0 && at.ref === call?.at.ref);
  return (named ?? channels.find(({ at }) => at.ref === 0))?.owner;
}

/** Whether a call that came in on this line now would be refused (for OPTIONS, RFC 3261 §11.2). */
export function isBusy({ control, desk }: PhoneState, line: number): boolean {
  return control.kind === "local" && wouldRefuse(desk, control.local, line);
}
