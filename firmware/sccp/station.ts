// What a person does and what the phone answers, as messages to the server (sccp reference 3.3, 3.7).
import type { ChannelFailure, StationIntent } from "#firmware/call/intents.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";

/** Keypad ids: digits are themselves, then 14 and 15 (4.5). */
const keypadIds: Readonly<Record<DigitKey, number>> = {
  "0": 0,
  "1": 1,
  "2": 2,
  "3": 3,
  "4": 4,
  "5": 5,
  "6": 6,
  "7": 7,
  "8": 8,
  "9": 9,
  "*": 14,
  "#": 15,
};

/** Media status in acknowledgements (4.12). */
const failures: Readonly<Record<ChannelFailure, number>> = {
  "unknown-codec": 6,
  "out-of-sockets": 8,
  "address-family": 11,
  failed: 1,
};

const lineAndCall = ({ at }: { readonly at: { readonly line: number; readonly ref: number } }) => ({
  line: at.line,
  callRef: at.ref,
});

/** Phones of that version and newer answer StartMediaTransmission; a 7960 does not (3.7). */
const answersStart = 17;

/** `address` is the phone's own, as the server reaches it. Undefined: phones of this version do not say it. */
export function stationMessage(
  intent: StationIntent,
  address: string,
  version: number,
): PhoneMessage | undefined {
  switch (intent.kind) {
    case "off-hook":
      return { kind: "offHook", ...lineAndCall(intent) };
    case "on-hook":
      return { kind: "onHook", ...lineAndCall(intent) };
    case "flash":
      return { kind: "hookFlash", ...lineAndCall(intent) };
    case "digit":
      return { kind: "keypadButton", key: keypadIds[intent.digit], ...lineAndCall(intent) };
    case "softkey":
      return { kind: "softKeyEvent", event: intent.event, ...lineAndCall(intent) };
    case "stimulus":
      return {
        kind: "stimulus",
        stimulus: intent.stimulus,
        instance: intent.instance,
        callRef: intent.at.ref,
        status: 0,
      };
    case "dial":
      return { kind: "enblocCall", number: intent.number, line: intent.at.line };
    case "headset":
      return { kind: "headsetStatus", mode: intent.isOn ? 1 : 2 };
    case "receive-opened":
      return channelAck(0, address, intent.rtpPort, intent);
    case "receive-failed":
      return channelAck(failures[intent.failure], "0.0.0.0", 0, intent);
    case "send-started":
      if (version < answersStart) return undefined;
      return {
        kind: "startMediaTransmissionAck",
        conference: 0,
        partyId: intent.party,
        callRef: intent.at.ref,
        address,
        port: intent.rtpPort,
        status: 0,
      };
    case "send-failed":
      return {
        kind: "mediaTransmissionFailure",
        conference: 0,
        partyId: intent.party,
        address,
        port: 0,
        callRef: intent.at.ref,
      };
    case "multicast-answered":
      return {
        kind: "multicastMediaReceptionAck",
        status: intent.isOk ? 0 : 1,
        partyId: intent.party,
        callRef: intent.at.ref,
      };
    case "statistics":
      return statisticsMessage(intent);
  }
}

function channelAck(
  status: number,
  address: string,
  port: number,
  intent: { readonly party: number; readonly at: { readonly ref: number } },
): PhoneMessage {
  return {
    kind: "openReceiveChannelAck",
    status,
    address,
    port,
    partyId: intent.party,
    callRef: intent.at.ref,
  };
}

function statisticsMessage(intent: Extract<StationIntent, { readonly kind: "statistics" }>): PhoneMessage {
  const figures = intent.statistics;
  return {
    kind: "connectionStatisticsRes",
    number: intent.number,
    callRef: intent.ref,
    mode: intent.isClearing ? 0 : 1,
    sentPackets: figures?.sentPackets ?? 0,
    sentOctets: figures?.sentOctets ?? 0,
    receivedPackets: figures?.receivedPackets ?? 0,
    receivedOctets: figures?.receivedOctets ?? 0,
    lostPackets: figures?.lostPackets ?? 0,
    // SCCP wants milliseconds; timestamp units of telephony codecs are eighths of one.
    jitterMs: Math.round((figures?.jitterUnits ?? 0) / 8),
    latencyMs: Math.round((figures?.roundTripMs ?? 0) / 2),
    qualityLength: 0,
  };
}
