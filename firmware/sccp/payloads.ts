// Payload ids of SCCP and the RTP formats they stand for (sccp reference 4.1).
import type { PayloadFormat } from "#hal/contract/media.ts";

/** Telephone events get this RTP payload type unless the server names another. */
export const usualEventPayloadType = 101;

const formats: Readonly<Record<number, PayloadFormat>> = {
  2: { payloadType: 8, encoding: "PCMA", clockRateHz: 8000 },
  4: { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 },
  6: { payloadType: 9, encoding: "G722", clockRateHz: 8000 },
  11: { payloadType: 18, encoding: "G729", clockRateHz: 8000 },
  12: { payloadType: 18, encoding: "G729", clockRateHz: 8000 },
  15: { payloadType: 18, encoding: "G729", clockRateHz: 8000 },
  16: { payloadType: 18, encoding: "G729", clockRateHz: 8000 },
};

/** The RTP format of a payload id, if this phone can play it. */
export function formatOf(payload: number, encodings: readonly string[]): PayloadFormat | undefined {
  const format = formats[payload];
  return format !== undefined && encodings.includes(format.encoding) ? format : undefined;
}

/** Payload ids for the encodings this phone has, in the order a 7960 told them, with the greatest packet time in ms. */
export function capabilitiesOf(
  encodings: readonly string[],
): readonly { readonly payload: number; readonly maxPacketMs: number }[] {
  const all = [
    { payload: 6, encoding: "G722", maxPacketMs: 40 },
    { payload: 4, encoding: "PCMU", maxPacketMs: 40 },
    { payload: 2, encoding: "PCMA", maxPacketMs: 40 },
    { payload: 11, encoding: "G729", maxPacketMs: 60 },
    { payload: 12, encoding: "G729", maxPacketMs: 60 },
    { payload: 15, encoding: "G729", maxPacketMs: 60 },
    { payload: 16, encoding: "G729", maxPacketMs: 60 },
  ];
  const known = all.filter(({ encoding }) => encodings.includes(encoding));
  return [
    ...known.map(({ payload, maxPacketMs }) => ({ payload, maxPacketMs })),
    { payload: 257, maxPacketMs: 4 },
  ];
}

/** RFC 4733 events; `payloadType` 0 means that the server wants none. */
export function telephoneEventOf(payloadType: number): PayloadFormat | undefined {
  if (payloadType < 96 || payloadType > 127) return undefined;
  return { payloadType, encoding: "telephone-event", clockRateHz: 8000 };
}
