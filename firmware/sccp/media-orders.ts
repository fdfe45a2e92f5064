// Media orders of a server: channels to open and streams to send (sccp reference 3.7, 5.11).
import type { SrtpKey } from "#hal/contract/media.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { ServerChannel, ServerOrder } from "./notices.ts";
import { formatOf, telephoneEventOf } from "./payloads.ts";

/** What every channel description has, whatever the message. */
interface ChannelMessage {
  readonly conference: number;
  readonly partyId: number;
  readonly callRef: number;
  readonly packetMs: number;
  readonly payload: number;
}

/** Encryption block; algorithm numbers in reference 4.14. */
interface KeyBlock {
  readonly algorithm: number;
  readonly keyLength: number;
  readonly saltLength: number;
  readonly key: readonly number[];
  readonly salt: readonly number[];
}

const suites: Readonly<Record<number, string>> = {
  1: "AES_CM_128_HMAC_SHA1_32",
  2: "AES_CM_128_HMAC_SHA1_80",
  5: "AEAD_AES_128_GCM",
  6: "AEAD_AES_256_GCM",
};

/** Address family words (1.5): 0 IPv4, 1 IPv6, 2 either. */
const ip6Family = 1;

/** Packet times a server may ask for; anything else is taken as the usual 20 ms. */
const packetTimesMs: readonly number[] = [10, 20, 30, 40, 50, 60];

/** `encodings`: those the phone can play. Undefined when the message is about something else. */
export function mediaOrders(
  message: ServerMessage,
  encodings: readonly string[],
): readonly ServerOrder[] | undefined {
  switch (message.kind) {
    case "openReceiveChannel":
      return [
        {
          kind: "open-receive",
          channel: { ...channelOf(message, message.telephoneEvent, encodings), ...keyOf(message) },
          isIp6Wanted: message.requestedFamily === ip6Family,
        },
      ];
    case "closeReceiveChannel":
      return [{ kind: "close-receive", party: message.partyId, at: { line: 0, ref: message.callRef } }];
    case "startMediaTransmission":
      return [
        {
          kind: "start-send",
          channel: { ...channelOf(message, message.telephoneEvent, encodings), ...keyOf(message) },
          remote: { address: message.address, port: message.port & 0xffff },
          tos: message.precedence & 0xff,
          hasSilenceSuppression: message.silenceSuppression === 1,
        },
      ];
    case "stopMediaTransmission":
      return [{ kind: "stop-send", party: message.partyId, at: { line: 0, ref: message.callRef } }];
    case "startMulticastMediaReception":
      return [
        {
          kind: "open-multicast",
          channel: channelOf(message, 0, encodings),
          group: { address: message.address, port: message.port & 0xffff },
        },
      ];
    case "startMulticastMediaTransmission":
      return [
        {
          kind: "start-send",
          channel: channelOf(message, 0, encodings),
          remote: { address: message.address, port: message.port & 0xffff },
          tos: message.precedence & 0xff,
          hasSilenceSuppression: message.silenceSuppression === 1,
        },
      ];
    case "stopMulticastMediaTransmission":
      return [{ kind: "stop-send", party: message.partyId, at: { line: 0, ref: message.callRef } }];
    case "stopMulticastMediaReception":
      return [{ kind: "close-multicast", party: message.partyId, at: { line: 0, ref: message.callRef } }];
    case "connectionStatisticsReq":
      return [
        {
          kind: "statistics-request",
          number: message.number,
          ref: message.callRef,
          isClearing: message.mode === 0,
        },
      ];
    default:
      return undefined;
  }
}

function channelOf(
  message: ChannelMessage,
  eventPayloadType: number,
  encodings: readonly string[],
): ServerChannel {
  return {
    party: message.partyId,
    conference: message.conference,
    at: { line: 0, ref: message.callRef },
    format: formatOf(message.payload, encodings),
    packetMs: packetTimesMs.includes(message.packetMs) ? message.packetMs : 20,
    telephoneEvent: telephoneEventOf(eventPayloadType),
  };
}

function keyOf(block: KeyBlock): { readonly key?: SrtpKey } {
  const suite = suites[block.algorithm];
  if (suite === undefined) return {};
  const key = [...block.key.slice(0, block.keyLength), ...block.salt.slice(0, block.saltLength)];
  return { key: { suite, key: Uint8Array.from(key) } };
}
