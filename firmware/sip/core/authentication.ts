// sip.js answers one challenge of one realm, with MD5. This puts our proofs in the place of that: several realms, each
// once, stale ones renewed (architecture: the first of the layers that are ours).
import type {
  Dialog,
  IncomingResponseMessage,
  UserAgentClient,
  UserAgentCore,
} from "sip.js/lib/core/index.js";
import type { Proofs } from "#firmware/sip/credentials.ts";
import type { SipResponse } from "#firmware/sip/message/message.ts";
import type { SipJsLibrary } from "./library.ts";

/** What a core of ours knows about a response on its way into sip.js. */
export interface ProofSource {
  /** Undefined for a call that is not ours to prove. */
  proofsOf(leg: string): Proofs | undefined;
  originalOf(message: IncomingResponseMessage): { response: SipResponse; from: string } | undefined;
}

/** Fields of sip.js's user agent client that its types keep to itself. */
interface ClientInside {
  readonly core: UserAgentCore;
  readonly message: UserAgentClient["message"];
  init(): void;
}

const sources = new WeakMap<UserAgentCore, ProofSource>();

/** Tells who proves for a core. */
export function setProofSource(core: UserAgentCore, source: ProofSource): void {
  sources.set(core, source);
}

/** Replaces the one method, once; doing it again changes nothing. */
export function replaceAuthentication(library: SipJsLibrary): void {
  Object.defineProperty(library.UserAgentClient.prototype, "authenticationGuard", {
    configurable: true,
    value(this: ClientInside, message: IncomingResponseMessage, dialog?: Dialog): boolean {
      return hasPassed(this, message, dialog);
    },
  });
}

/** False if the request was sent again, with a proof. */
function hasPassed(
  client: ClientInside,
  message: IncomingResponseMessage,
  dialog: Dialog | undefined,
): boolean {
  const source = sources.get(client.core);
  const original = source?.originalOf(message);
  const proofs = source?.proofsOf(`${message.callId};${message.fromTag}`);
  if (original === undefined || proofs === undefined) return true;
  const { status } = original.response;
  if (status !== 401 && status !== 407) {
    if (status >= 200) proofs.accepted(original.response);
    return true;
  }
  if (proofs.challenged(original.response, original.from).kind !== "retry") return true;
  // "…its own numbers rise by one, also for the retry" (RFC 3261 §22.2); sip.js counts on only in re-INVITEs.
  const id = `${message.callId}${message.fromTag}${message.toTag}`;
  const usage = dialog ?? client.core.dialogs.get(id);
  const { message: request } = client;
  if (usage?.localSequenceNumber !== undefined && request.toTag !== undefined && request.toTag !== "") {
    usage.incrementLocalSequenceNumber();
    request.cseq = usage.localSequenceNumber;
  } else {
    request.cseq += 1;
  }
  request.setHeader("cseq", `${request.cseq} ${request.method}`);
  client.init();
  return false;
}
