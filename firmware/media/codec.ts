// Sound formats: which encodings there are, and how samples become payload and back.
// To add one: an entry of `audioCodecs`. A codec with memory (G.722) makes it in `encoder` and `decoder`.
import type { PayloadFormat } from "#hal/contract/media.ts";
import { aLaw, type CompandingLaw, muLaw } from "./g711.ts";

/** One way to put sound into packets. */
export interface AudioCodec {
  /** As in SDP (RFC 3551 §6); compared without regard to case. */
  readonly encoding: string;
  /** Rate of the RTP timestamps; for G722 this is half the sample rate (RFC 3551 §4.5.2). */
  readonly clockRateHz: number;
  readonly sampleRateHz: number;
  encoder(): (samples: Int16Array) => Uint8Array;
  decoder(): (payload: Uint8Array) => Int16Array;
  /** How many samples a payload holds. */
  samplesIn(payload: Uint8Array): number;
}

const companded = (encoding: string, law: CompandingLaw): AudioCodec => ({
  encoding,
  clockRateHz: 8000,
  sampleRateHz: 8000,
  encoder: () => law.encode,
  decoder: () => law.decode,
  samplesIn: (payload) => payload.length,
});

/** What is built in. */
const audioCodecs: readonly AudioCodec[] = [companded("PCMU", muLaw), companded("PCMA", aLaw)];

/** What a negotiated payload type means here. */
export type Meaning =
  | { readonly kind: "sound"; readonly codec: AudioCodec; readonly clockRateHz: number }
  | { readonly kind: "digits"; readonly clockRateHz: number }
  | { readonly kind: "noise"; readonly clockRateHz: number };

/** As what a format can be used with sound at `sampleRateHz`; undefined: not at all. */
export function meaningOf(format: PayloadFormat, sampleRateHz: number): Meaning | undefined {
  const encoding = format.encoding.toUpperCase();
  const { clockRateHz } = format;
  if (encoding === "TELEPHONE-EVENT") return { kind: "digits", clockRateHz };
  if (encoding === "CN") return { kind: "noise", clockRateHz };
  const codec = audioCodecs.find(
    (item) =>
      item.encoding === encoding && item.clockRateHz === clockRateHz && item.sampleRateHz === sampleRateHz,
  );
  return codec === undefined ? undefined : { kind: "sound", codec, clockRateHz };
}
