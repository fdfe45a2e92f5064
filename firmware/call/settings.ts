// What the call control must know, in its own terms: the composition root maps the configuration to this.
import { type DialPlan, emptyPlan } from "#firmware/call/dialplan/plan.ts";

/** A feature that a person may switch, unless the configuration fixed it (values 2 and 3, reference 2.2). */
export interface Preference {
  readonly isOn: boolean;
  readonly isLocked: boolean;
}

/** Preferences that keys or menus change; the name is stored with the new value. */
export interface Preferences {
  readonly doNotDisturb: Preference;
  readonly callWaiting: Preference;
  readonly anonymousCallBlock: Preference;
  readonly callerIdBlocking: Preference;
  readonly callHoldRingback: Preference;
}
export type PreferenceName = keyof Preferences;

/** One line of the phone, counted from 1. */
export interface LineSettings {
  readonly line: number;
  /** What stands beside its key. */
  readonly label: string;
  /** Has a user: calls can be made and taken on it. */
  readonly isProvisioned: boolean;
}

/** What one key beside the panel is for. With SCCP the server's button template decides instead. */
export type KeySettings =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "speed-dial"; readonly label: string; readonly target: string }
  | { readonly kind: "none" };

export interface CallSettings {
  /** Who controls calls: the phone itself (SIP), or a call manager (SCCP). */
  readonly protocol: "sip" | "sccp";
  readonly lines: readonly LineSettings[];
  /** In the order of the keys beside the panel. */
  readonly keys: readonly KeySettings[];
  readonly dialPlan: DialPlan;
  readonly preferences: Preferences;
  /** Lines that answer by themselves on the speaker (`auto_answer`). */
  readonly autoAnswerLines: readonly number[];
  /** Whether a caller may ask for it (Call-Info answer-after, Alert-Info): off unless the configuration says so. */
  readonly canCallerAutoAnswer: boolean;
  readonly hasAutocomplete: boolean;
  /** Stutter dial tone while messages wait. */
  readonly hasStutterTone: boolean;
  /** What the messages key dials; empty: nothing. */
  readonly messagesTarget: string;
  /** Hanging up completes a pending transfer. */
  readonly isTransferOnHook: boolean;
  /** A transfer may be completed while the target still rings. */
  readonly isSemiAttendedTransfer: boolean;
  /** Leaving a conference joins the two others. */
  readonly isConferenceJoined: boolean;
  /** Whether the phone itself can forward all calls. */
  readonly canForward: boolean;
  /** Where all calls go; undefined: they ring here. */
  readonly forwardTo: string | undefined;
  readonly phoneLabel: string;
  readonly dateFormat: string;
  readonly is24Hour: boolean;
  /** Level of digits in the sound where no telephone-event was agreed, dB re full scale; undefined: never so. */
  readonly inBandDigitDbfs: number | undefined;
  /** Comfort noise instead of silence. */
  readonly hasSilenceSuppression: boolean;
  /** While locked, in safe mode, or before a PIN registration only emergency numbers can be dialled. */
  readonly outgoing: "all" | "emergency-only";
  /** Emergency numbers where the plan says nothing else. */
  readonly emergencyNumbers: readonly string[];
  readonly callsPerLine: number;
  /** From dial tone to the first digit. */
  readonly firstDigitMs: number;
  /** Between digits where no rule says how long. */
  readonly interDigitMs: number;
}

const off: Preference = { isOn: false, isLocked: false };

/** What holds where the configuration says nothing (reference 2.3, architecture section 7). */
export const defaultCallSettings: CallSettings = {
  protocol: "sip",
  lines: [],
  keys: [],
  dialPlan: emptyPlan,
  preferences: {
    doNotDisturb: off,
    callWaiting: { isOn: true, isLocked: false },
    anonymousCallBlock: off,
    callerIdBlocking: off,
    callHoldRingback: off,
  },
  autoAnswerLines: [],
  canCallerAutoAnswer: false,
  hasAutocomplete: true,
  hasStutterTone: false,
  messagesTarget: "",
  isTransferOnHook: false,
  isSemiAttendedTransfer: true,
  isConferenceJoined: true,
  canForward: true,
  forwardTo: undefined,
  phoneLabel: "",
  dateFormat: "M/D/Y",
  is24Hour: true,
  inBandDigitDbfs: undefined,
  hasSilenceSuppression: false,
  outgoing: "all",
  emergencyNumbers: ["911", "112", "999", "110", "000"],
  callsPerLine: 4,
  firstDigitMs: 15_000,
  interDigitMs: 10_000,
};
