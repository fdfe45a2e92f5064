// NOTIFYs that are about the phone or a line, solicited or not: waiting messages, check-sync, talk and hold (RFC 3842,
// reference rows SIP-026, FEA-016, SYN-001, SYN-009). Pure.
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, rawLine, type SipRequest } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { latin1 } from "#firmware/wire/bytes.ts";

/** Packages this phone understands. */
const packages = ["message-summary", "check-sync", "refer", "talk", "hold"];

export const allowEventsLine: HeaderLine = rawLine(headers.allowEvents, packages.join(", "));

export interface EventContext {
  readonly line: number;
  /** The call the dialog belongs to; undefined outside of dialogs. */
  readonly call: string | undefined;
  /** It came from a server this phone knows: reboots and keys are nobody else's to press. */
  readonly isKnownServer: boolean;
}

export interface EventAnswer {
  readonly status: number;
  readonly lines: readonly HeaderLine[];
  readonly notice: SipNotice | undefined;
}

const answer = (status: number, notice?: SipNotice): EventAnswer => ({ status, lines: [], notice });

/** RFC 3842 §5.2: the first line must be there, counts may be; everything without case. */
export function messageSummary(
  body: Uint8Array,
): Omit<Extract<SipNotice, { kind: "messages-waiting" }>, "kind" | "line"> | undefined {
  const lines = latin1(body.subarray(0, 4096)).split(/\r?\n/);
  const waiting = lines.map((text) => /^messages-waiting\s*:\s*(yes|no)\s*$/i.exec(text)?.[1]).find(Boolean);
  if (waiting === undefined) return undefined;
  const voice = lines
    .map((text) => /^voice-message\s*:\s*(\d{1,9})\s*\/\s*(\d{1,9})/i.exec(text))
    .find(Boolean);
  return {
    isWaiting: waiting.toLowerCase() === "yes",
    newCount: voice === null || voice === undefined ? undefined : Number(voice[1]),
    oldCount: voice === null || voice === undefined ? undefined : Number(voice[2]),
  };
}

/** What a NOTIFY is answered with, and what it means. Throws WireError for an Event that cannot be read. */
export function eventAnswer(request: SipRequest, context: EventContext): EventAnswer {
  switch (firstOf(request, headers.event)?.value.toLowerCase()) {
    case "message-summary": {
      const summary = messageSummary(request.body);
      // A NOTIFY without body only tells of the subscription's state.
      if (summary === undefined) return answer(request.body.length === 0 ? 200 : 400);
      return answer(200, { kind: "messages-waiting", line: context.line, ...summary });
    }
    case "check-sync":
      return context.isKnownServer ? answer(200, { kind: "check-sync" }) : answer(403);
    case "talk":
    case "hold": {
      if (context.call === undefined && !context.isKnownServer) return answer(403);
      const action = firstOf(request, headers.event)?.value.toLowerCase() === "talk" ? "talk" : "hold";
      return answer(200, { kind: "remote-control", call: context.call, action });
    }
    default:
      return { status: 489, lines: [allowEventsLine], notice: undefined };
  }
}
