// Media orders of the server (sccp reference 3.7, 3.9): the same meaning at every version, in layouts that grew.
import { struct } from "#firmware/wire/structures.ts";
import { address, address4, byte, half, num, repeated, since } from "./fields.ts";

/** Codec parameters: a G.723 rate below version 11, four bytes from there on. */
const codec = { mode: byte, dynamicPayload: byte, param1: byte, param2: byte };

const noBytes: readonly number[] = [];

/** Encryption block: algorithm 0 is none (4.14). */
const encryption = (version: number) => ({
  algorithm: since(version, 5, num, 0),
  keyLength: since(version, 5, half, 0),
  saltLength: since(version, 5, half, 0),
  key: since(version, 5, repeated(byte, 16), noBytes),
  salt: since(version, 5, repeated(byte, 16), noBytes),
  hasMki: since(version, 11, num, 0),
  keyDerivationRate: since(version, 11, num, 0),
});

const streams = (version: number) => ({
  streamId: since(version, 11, num, 0),
  associatedStreamId: since(version, 11, num, 0),
  /** RTP payload type for RFC 2833 events; 0: none. */
  telephoneEvent: since(version, 11, num, 0),
  dtmfType: since(version, 11, num, 0),
  mixingMode: since(version, 11, num, 0),
  partyDirection: since(version, 15, num, 0),
});

export const openReceiveChannel = (version: number) =>
  struct({
    conference: num,
    partyId: num,
    packetMs: num,
    payload: num,
    echoCancellation: num,
    ...codec,
    callRef: since(version, 5, num, 0),
    ...encryption(version),
    ...streams(version),
    /** Where the stream will come from; zeros when the server does not say. */
    sourceAddress: since(version, 15, address(version), "0.0.0.0"),
    sourcePort: since(version, 15, num, 0),
    requestedFamily: since(version, 17, num, 0),
    audioLevelAdjustment: since(version, 22, num, 0),
  });

export const startMediaTransmission = (version: number) =>
  struct({
    conference: num,
    partyId: num,
    address: address(version),
    port: num,
    packetMs: num,
    payload: num,
    /** The whole TOS byte. */
    precedence: num,
    silenceSuppression: num,
    maxFramesPerPacket: half,
    padding: half,
    ...codec,
    callRef: since(version, 5, num, 0),
    ...encryption(version),
    ...streams(version),
  });

/** Closing either way; `portHandling` 1 keeps the port. */
export const stopMedia = struct({ conference: num, partyId: num, callRef: num, portHandling: num });

export const startMulticastReception = (version: number) =>
  struct({
    conference: num,
    partyId: num,
    address: address(version),
    port: num,
    packetMs: num,
    payload: num,
    echoCancellation: num,
    ...codec,
    callRef: num,
  });

export const startMulticastTransmission = (version: number) =>
  struct({
    conference: num,
    partyId: num,
    address: address(version),
    port: num,
    packetMs: num,
    payload: num,
    precedence: num,
    silenceSuppression: num,
    maxFramesPerPacket: half,
    padding: half,
    ...codec,
    callRef: num,
  });

export const stopMulticast = struct({ conference: num, partyId: num, callRef: num });

export const startMediaFailureDetection = (version: number) =>
  struct({
    conference: num,
    partyId: num,
    packetMs: num,
    payload: num,
    echoCancellation: num,
    ...codec,
    callRef: since(version, 5, num, 0),
  });

export const portRequest = (version: number) =>
  struct({
    conference: num,
    callRef: num,
    partyId: num,
    transport: num,
    addressFamily: since(version, 17, num, 0),
    mediaType: since(version, 17, num, 0),
  });

export const portClose = struct({ conference: num, callRef: num, partyId: num, transport: num });

/** CallManager 2.x: no party id, the port comes from the phone's IpPort message (3.10). */
export const startMediaReception = struct({ address: address4, packetMs: num, payload: num });
