// What a server sends, by negotiated protocol version (sccp reference 2.2, 3). The version comes from the negotiation,
// never from the header word: chan_skinny sends version 17 layouts under header 0.
import { rest } from "#firmware/wire/bytes.ts";
import { struct, union } from "#firmware/wire/structures.ts";
import { callInfo, callInfoV2 } from "./call-info.ts";
import { byte, half, num, numOr, repeated, str, string, strings, userText } from "./fields.ts";
import * as media from "./media-messages.ts";

const lineAndCall = { line: num, callRef: num };

/** A button of the template; type 0x00 and 0xFF are empty places (4.4). */
export const button = struct({ instance: byte, type: byte });
/** A soft key: label (text or display codes) and the event to send back. */
export const softKey = struct({ label: str(16), event: num });
/** A soft-key set: 1-based template indexes (0 = blank place) and help text indexes. */
export const softKeySet = struct({ templateIndexes: repeated(byte, 16), infoIndexes: repeated(half, 16) });

/** Where in the whole a message stands that may come in several parts. */
const portion = { offset: num, count: num, total: num };

const userData = { application: num, line: num, callRef: num, transaction: num };

/** Layouts of one protocol version, 3 to 22. */
export function serverMessages(version: number) {
  const number = version >= 18 ? str(25) : str(24);
  return union(
    {
      registerAck: [
        0x0081,
        struct({
          keepAliveSec: num,
          /** `D`, `M`, `Y` and separators; a trailing A means a 12-hour clock. Six bytes, perhaps without a NUL. */
          dateTemplate: str(6),
          padding: half,
          /** 0: as keepAliveSec (CallManager 2.x ends before it). */
          standbyKeepAliveSec: num,
          /** 0x30 from chan_skinny means nothing (1.3). */
          protocolVersion: byte,
          feature1: byte,
          feature2: byte,
          feature3: byte,
        }),
      ],
      startTone: [0x0082, struct({ tone: num, direction: num, ...lineAndCall })],
      stopTone: [0x0083, struct({ ...lineAndCall, tone: num })],
      setRinger: [0x0085, struct({ mode: num, duration: numOr(1), ...lineAndCall })],
      setLamp: [0x0086, struct({ stimulus: num, instance: num, mode: num })],
      setHookFlashDetect: [0x0087, struct({})],
      /** 1 on, 2 off. */
      setSpeakerMode: [0x0088, struct({ mode: num })],
      setMicroMode: [0x0089, struct({ mode: num })],
      startMediaTransmission: [0x008a, media.startMediaTransmission(version)],
      stopMediaTransmission: [0x008b, media.stopMedia],
      startMediaReception: [0x008c, media.startMediaReception],
      stopMediaReception: [0x008d, struct({})],
      callInfo: [0x008f, callInfo],
      forwardStatRes: [
        0x0090,
        struct({
          active: num,
          line: num,
          all: num,
          allNumber: number,
          busy: num,
          busyNumber: number,
          noAnswer: num,
          noAnswerNumber: number,
        }),
      ],
      speedDialStatRes: [0x0091, struct({ instance: num, number: str(24), label: str(40) })],
      lineStatRes: [
        0x0092,
        struct({ line: num, number: str(24), name: str(40), label: str(40), displayOptions: num }),
      ],
      configStatRes: [
        0x0093,
        struct({
          deviceName: str(16),
          user: num,
          instance: num,
          userName: str(40),
          serverName: str(40),
          lines: num,
          speedDials: num,
        }),
      ],
      timeDateRes: [
        0x0094,
        struct({
          year: num,
          month: num,
          /** 0 is Sunday. */
          weekday: num,
          day: num,
          hour: num,
          minute: num,
          second: num,
          millisecond: num,
          /** UTC, seconds since 1970. */
          unixSec: num,
        }),
      ],
      buttonTemplateRes: [0x0097, struct({ ...portion, buttons: repeated(button, 2048) })],
      versionRes: [0x0098, struct({ load: str(16) })],
      displayText: [0x0099, struct({ text: str(40) })],
      clearDisplay: [0x009a, struct({})],
      capabilitiesReq: [0x009b, struct({})],
      registerReject: [0x009d, struct({ text: str(36) })],
      serverRes: [
        0x009e,
        struct({
          names: repeated(str(48), 5),
          ports: repeated(num, 5),
          /** Five IPv4 addresses, or from version 17 and 360 bytes on five unions; see `serverAddresses`. */
          addresses: rest,
        }),
      ],
      /** 1 reset, 2 restart, 3 apply configuration. */
      reset: [0x009f, struct({ type: num })],
      keepAliveAck: [0x0100, struct({})],
      startMulticastMediaReception: [0x0101, media.startMulticastReception(version)],
      startMulticastMediaTransmission: [0x0102, media.startMulticastTransmission(version)],
      stopMulticastMediaReception: [0x0103, media.stopMulticast],
      stopMulticastMediaTransmission: [0x0104, media.stopMulticast],
      openReceiveChannel: [0x0105, media.openReceiveChannel(version)],
      closeReceiveChannel: [0x0106, media.stopMedia],
      connectionStatisticsReq: [
        0x0107,
        struct({ number: str(version >= 18 ? 28 : 24), callRef: num, mode: num }),
      ],
      softKeyTemplateRes: [0x0108, struct({ ...portion, keys: repeated(softKey, 256) })],
      softKeySetRes: [0x0109, struct({ ...portion, sets: repeated(softKeySet, 16) })],
      selectSoftKeys: [0x0110, struct({ ...lineAndCall, set: num, mask: numOr(0xffffffff) })],
      callState: [
        0x0111,
        struct({ state: num, ...lineAndCall, privacy: num, precedenceLevel: num, precedenceDomain: num }),
      ],
      displayPromptStatus: [0x0112, struct({ timeoutSec: num, text: str(32), ...lineAndCall })],
      clearPromptStatus: [0x0113, struct(lineAndCall)],
      displayNotify: [0x0114, struct({ timeoutSec: num, text: str(100) })],
      clearNotify: [0x0115, struct({})],
      activateCallPlane: [0x0116, struct({ line: num })],
      deactivateCallPlane: [0x0117, struct({})],
      /** 0 done, 1 error, 2 refused because a call is active. */
      unregisterAck: [0x0118, struct({ status: num })],
      backSpaceRes: [0x0119, struct(lineAndCall)],
      registerTokenAck: [0x011a, struct({})],
      registerTokenReject: [0x011b, struct({ waitSec: num })],
      startMediaFailureDetection: [0x011c, media.startMediaFailureDetection(version)],
      dialedNumber: [0x011d, struct({ number, ...lineAndCall })],
      userToDeviceData: [0x011e, struct({ ...userData, dataLength: num, data: userText })],
      featureStatRes: [0x011f, struct({ index: num, feature: num, label: str(40), status: num })],
      displayPriNotify: [0x0120, struct({ timeoutSec: num, priority: num, text: str(32) })],
      clearPriNotify: [0x0121, struct({ priority: num })],
      notifyDtmfTone: [0x0127, struct({ tone: num, conference: num, partyId: num })],
      sendDtmfTone: [0x0128, struct({ tone: num, conference: num, partyId: num })],
      serviceUrlStatRes: [0x012f, struct({ index: num, url: str(256), label: str(40) })],
      callSelectStatRes: [0x0130, struct({ isSelected: num, callRef: num, line: num })],
      userToDeviceDataV1: [
        0x013f,
        struct({
          ...userData,
          dataLength: num,
          /** 0 first, 1 more, 2 last. */
          sequence: num,
          displayPriority: num,
          conference: num,
          applicationInstance: num,
          routing: num,
          data: userText,
        }),
      ],
      configStatV2Res: [
        0x0142,
        struct({
          deviceName: str(16),
          user: num,
          instance: num,
          lines: num,
          speedDials: num,
          names: strings(2),
        }),
      ],
      displayNotifyV2: [0x0143, struct({ timeoutSec: num, text: string })],
      displayPriNotifyV2: [0x0144, struct({ timeoutSec: num, priority: num, text: string })],
      displayPromptStatusV2: [0x0145, struct({ timeoutSec: num, ...lineAndCall, text: string })],
      featureStatV2Res: [0x0146, struct({ index: num, feature: num, status: num, label: string })],
      /** Number, name, label. */
      lineStatV2Res: [0x0147, struct({ line: num, displayOptions: num, texts: strings(3) })],
      /** URL, label. */
      serviceUrlStatV2Res: [0x0148, struct({ index: num, texts: strings(2) })],
      /** Number, label. */
      speedDialStatV2Res: [0x0149, struct({ instance: num, texts: strings(2) })],
      callInfoV2: [0x014a, callInfoV2],
      portReq: [0x014b, media.portRequest(version)],
      portClose: [0x014c, media.portClose],
      subscriptionStatRes: [0x0152, struct({ transaction: num, feature: num, timerSec: num, cause: num })],
      notification: [0x0153, struct({ transaction: num, feature: num, status: num, text: string })],
      callHistoryInfo: [0x0156, struct({ disposition: num, ...lineAndCall })],
      recordingStatus: [0x0160, struct({ callRef: num, status: num })],
    },
    { isTolerant: true },
  );
}

/** Addresses of a ServerRes: unions only from version 17 on and in a body of 360 bytes (reference 3.2). */
export function serverAddresses(version: number, addresses: Uint8Array): readonly string[] {
  const isUnion = version >= 17 && addresses.length >= 100;
  const size = isUnion ? 20 : 4;
  const found: string[] = [];
  for (let at = 0; found.length < 5 && at + size <= addresses.length; at += size) {
    const start = at + (isUnion ? 4 : 0);
    found.push(addresses.subarray(start, start + 4).join("."));
  }
  return found;
}

export type ServerUnion = ReturnType<typeof serverMessages>;
/** Any message a server sends. */
export type ServerMessage = ReturnType<ServerUnion["decode"]>;
