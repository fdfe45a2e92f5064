// The phone's configuration in the terms of the call control.
import { type DialPlan, emptyPlan } from "#firmware/call/dialplan/plan.ts";
import {
  type CallSettings,
  defaultCallSettings,
  type KeySettings,
  type Preference,
} from "#firmware/call/settings.ts";
import type { Lockable, PhoneConfig } from "#firmware/config/phone-config.ts";
import { inBandLevelDbfs } from "#firmware/media/dtmf.ts";

/** What the configuration does not hold. */
export interface CallSurroundings {
  readonly lineKeyCount: number;
  /** The dial template that was fetched; undefined: none. */
  readonly dialPlan: DialPlan | undefined;
}

/** Call settings of a configuration. */
export function callSettingsOf(config: PhoneConfig, around: CallSurroundings): CallSettings {
  const { features } = config;
  return {
    ...defaultCallSettings,
    protocol: config.protocol === "sccp" ? "sccp" : "sip",
    lines: config.lines.map(({ line, label }) => ({ line, label, isProvisioned: true })),
    keys: keysOf(config, around.lineKeyCount),
    dialPlan: around.dialPlan ?? emptyPlan,
    preferences: {
      doNotDisturb: preference(features.doNotDisturb),
      callWaiting: preference(features.callWaiting),
      anonymousCallBlock: preference(features.anonymousCallBlock),
      callerIdBlocking: preference(features.callerIdBlocking),
      callHoldRingback: preference(features.callHoldRingback),
    },
    autoAnswerLines: config.lines.filter(({ isAutoAnswer }) => isAutoAnswer).map(({ line }) => line),
    canCallerAutoAnswer: features.isCallerAutoAnswer,
    hasAutocomplete: features.isAutocomplete,
    hasStutterTone: features.isStutterTone,
    messagesTarget: features.messagesUri ?? "",
    isTransferOnHook: features.isTransferOnHook,
    isSemiAttendedTransfer: features.isSemiAttendedTransfer,
    isConferenceJoined: features.isConferenceJoin,
    canForward: features.isLocalForwarding,
    forwardTo: features.forwardTarget,
    phoneLabel: config.phoneLabel,
    dateFormat: config.time.dateFormat,
    is24Hour: config.time.is24Hour,
    inBandDigitDbfs: inBandDigits(config.media),
    hasSilenceSuppression: config.media.isVad,
  };
}

/** Digits in the sound where no events are agreed: `avt_always` never has them, nor a phone that is told not to. */
function inBandDigits({
  isDtmfInband,
  dtmfOutOfBand,
  dtmfDbLevel,
}: PhoneConfig["media"]): number | undefined {
  return isDtmfInband && dtmfOutOfBand !== "avt_always" ? inBandLevelDbfs(dtmfDbLevel) : undefined;
}

const preference = ({ isOn, isLocked }: Lockable): Preference => ({ isOn, isLocked });

/** What each key beside the panel is for: its line, else its speed dial, else nothing. */
function keysOf(config: PhoneConfig, count: number): readonly KeySettings[] {
  return Array.from({ length: count }, (_, index): KeySettings => {
    const key = index + 1;
    if (config.lines.some(({ line }) => line === key)) return { kind: "line", line: key };
    const dial = config.speedDials.find((speedDial) => speedDial.key === key);
    if (dial !== undefined) return { kind: "speed-dial", label: dial.label, target: dial.target };
    return { kind: "none" };
  });
}
