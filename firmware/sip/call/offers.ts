// Offers that come in: readable and answerable, or refused before anybody is disturbed (RFC 3261 §13.3.1.3).
import type { SipMessage } from "#firmware/sip/message/message.ts";
import { makeAnswer, undescribed } from "#firmware/sip/offer-answer.ts";
import { parseSdp, type SessionDescription } from "#firmware/sip/sdp.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { DescriptionSettings } from "./state.ts";
import { sdpOf } from "./wishes.ts";

/** A warn-code of RFC 3261 §20.43 where no answer of ours could fit. */
export type OfferRead = { readonly offer: SessionDescription | undefined } | { readonly warning: number };

/** The offer of a request; undefined without one. */
export function offerOf(message: SipMessage, settings: DescriptionSettings): OfferRead {
  const body = sdpOf(message);
  if (body === undefined) return { offer: undefined };
  try {
    const offer = parseSdp(body);
    const side = { settings, address: "0.0.0.0", rtpPort: 9, isHeld: false };
    const answer = makeAnswer(side, undescribed(1), offer);
    return answer.kind === "answer" ? { offer } : { warning: answer.warning };
  } catch (error) {
    if (error instanceof WireError) return { warning: 399 };
    throw error;
  }
}
