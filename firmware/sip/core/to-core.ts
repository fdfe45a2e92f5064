// Our messages as sip.js wants them. Values it would parse are filled in, so that its grammar never runs; what it cannot
// do without and old peers leave out (tags, Contact) is given a stand-in.
import type {
  IncomingMessage,
  IncomingRequestMessage,
  IncomingResponseMessage,
  NameAddrHeader,
  URI,
} from "sip.js/lib/core/index.js";
import type { Address } from "#firmware/sip/message/address.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  soleOf,
  valuesOf,
} from "#firmware/sip/message/message.ts";
import { latin1 } from "#firmware/wire/bytes.ts";
import type { SipJsLibrary } from "./library.ts";

/** Stands for the tag that peers of RFC 2543 do not send (RFC 3261 §12.1: "a null value"). Never on the wire. */
export const nullTag = "null-tag-of-rfc2543";

/** Makes messages and URIs of sip.js. */
export interface CoreMessages {
  /** A URI that prints exactly as given. */
  uri(text: string): URI;
  /** `key` stands for the transaction the request came in. */
  request(request: SipRequest, key: string): IncomingRequestMessage;
  /** `branch` is the one sip.js gave its request; `target` stands in for a missing Contact. */
  response(response: SipResponse, branch: string, target: string): IncomingResponseMessage;
  /** The message of ours that one of sip.js was made from. */
  original(message: IncomingMessage): SipMessage | undefined;
}

/** Headers that sip.js reads one value at a time. */
const split = [headers.recordRoute, headers.route] as const;

export function createCoreMessages(library: SipJsLibrary): CoreMessages {
  const originals = new WeakMap<IncomingMessage, SipMessage>();

  /** sip.js normalises URIs on printing; a peer's URI goes back as it came. */
  class ExactUri extends library.URI {
    readonly #text: string;

    constructor(text: string) {
      super("sip", "", "exact.invalid");
      this.#text = text;
    }

    override clone(): ExactUri {
      return new ExactUri(this.#text);
    }

    override toString(): string {
      return this.#text;
    }

    override toRaw(): string {
      return this.#text;
    }
  }

  const uri = (text: string): URI => new ExactUri(text);

  const address = (value: Address): NameAddrHeader => {
    const parameters: Record<string, string> = {};
    for (const [name, text] of value.parameters) parameters[name] = text ?? "";
    return new library.NameAddrHeader(uri(value.uri.text), value.displayName, parameters);
  };

  // The names used here are spelled as sip.js files them.
  const set = (message: IncomingMessage, name: string, raw: string, parsed?: unknown): void => {
    message.addHeader(name, raw);
    const entries = message.headers[name];
    const last = entries?.at(-1);
    if (last !== undefined && parsed !== undefined) last.parsed = parsed;
  };

  const fill = (message: IncomingMessage, from: SipMessage, contact: string | undefined): void => {
    originals.set(message, from);
    const fromValue = soleOf(from, headers.from);
    const toValue = soleOf(from, headers.to);
    const cseq = soleOf(from, headers.cseq);
    message.callId = soleOf(from, headers.callId);
    message.cseq = cseq.number;
    message.method = cseq.method;
    message.from = address(fromValue);
    message.fromTag = fromValue.parameters.get("tag") ?? nullTag;
    message.to = address(toValue);
    message.body = latin1(from.body);
    set(message, "Via", `SIP/2.0/UDP phone.invalid;branch=${message.viaBranch}`);
    set(message, "From", printed(from, headers.from.id));
    set(message, "To", printed(from, headers.to.id), message.to);
    for (const type of split)
      for (const value of valuesOf(from, type)) set(message, type.name, type.print(value));
    const target = firstOf(from, headers.contact);
    if (target !== undefined) set(message, "Contact", headers.contact.print(target), address(target));
    else if (contact !== undefined)
      set(message, "Contact", `<${contact}>`, new library.NameAddrHeader(uri(contact), "", {}));
    fillBodyHeaders(message, from, set);
  };

  return {
    uri,
    original: (message) => originals.get(message),
    request(request, key) {
      const message = new library.IncomingRequestMessage();
      message.viaBranch = key;
      // A peer of RFC 2543 sends no Contact: its From is where requests of the dialog go.
      const from = firstOf(request, headers.from)?.uri.text;
      fill(message, request, request.method === "INVITE" ? from : undefined);
      message.method = request.method;
      message.ruri = uri(request.uri);
      message.toTag = firstOf(request, headers.to)?.parameters.get("tag") ?? "";
      return message;
    },
    response(response, branch, target) {
      const message = new library.IncomingResponseMessage();
      message.viaBranch = branch;
      fill(message, response, response.status > 100 && response.status < 300 ? target : undefined);
      message.statusCode = response.status;
      message.reasonPhrase = response.reason;
      const tag = firstOf(response, headers.to)?.parameters.get("tag");
      message.toTag = tag ?? (response.status === 100 ? "" : nullTag);
      return message;
    },
  };
}

type Set = (message: IncomingMessage, name: string, raw: string, parsed?: unknown) => void;

/** What its session and subscription code looks at, in the form its grammar would give. */
function fillBodyHeaders(message: IncomingMessage, from: SipMessage, set: Set): void {
  const type = firstOf(from, headers.contentType);
  if (type !== undefined) set(message, "Content-Type", type.type, type.type);
  const disposition = firstOf(from, headers.contentDisposition);
  if (disposition !== undefined)
    set(message, "Content-Disposition", disposition.value, { type: disposition.value });
  const require = valuesOf(from, headers.require);
  if (require.length > 0) set(message, "Require", require.join(", "));
  const number = firstOf(from, headers.responseNumber);
  if (number !== undefined) set(message, "RSeq", String(number));
  const expires = firstOf(from, headers.expires);
  if (expires !== undefined) set(message, "Expires", String(expires));
  const event = firstOf(from, headers.event);
  if (event !== undefined)
    set(message, "Event", event.value, { event: event.value.toLowerCase(), id: event.parameters.get("id") });
  const state = firstOf(from, headers.subscriptionState);
  if (state === undefined) return;
  const left = Number(state.parameters.get("expires") ?? Number.NaN);
  set(message, "Subscription-State", state.value, {
    state: state.value.toLowerCase(),
    expires: Number.isNaN(left) ? undefined : left,
    reason: state.parameters.get("reason"),
  });
}

const printed = (message: SipMessage, id: string): string =>
  message.headers.find((line) => line.id === id)?.value ?? "";
