// How a call manager of the lab behaves: two servers as they were captured, and every quirk as a switch of its own.
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import type { OrderKind } from "./order.ts";
import { chanSccpKeys, chanSkinnyKeys, type SoftkeyTables } from "./softkeys.ts";

export interface CallManagerPlay {
  /** Whose order of messages is played. */
  readonly ladder: "chan_skinny" | "chan-sccp";
  readonly keepAliveSec: number;
  readonly standbyKeepAliveSec: number;
  readonly dateTemplate: string;
  /** Highest version spoken. */
  readonly newestVersion: number;
  /** The version byte of RegisterAck: a meaningless 0x30, the negotiated one, or a body that ends before it. */
  readonly versionByte: "0x30" | "negotiated" | "absent";
  /** The header word: 0, or the negotiated version as chan-sccp writes it from version 10 on. */
  readonly headerVersion: "zero" | "negotiated";
  /** Dynamic prompts and CallInfo from this negotiated version on. */
  readonly dynamicFrom: number;
  /** Dynamic LineStat, FeatureStat and busy-lamp buttons from this version on. */
  readonly dynamicAnswersFrom: number;
  /** Strings in a dynamic CallInfo of version 16 and later. */
  readonly callInfoTexts: number;
  /** Phone messages that get no answer. */
  readonly silentTo: readonly PhoneMessage["kind"][];
  /** Message lamps before RegisterAck. */
  readonly hasLampsFirst: boolean;
  readonly unregister: "close" | "ack" | "refuse";
  /** What a token request gets. */
  readonly token: "ack" | "silence" | { readonly rejectSec: number };
  /** Refuses every registration with this text. */
  readonly rejectText: string | undefined;
  /** An unknown device is told this; the connection stays open for the phone to close. */
  readonly unknownText: string;
  readonly softkeys: SoftkeyTables;
  /** Mask words have one bit per slot; otherwise all bits. */
  readonly hasSlotMasks: boolean;
  /** Body sizes that differ from the layout's own. */
  readonly bodyLengths: Partial<Record<OrderKind, number>>;
  /** ConnectionStatisticsReq after each call. */
  readonly asksStatistics: boolean;
  /** RFC 2833 payload type in media messages; 0: none. */
  readonly telephoneEvent: number;
  /** The TOS byte of media. */
  readonly precedence: number;
  /** callRef in media messages, or zero as chan_skinny leaves it. */
  readonly hasMediaRefs: boolean;
}

/** Asterisk 16's chan_skinny (reference 6.1). */
export const chanSkinny: CallManagerPlay = {
  ladder: "chan_skinny",
  keepAliveSec: 30,
  standbyKeepAliveSec: 30,
  dateTemplate: "D/M/YA",
  newestVersion: 22,
  versionByte: "0x30",
  headerVersion: "zero",
  dynamicFrom: 17,
  dynamicAnswersFrom: 99,
  callInfoTexts: 13,
  silentTo: ["forwardStatReq", "configStatReq", "featureStatReq"],
  hasLampsFirst: true,
  unregister: "close",
  token: "silence",
  rejectText: undefined,
  unknownText: "No Authority: ",
  softkeys: chanSkinnyKeys,
  hasSlotMasks: true,
  bodyLengths: {
    setRinger: 20,
    clearDisplay: 4,
    registerReject: 33,
    openReceiveChannel: 168,
    stopMediaTransmission: 20,
    softKeySetRes: 784,
    displayPromptStatus: 56,
  },
  asksStatistics: false,
  telephoneEvent: 0,
  precedence: 127,
  hasMediaRefs: false,
};

/** chan-sccp as recorded (reference 6.2). */
export const chanSccp: CallManagerPlay = {
  ladder: "chan-sccp",
  keepAliveSec: 26,
  standbyKeepAliveSec: 26,
  dateTemplate: "D.M.Y",
  newestVersion: 22,
  versionByte: "negotiated",
  headerVersion: "negotiated",
  dynamicFrom: 8,
  dynamicAnswersFrom: 17,
  callInfoTexts: 15,
  silentTo: ["serviceUrlStatReq"],
  hasLampsFirst: false,
  unregister: "ack",
  token: "ack",
  rejectText: undefined,
  unknownText: "Device Unknown",
  softkeys: chanSccpKeys,
  hasSlotMasks: false,
  bodyLengths: { forwardStatRes: 96, dialedNumber: 36, serverRes: 360, buttonTemplateRes: 124 },
  asksStatistics: true,
  telephoneEvent: 101,
  precedence: 0xb8,
  hasMediaRefs: true,
};
