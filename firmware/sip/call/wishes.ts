// What headers of INVITEs and their answers ask for beside the session: timers, ringing, answering by itself.
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  has,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import { redirectTargets } from "#firmware/sip/redirect.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { armed, leastSessionSec, type SessionTimer, type TimerAsked } from "./session-timer.ts";
import type { Advice } from "./state.ts";

/** A header that cannot be read counts as absent: a call does not fail for it. */
function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

const supports = (message: SipMessage, option: string): boolean =>
  [headers.supported, headers.require].some((type) =>
    (read(() => valuesOf(message, type)) ?? []).some((tag) => tag.toLowerCase() === option),
  );

/** What an INVITE wants of a session timer (RFC 4028 §7.1). */
export function timerAsked(request: SipRequest): TimerAsked {
  const asked = read(() => firstOf(request, headers.sessionExpires));
  const least = read(() => firstOf(request, headers.minSessionExpires))?.seconds ?? leastSessionSec;
  return {
    intervalSec: asked?.seconds,
    refresher: asked?.refresher,
    leastSec: Math.max(least, leastSessionSec),
    isSupported: supports(request, "timer"),
  };
}

/** "If the … interval is too small …, the UAS … MAY reject the request with a 422" (§9): true for less than 90 s. */
export function isIntervalTooSmall(request: SipRequest): boolean {
  const { intervalSec, isSupported } = timerAsked(request);
  return isSupported && intervalSec !== undefined && intervalSec < leastSessionSec;
}

/** True if a request demands an extension. */
export function requires(message: SipMessage, option: string): boolean {
  return (read(() => valuesOf(message, headers.require)) ?? []).some((tag) => tag.toLowerCase() === option);
}

/** The timer a 2xx to a request of ours agreed on; without Session-Expires there is none (§7.2). */
export function timerGranted(response: SipResponse, now: MonoMs): SessionTimer | undefined {
  const granted = read(() => firstOf(response, headers.sessionExpires));
  if (granted === undefined || granted.seconds < leastSessionSec) return undefined;
  return armed(granted.seconds, granted.refresher !== "uas", now);
}

/** What a refusal says about trying again. */
export function adviceOf(response: SipResponse): Advice {
  return {
    contacts: response.status < 400 ? (read(() => redirectTargets(response)) ?? []) : [],
    unsupported: read(() => valuesOf(response, headers.unsupported)) ?? [],
    leastSessionSec: read(() => firstOf(response, headers.minSessionExpires))?.seconds ?? 0,
    retryAfterSec: read(() => firstOf(response, headers.retryAfter))?.seconds,
  };
}

/** What a Warning says in words (RFC 3261 §20.43): it is more to the point than the reason phrase beside it. */
export function warningOf(response: SipResponse): string | undefined {
  const [first] = read(() => valuesOf(response, headers.warning)) ?? [];
  const text = /^\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"$/.exec(first ?? "")?.[1]?.replace(/\\(.)/g, "$1");
  return text === "" ? undefined : text;
}

/** What the caller says a call is about, in characters that can be written down. */
export function subjectOf(request: SipRequest): string | undefined {
  const subject = read(() => firstOf(request, headers.subject));
  return subject === undefined ? undefined : readable(subject);
}

/** Alert-Info as sent. */
export function alertInfoOf(message: SipMessage): string | undefined {
  return read(() => valuesOf(message, headers.alertInfo))?.[0];
}

/** Call-Info answer-after=0 or an Alert-Info that says so: intercom. */
export function isAutoAnswer(request: SipRequest): boolean {
  const callInfo = read(() => valuesOf(request, headers.callInfo)) ?? [];
  if (callInfo.some((value) => /;\s*answer-after\s*=\s*0\b/i.test(value))) return true;
  return /info=alert-autoanswer|auto-?answer/i.test(alertInfoOf(request) ?? "");
}

/** Octets of a body that is SDP; the SDP part of a multipart one. */
export function sdpOf(message: SipMessage): Uint8Array | undefined {
  if (message.body.length === 0) return undefined;
  const type = read(() => firstOf(message, headers.contentType))?.type;
  return type === "application/sdp" || (type === undefined && !has(message, headers.contentType))
    ? message.body
    : undefined;
}

/** Seconds until an INVITE is of no use any more. */
export function expiresOf(request: SipRequest): number | undefined {
  return read(() => firstOf(request, headers.expires));
}
