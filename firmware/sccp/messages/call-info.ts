// CallInfo in its two forms (sccp reference 3.6): fixed 0x008F and dynamic 0x014A, whose list of texts grew.
import { struct } from "#firmware/wire/structures.ts";
import { num, str, strings } from "./fields.ts";

/** The fixed form; CallManager 2.x ends after the four names and numbers. */
export const callInfo = struct({
  callingName: str(40),
  callingNumber: str(24),
  calledName: str(40),
  calledNumber: str(24),
  line: num,
  callRef: num,
  /** 1 inbound, 2 outbound, 3 forwarded. */
  type: num,
  originalCalledName: str(40),
  originalCalledNumber: str(24),
  lastRedirectingName: str(40),
  lastRedirectingNumber: str(24),
  originalRedirectReason: num,
  lastRedirectReason: num,
  callingMailbox: str(24),
  calledMailbox: str(24),
  originalCalledMailbox: str(24),
  lastRedirectingMailbox: str(24),
  callInstance: num,
  security: num,
  presentation: num,
});

/** The dynamic form; `texts` in the order of the negotiated version, see `callInfoTexts`. */
export const callInfoV2 = struct({
  line: num,
  callRef: num,
  type: num,
  originalRedirectReason: num,
  lastRedirectReason: num,
  callInstance: num,
  security: num,
  presentation: num,
  texts: strings(15),
});

/** The parties of a call, whichever form told them. */
export interface CallParties {
  readonly callingName: string;
  readonly callingNumber: string;
  readonly calledName: string;
  readonly calledNumber: string;
  readonly originalCalledName: string;
  readonly originalCalledNumber: string;
  readonly lastRedirectingName: string;
  readonly lastRedirectingNumber: string;
}

/** Takes the texts apart: twelve below version 16, up to fifteen from there on; missing ones are empty. */
export function callInfoTexts(version: number, texts: readonly string[]): CallParties {
  const at = (index: number): string => texts[index] ?? "";
  if (version < 16) {
    return {
      callingNumber: at(0),
      calledNumber: at(1),
      originalCalledNumber: at(2),
      lastRedirectingNumber: at(3),
      callingName: at(8),
      calledName: at(9),
      originalCalledName: at(10),
      lastRedirectingName: at(11),
    };
  }
  return {
    callingNumber: at(0),
    calledNumber: at(2),
    originalCalledNumber: at(3),
    lastRedirectingNumber: at(4),
    callingName: at(9),
    calledName: at(10),
    originalCalledName: at(11),
    lastRedirectingName: at(12),
  };
}
