// sip.js, loaded when it is first needed: a phone registers, and an SCCP phone lives, without it.
import type * as SipJs from "sip.js/lib/core/index.js";

/** The part of sip.js that is used: its core. */
export type SipJsLibrary = typeof SipJs;

/** The library; the host loads it once. */
export function loadSipJs(): Promise<SipJsLibrary> {
  return import("sip.js/lib/core/index.js");
}
