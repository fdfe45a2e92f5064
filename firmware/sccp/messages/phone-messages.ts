// What the phone sends, by negotiated protocol version (sccp reference 2.1, 3.1–3.9). Names as in the Wireshark
// dissector. The layouts also serve the lab's call manager, which reads them.
import { struct, union } from "#firmware/wire/structures.ts";
import { address, address4, byte, counted, num, since, str, userText } from "./fields.ts";

/** Media capability: payload id (4.1), greatest packet time in ms, and eight bytes that depend on the codec. */
export const capability = struct({
  payload: num,
  maxPacketMs: num,
  param1: num,
  param2: num,
});

const lineAndCall = { line: num, callRef: num };

/** User data with its ids; the data is XML text (3.8). */
const userData = {
  application: num,
  line: num,
  callRef: num,
  transaction: num,
};

const userDataV1 = {
  ...userData,
  dataLength: num,
  /** 0 first, 1 more, 2 last. */
  sequence: num,
  displayPriority: num,
  conference: num,
  applicationInstance: num,
  routing: num,
  data: userText,
};

/** Layouts of one protocol version, 3 to 22. */
export function phoneMessages(version: number) {
  const number = version >= 18 ? str(25) : str(24);
  return union(
    {
      keepAliveReq: [0x0000, struct({})],
      registerReq: [
        0x0001,
        struct({
          /** `SEP` and twelve upper-case hex digits. */
          deviceName: str(16),
          user: num,
          instance: num,
          address: address4,
          /** 7 is a 7960, 8 a 7940 (4.11). */
          deviceType: num,
          maxStreams: num,
          activeStreams: num,
          protocolVersion: byte,
          /** Feature bytes 41–43 of the body (1.4). */
          feature1: byte,
          feature2: byte,
          feature3: byte,
          maxConferences: num,
          activeConferences: num,
          macText: str(12),
          ipv4Scope: num,
        }),
      ],
      ipPort: [0x0002, struct({ rtpPort: num })],
      keypadButton: [0x0003, struct({ key: num, ...lineAndCall })],
      enblocCall: [0x0004, struct({ number, line: since(version, 17, num, 0) })],
      stimulus: [0x0005, struct({ stimulus: num, instance: num, callRef: num, status: num })],
      offHook: [0x0006, struct(lineAndCall)],
      onHook: [0x0007, struct(lineAndCall)],
      hookFlash: [0x0008, struct(lineAndCall)],
      forwardStatReq: [0x0009, struct({ line: num })],
      speedDialStatReq: [0x000a, struct({ instance: num })],
      lineStatReq: [0x000b, struct({ line: num })],
      configStatReq: [0x000c, struct({})],
      timeDateReq: [0x000d, struct({})],
      buttonTemplateReq: [0x000e, struct({})],
      versionReq: [0x000f, struct({})],
      capabilitiesRes: [
        0x0010,
        struct({
          capabilities: counted(capability, 18, { payload: 0, maxPacketMs: 0, param1: 0, param2: 0 }),
        }),
      ],
      serverReq: [0x0012, struct({})],
      alarm: [0x0020, struct({ severity: num, text: str(80), param1: num, address: address4 })],
      multicastMediaReceptionAck: [0x0021, struct({ status: num, partyId: num, callRef: num })],
      openReceiveChannelAck: [
        0x0022,
        struct({ status: num, address: address(version), port: num, partyId: num, callRef: num }),
      ],
      connectionStatisticsRes: [0x0023, statistics(version)],
      softKeySetReq: [0x0025, struct({})],
      softKeyEvent: [0x0026, struct({ event: num, ...lineAndCall })],
      unregisterReq: [0x0027, struct({})],
      softKeyTemplateReq: [0x0028, struct({})],
      registerTokenReq: [
        0x0029,
        struct({
          deviceName: str(16),
          user: num,
          instance: num,
          address: address4,
          deviceType: num,
          /** IPv6 address and a word of no known meaning: zeros; the dissector takes a body without them for cut off. */
          ip6: str(16),
          unknown: num,
        }),
      ],
      mediaTransmissionFailure: [
        0x002a,
        struct({ conference: num, partyId: num, address: address(version), port: num, callRef: num }),
      ],
      /** 1 on, 2 off. */
      headsetStatus: [0x002b, struct({ mode: num })],
      registerAvailableLines: [0x002d, struct({ lines: num })],
      deviceToUserData: [0x002e, struct({ ...userData, dataLength: num, data: userText })],
      deviceToUserDataResponse: [0x002f, struct({ ...userData, dataLength: num, data: userText })],
      serviceUrlStatReq: [0x0033, struct({ index: num })],
      featureStatReq: [0x0034, struct({ index: num })],
      deviceToUserDataV1: [0x0041, struct(userDataV1)],
      deviceToUserDataResponseV1: [0x0042, struct(userDataV1)],
      portRes: [
        0x0045,
        struct({
          conference: num,
          callRef: num,
          partyId: num,
          address: address(version),
          port: num,
          rtcpPort: num,
          mediaType: since(version, 19, num, 0),
        }),
      ],
      startMediaTransmissionAck: [
        0x0154,
        struct({
          conference: num,
          partyId: num,
          callRef: num,
          address: address(version),
          port: num,
          status: num,
        }),
      ],
    },
    { isTolerant: true },
  );
}

function statistics(version: number) {
  return struct({
    number: str(version >= 18 ? 28 : 24),
    callRef: num,
    mode: version >= 21 ? byte : num,
    sentPackets: num,
    sentOctets: num,
    receivedPackets: num,
    receivedOctets: num,
    lostPackets: num,
    jitterMs: num,
    latencyMs: num,
    /** Length of a text on quality that we do not send; the newer forms are not whole without it. */
    qualityLength: since(version, 18, num, 0),
  });
}

export type PhoneUnion = ReturnType<typeof phoneMessages>;
/** Any message a phone sends. */
export type PhoneMessage = ReturnType<PhoneUnion["decode"]>;
