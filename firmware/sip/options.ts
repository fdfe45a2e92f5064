// The answer to OPTIONS: what an INVITE would get now, and everything this phone can (RFC 3261 §11.2).
import { acceptLine, allowLine, supportedLine } from "./identity.ts";
import { headers } from "./message/headers.ts";
import { type HeaderLine, rawLine } from "./message/message.ts";
import { capabilities } from "./offer-answer.ts";
import type { SipSettings } from "./settings.ts";

const identity = rawLine(headers.acceptEncoding, "identity");

/** 486 when an INVITE would be refused as busy. */
export function optionsAnswer(
  settings: SipSettings,
  address: string,
  isBusy: boolean,
): { readonly status: number; readonly lines: readonly HeaderLine[]; readonly body?: Uint8Array } {
  const lines = [allowLine, acceptLine, identity, supportedLine];
  if (isBusy) return { status: 486, lines };
  return {
    status: 200,
    lines: [...lines, rawLine(headers.contentType, "application/sdp")],
    body: capabilities({ settings, address }),
  };
}
