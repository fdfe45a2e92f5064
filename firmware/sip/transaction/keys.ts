// What tells one transaction from another (RFC 3261 §17.1.3, §17.2.3, §8.2.2.2).
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipMessage, type SipRequest, tagOf } from "#firmware/sip/message/message.ts";
import { magicCookie } from "#firmware/sip/message/via.ts";

/** Branch and CSeq method: "…because CANCEL and the request it cancels share the same branch" (§17.1.3). */
export function clientKey(message: SipMessage): string {
  const branch = firstOf(message, headers.via)?.parameters.get("branch") ?? "";
  const method = firstOf(message, headers.cseq)?.method ?? "";
  return `${branch} ${method}`;
}

/**
 * Branch, sent-by and method, ACK counting as INVITE. Without the cookie (or with nothing after it): Request-URI, From
 * tag, Call-ID, CSeq number and top Via, as in RFC 2543.
 */
export function serverKey(request: SipRequest): string {
  const via = firstOf(request, headers.via);
  const method = request.method === "ACK" ? "INVITE" : request.method;
  const branch = via?.parameters.get("branch") ?? "";
  if (branch.startsWith(magicCookie) && branch.length > magicCookie.length)
    return `${branch} ${via?.host}:${via?.port ?? 5060} ${method}`;
  const cseq = firstOf(request, headers.cseq)?.number;
  const callId = firstOf(request, headers.callId);
  return `${request.uri} ${tagOf(request, headers.from)} ${callId} ${cseq} ${via?.text} ${method}`;
}

/** The same for copies of a request that came over different proxies; undefined inside a dialog. */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.method === "ACK" || request.method === "CANCEL") return undefined;
  if (tagOf(request, headers.to) !== undefined) return undefined;
  const cseq = firstOf(request, headers.cseq);
  return `${tagOf(request, headers.from)} ${firstOf(request, headers.callId)} ${cseq?.number} ${cseq?.method}`;
}
