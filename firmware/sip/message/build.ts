// Requests without a body, and messages that follow from another one: responses, the ACK of a non-2xx, CANCEL.
import { headers } from "./headers.ts";
import {
  firstOf,
  type HeaderLine,
  line,
  noBody,
  rawLine,
  type SipRequest,
  type SipResponse,
  sipVersion,
} from "./message.ts";
import { reasonPhrase } from "./reasons.ts";

export interface ResponseOptions {
  /** The standard's phrase unless told. Octets. */
  readonly reason?: string;
  /** Added to To where it has none; left out of a 100 (RFC 3261 §8.2.6.2). */
  readonly toTag?: string | undefined;
  readonly lines?: readonly HeaderLine[];
  /** With its Content-Type among the lines. */
  readonly body?: Uint8Array;
}

const hasTag = /;\s*tag\s*=/i;

/** What stands after the address: tags are looked for there only. */
const afterAddress = (value: string): string => value.slice(value.lastIndexOf(">") + 1);

/** A response: Via, From, To, Call-ID and CSeq as the request has them, however odd (RFC 3261 §8.2.6.2). */
export function responseTo(request: SipRequest, status: number, options: ResponseOptions = {}): SipResponse {
  const copied: HeaderLine[] = [];
  for (const header of request.headers) {
    if (header.id === headers.to.id && status !== 100 && options.toTag !== undefined) {
      const isTagged = hasTag.test(afterAddress(header.value));
      copied.push(isTagged ? header : { ...header, value: `${header.value};tag=${options.toTag}` });
    } else if (copiedIds.has(header.id) || (header.id === headers.timestamp.id && status === 100)) {
      copied.push(header);
    }
  }
  return {
    kind: "response",
    status,
    reason: options.reason ?? reasonPhrase(status),
    headers: [...copied, ...(options.lines ?? [])],
    body: options.body ?? noBody,
  };
}

const copiedIds: ReadonlySet<string> = new Set([
  headers.via.id,
  headers.from.id,
  headers.to.id,
  headers.callId.id,
  headers.cseq.id,
]);

/** A request without a body. */
export function requestOf(method: string, uri: string, lines: readonly HeaderLine[]): SipRequest {
  return { kind: "request", method, uri, version: sipVersion, headers: lines, body: noBody };
}

/** ACK and CANCEL carry what finds the same transaction, and no Require (§9.1). */
function sibling(request: SipRequest, method: string, to: readonly HeaderLine[]): SipRequest {
  const cseq = firstOf(request, headers.cseq)?.number ?? 0;
  const kept = (type: { readonly id: string }): readonly HeaderLine[] =>
    request.headers.filter((header) => header.id === type.id);
  return requestOf(method, request.uri, [
    ...kept(headers.via).slice(0, 1),
    ...kept(headers.route),
    rawLine(headers.maxForwards, "70"),
    ...kept(headers.from),
    ...to,
    ...kept(headers.callId),
    line(headers.cseq, { number: cseq, method }),
    ...kept(headers.userAgent),
  ]);
}

/**
 * The ACK of a non-2xx: "a single Via … equal to the top Via … of the original request", its Request-URI and Route; To
 * as in the response (RFC 3261 §17.1.1.3).
 */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  return sibling(
    invite,
    "ACK",
    response.headers.filter(({ id }) => id === headers.to.id),
  );
}

/** "The Request-URI, Call-ID, To, the numeric part of CSeq, and From … MUST be identical" (RFC 3261 §9.1). */
export function cancelOf(invite: SipRequest, reason: readonly HeaderLine[] = []): SipRequest {
  const cancel = sibling(
    invite,
    "CANCEL",
    invite.headers.filter(({ id }) => id === headers.to.id),
  );
  return { ...cancel, headers: [...cancel.headers, ...reason] };
}
