// Offer and answer (RFC 3264, RFC 6337) for one audio stream: descriptions of ours, and what a peer's mean for us. Pure;
// a call keeps one `LocalDescription` and hands it back in.
import type { MediaDirection, PayloadFormat } from "#hal/contract/media.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { attributesOf, formatsOf, isSameFormat, offeredFormats, telephoneEvent } from "./formats.ts";
import type { NegotiatedMedia } from "./notices.ts";
import {
  type Attribute,
  attributeOf,
  hasAttribute,
  type MediaDescription,
  printSdp,
  type SessionDescription,
} from "./sdp.ts";
import type { SipSettings } from "./settings.ts";
import { isDotted } from "./transport/arrival.ts";

/** What a call needs to know of itself to describe itself. */
export interface LocalSide {
  readonly settings: Pick<
    SipSettings,
    "codecs" | "dtmf" | "packetMs" | "hasSilenceSuppression" | "isOldHold"
  >;
  /** Address for `c=` and `o=`: the public one. */
  readonly address: string;
  readonly rtpPort: number;
  /** The person at this phone put the call on hold. */
  readonly isHeld: boolean;
}

/** The last description of ours in a call, and its `o=` numbers. */
export interface LocalDescription {
  readonly sessionId: number;
  /** One up at each change (RFC 3264 §8). */
  readonly version: number;
  readonly body: Uint8Array | undefined;
  /** Formats the description offered or answered. */
  readonly formats: readonly PayloadFormat[];
}

/** Before anything was described. */
export function undescribed(sessionId: number): LocalDescription {
  return { sessionId, version: sessionId - 1, body: undefined, formats: [] };
}

/** Why no answer is possible, as a warn-code of RFC 3261 §20.43. */
export type Incompatibility = 300 | 304 | 305;

export type Answered =
  | {
      readonly kind: "answer";
      readonly local: LocalDescription;
      readonly media: NegotiatedMedia;
      readonly isHeldByPeer: boolean;
    }
  | { readonly kind: "incompatible"; readonly warning: Incompatibility };

export type Agreed =
  /** `isHeldByPeer` is undefined while we hold: the answer does not tell. */
  | { readonly kind: "agreed"; readonly media: NegotiatedMedia; readonly isHeldByPeer: boolean | undefined }
  /** The stream was refused, or nothing is common. */
  | { readonly kind: "refused" };

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Gives a description its `o=` line: the version goes up only if something else changed. */
function described(
  before: LocalDescription,
  address: string,
  sdp: Omit<SessionDescription, "origin">,
  formats: readonly PayloadFormat[],
): LocalDescription {
  const print = (version: number): Uint8Array =>
    printSdp({ ...sdp, origin: `Offhook ${before.sessionId} ${version} IN IP4 ${address}` });
  const { body } = before;
  if (body !== undefined && same(print(before.version), body)) return { ...before, formats };
  const version = before.version + 1;
  return { sessionId: before.sessionId, version, body: print(version), formats };
}

function audioLine(
  local: LocalSide,
  formats: readonly PayloadFormat[],
  direction: MediaDirection,
  packetMs: number,
): MediaDescription {
  const { hasSilenceSuppression } = local.settings;
  const attributes: Attribute[] = formats.flatMap((format) => attributesOf(format, hasSilenceSuppression));
  attributes.push({ name: "ptime", value: String(packetMs) }, { name: direction, value: undefined });
  return {
    media: "audio",
    port: local.rtpPort,
    protocol: "RTP/AVP",
    formats: formats.map(({ payloadType }) => String(payloadType)),
    connection: undefined,
    attributes,
  };
}

const connectionOf = (local: LocalSide) => ({
  family: "IP4",
  address: local.isHeld && local.settings.isOldHold ? "0.0.0.0" : local.address,
});

/** An offer. `present` is the direction now in use: a stream we only receive is put on hold as inactive (§8.4). */
export function makeOffer(
  local: LocalSide,
  before: LocalDescription,
  present: MediaDirection = "sendrecv",
): LocalDescription {
  const { settings } = local;
  const eventPayloadType = settings.dtmf.mode === "none" ? undefined : settings.dtmf.payloadType;
  const { formats } = offeredFormats({ ...settings, eventPayloadType });
  const isMuted = present === "recvonly" || present === "inactive";
  const direction: MediaDirection = !local.isHeld ? "sendrecv" : isMuted ? "inactive" : "sendonly";
  const media = [audioLine(local, formats, direction, settings.packetMs)];
  const sdp = { connection: connectionOf(local), times: ["0 0"], attributes: [], media };
  return described(before, local.address, sdp, formats);
}

/** What OPTIONS is answered with: every format, port 0 (RFC 3264 §9). */
export function capabilities(local: Omit<LocalSide, "rtpPort" | "isHeld">): Uint8Array {
  return makeOffer({ ...local, rtpPort: 0, isHeld: false }, undescribed(1)).body ?? new Uint8Array(0);
}

/** Direction of a peer's stream, from its side; without an attribute sendrecv. */
function directionOf(sdp: SessionDescription, media: MediaDescription): MediaDirection {
  const all: readonly MediaDirection[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
  const inMedia = all.find((name) => media.attributes.some((attribute) => attribute.name === name));
  return inMedia ?? all.find((name) => hasAttribute(sdp, media, name)) ?? "sendrecv";
}

const mirrored: Readonly<Record<MediaDirection, MediaDirection>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** Our side of a stream, given the peer's: held by us, nothing is received (RFC 6337 §5.3). */
function answerDirection(peer: MediaDirection, isHeld: boolean): MediaDirection {
  const ours = mirrored[peer];
  if (!isHeld) return ours;
  return ours === "sendrecv" || ours === "sendonly" ? "sendonly" : "inactive";
}

/** Where a peer wants its media. `c=0.0.0.0` and port 0 are nowhere (RFC 3264 §8.4). */
function remoteOf(
  sdp: SessionDescription,
  media: MediaDescription,
): { rtp: Endpoint | undefined; rtcp: Endpoint | undefined } {
  const address = (media.connection ?? sdp.connection)?.address;
  if (address === undefined || !isDotted(address) || address === "0.0.0.0" || media.port === 0)
    return { rtp: undefined, rtcp: undefined };
  const explicit = /^(\d{1,5})(?:\s+IN\s+IP4\s+(\S+))?$/.exec(attributeOf(sdp, media, "rtcp") ?? "");
  const rtcpAddress = explicit?.[2] !== undefined && isDotted(explicit[2]) ? explicit[2] : address;
  const rtcpPort = explicit === null ? media.port + 1 : Number(explicit[1]);
  return {
    rtp: { address, port: media.port },
    rtcp: rtcpPort > 65_535 ? undefined : { address: rtcpAddress, port: rtcpPort },
  };
}

const packetTimes = [10, 20, 30, 40, 60];

function packetMsOf(sdp: SessionDescription, media: MediaDescription, usual: number): number {
  const wanted = Number(attributeOf(sdp, media, "ptime") ?? "");
  return packetTimes.includes(wanted) ? wanted : usual;
}

const isSpeech = ({ encoding }: PayloadFormat): boolean => encoding !== telephoneEvent && encoding !== "CN";
const isHeldBy = (sdp: SessionDescription, media: MediaDescription, peer: MediaDirection): boolean =>
  peer === "sendonly" || peer === "inactive" || (media.connection ?? sdp.connection)?.address === "0.0.0.0";

/** The peer's formats this phone knows, in the peer's order and with its numbers. */
function common(local: LocalSide, media: MediaDescription): readonly PayloadFormat[] {
  const { dtmf } = local.settings;
  const known = offeredFormats({
    ...local.settings,
    eventPayloadType: dtmf.mode === "none" ? undefined : 101,
  }).formats;
  const comfort = (format: PayloadFormat): boolean =>
    format.encoding.toUpperCase() === "CN" && format.clockRateHz === 8000;
  return formatsOf(media).filter(
    (format) => comfort(format) || known.some((own) => isSameFormat(own, format)),
  );
}

/** Place of the first audio line that can be used, or what stands in the way. */
function usableLine(
  local: LocalSide,
  offer: SessionDescription,
): { at: number } | { warning: Incompatibility } {
  let warning: Incompatibility = 304;
  for (const [i, media] of offer.media.entries()) {
    if (media.media !== "audio" || media.port === 0 || !/^RTP\/AVPF?$/.test(media.protocol)) continue;
    if ((media.connection ?? offer.connection)?.family !== "IP4") warning = 300;
    else if (common(local, media).some(isSpeech)) return { at: i };
    else warning = 305;
  }
  return { warning };
}

/** Answers an offer: as many media lines as it has, in its order (RFC 3264 §6). */
export function makeAnswer(local: LocalSide, before: LocalDescription, offer: SessionDescription): Answered {
  const found = usableLine(local, offer);
  if ("warning" in found) return { kind: "incompatible", warning: found.warning };
  const { at } = found;
  const theirs = offer.media[at] as MediaDescription; // usableLine found it there
  const formats = common(local, theirs);
  const peer = directionOf(offer, theirs);
  const direction = answerDirection(peer, local.isHeld);
  const packetMs = packetMsOf(offer, theirs, local.settings.packetMs);
  const refused = (media: MediaDescription): MediaDescription => ({
    ...media,
    port: 0,
    connection: undefined,
    attributes: [],
    formats: media.formats.length === 0 ? ["0"] : media.formats,
  });
  const media = offer.media.map((line, i) =>
    i === at ? { ...audioLine(local, formats, direction, packetMs), protocol: line.protocol } : refused(line),
  );
  const times = offer.times.length === 0 ? ["0 0"] : offer.times;
  const description = described(
    before,
    local.address,
    { connection: connectionOf(local), times, attributes: [], media },
    formats,
  );
  return {
    kind: "answer",
    local: description,
    media: negotiated(local, offer, theirs, formats, formats, direction),
    isHeldByPeer: isHeldBy(offer, theirs, peer),
  };
}

/** Reads the answer to our offer `before`. */
export function readAnswer(local: LocalSide, before: LocalDescription, answer: SessionDescription): Agreed {
  const theirs = answer.media[0];
  if (theirs === undefined || theirs.port === 0 || theirs.media !== "audio") return { kind: "refused" };
  const formats = common(local, theirs);
  if (!formats.some(isSpeech) || (theirs.connection ?? answer.connection)?.family !== "IP4")
    return { kind: "refused" };
  const peer = directionOf(answer, theirs);
  const direction = answerDirection(peer, local.isHeld);
  const media = negotiated(local, answer, theirs, formats, before.formats, direction);
  return { kind: "agreed", media, isHeldByPeer: local.isHeld ? undefined : isHeldBy(answer, theirs, peer) };
}

function negotiated(
  local: LocalSide,
  sdp: SessionDescription,
  theirs: MediaDescription,
  send: readonly PayloadFormat[],
  receive: readonly PayloadFormat[],
  direction: MediaDirection,
): NegotiatedMedia {
  const { dtmf } = local.settings;
  const listed = send.find(({ encoding }) => encoding.toLowerCase() === telephoneEvent);
  const always: PayloadFormat = {
    payloadType: dtmf.payloadType,
    encoding: telephoneEvent,
    clockRateHz: 8000,
  };
  const { rtp, rtcp } = remoteOf(sdp, theirs);
  return {
    remote: rtp,
    remoteRtcp: rtcp,
    direction,
    send: send.find(isSpeech),
    receive,
    telephoneEvent: listed ?? (dtmf.mode === "avt_always" ? always : undefined),
    packetMs: packetMsOf(sdp, theirs, local.settings.packetMs),
  };
}
