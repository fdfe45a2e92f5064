// Payload formats in SDP: what this phone offers, and what a peer's m= line means (RFC 3551 §6, RFC 4733, RFC 8866 §6.6).
import type { PayloadFormat } from "#hal/contract/media.ts";
import type { Attribute, MediaDescription } from "./sdp.ts";
import type { OfferedCodec } from "./settings.ts";

/** Clock rates as in SDP: G.722 says 8000 (RFC 3551 §4.5.2), Opus 48000 with two channels (RFC 7587 §7). */
const codecs: Readonly<Record<OfferedCodec, { type: number; clockRateHz: number; rtpmap: string }>> = {
  PCMU: { type: 0, clockRateHz: 8000, rtpmap: "PCMU/8000" },
  PCMA: { type: 8, clockRateHz: 8000, rtpmap: "PCMA/8000" },
  G722: { type: 9, clockRateHz: 8000, rtpmap: "G722/8000" },
  G729: { type: 18, clockRateHz: 8000, rtpmap: "G729/8000" },
  opus: { type: 107, clockRateHz: 48_000, rtpmap: "opus/48000/2" },
};

const comfortNoise: PayloadFormat = { payloadType: 13, encoding: "CN", clockRateHz: 8000 };
export const telephoneEvent = "telephone-event";

/** The formats of an offer of ours, with their attributes. */
export interface OfferedFormats {
  readonly formats: readonly PayloadFormat[];
  readonly attributes: readonly Attribute[];
}

export interface FormatSettings {
  readonly codecs: readonly OfferedCodec[];
  /** Undefined: telephone events are not offered. */
  readonly eventPayloadType: number | undefined;
  readonly hasSilenceSuppression: boolean;
}

/** Preferred codec first, then the others, then comfort noise and telephone events. */
export function offeredFormats(settings: FormatSettings): OfferedFormats {
  const formats = settings.codecs.map((encoding): PayloadFormat => {
    const { type, clockRateHz } = codecs[encoding];
    return { payloadType: type, encoding, clockRateHz };
  });
  if (settings.hasSilenceSuppression) formats.push(comfortNoise);
  if (settings.eventPayloadType !== undefined)
    formats.push({ payloadType: settings.eventPayloadType, encoding: telephoneEvent, clockRateHz: 8000 });
  return {
    formats,
    attributes: formats.flatMap((format) => attributesOf(format, settings.hasSilenceSuppression)),
  };
}

/** `rtpmap` and `fmtp` of one format. */
export function attributesOf(format: PayloadFormat, hasSilenceSuppression: boolean): readonly Attribute[] {
  const { payloadType, encoding, clockRateHz } = format;
  const known = codecs[encoding as OfferedCodec] as (typeof codecs)["PCMU"] | undefined; // undefined for the others
  const map: Attribute = {
    name: "rtpmap",
    value: `${payloadType} ${known?.rtpmap ?? `${encoding}/${clockRateHz}`}`,
  };
  const parameters = (value: string): Attribute => ({ name: "fmtp", value: `${payloadType} ${value}` });
  if (encoding === telephoneEvent) return [map, parameters("0-15")];
  if (encoding === "G729" && !hasSilenceSuppression) return [map, parameters("annexb=no")];
  return [map];
}

/** Formats of a peer's audio line that mean something, in its order and with its numbers. */
export function formatsOf(media: MediaDescription): readonly PayloadFormat[] {
  const maps = new Map<number, { encoding: string; clockRateHz: number }>();
  for (const { name, value } of media.attributes) {
    const match = name === "rtpmap" ? /^(\d{1,3})\s+([^/\s]+)\/(\d+)/.exec(value ?? "") : null;
    if (match !== null)
      maps.set(Number(match[1]), { encoding: match[2] ?? "", clockRateHz: Number(match[3]) });
  }
  const found: PayloadFormat[] = [];
  for (const text of media.formats) {
    const payloadType = /^\d{1,3}$/.test(text) ? Number(text) : 128;
    if (payloadType > 127 || found.some((format) => format.payloadType === payloadType)) continue;
    const meaning = maps.get(payloadType) ?? staticMeaning(payloadType);
    if (meaning !== undefined) found.push({ payloadType, ...meaning });
  }
  return found;
}

function staticMeaning(payloadType: number): { encoding: string; clockRateHz: number } | undefined {
  // 19 is reserved because early drafts and old gateways used it for comfort noise.
  if (payloadType === 13 || payloadType === 19) return { encoding: "CN", clockRateHz: 8000 };
  for (const [encoding, { type, clockRateHz }] of Object.entries(codecs))
    if (type === payloadType && payloadType < 96) return { encoding, clockRateHz };
  return undefined;
}

/** Same codec: names without case. */
export function isSameFormat(a: PayloadFormat, b: PayloadFormat): boolean {
  return a.encoding.toLowerCase() === b.encoding.toLowerCase() && a.clockRateHz === b.clockRateHz;
}
