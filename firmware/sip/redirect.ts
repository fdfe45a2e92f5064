// Where a 3xx sends a request: its Contacts by falling q, each once (RFC 3261 §8.1.3.4).
import { headers } from "#firmware/sip/message/headers.ts";
import { type SipResponse, valuesOf } from "#firmware/sip/message/message.ts";
import { asRequestUri } from "#firmware/sip/message/uri.ts";

const qOf = (text: string | undefined): number => {
  const q = Number(text ?? "1");
  return Number.isFinite(q) ? q : 0;
};

/** Request-URIs to try, the best first; method and header parts are left out. Throws WireError. */
export function redirectTargets(response: SipResponse): readonly string[] {
  const contacts = [...valuesOf(response, headers.contact)].sort(
    (a, b) => qOf(b.parameters.get("q")) - qOf(a.parameters.get("q")),
  );
  return [...new Set(contacts.map(({ uri }) => asRequestUri(uri)))];
}
