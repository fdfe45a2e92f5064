// G.711 µ-law and A-law (ITU-T G.711 tables 1a to 2b), between octets and 16-bit samples.
// A 16-bit sample is the standard's 14-bit (µ) or 13-bit (A) value shifted up.

/** Segment of a magnitude: how often it can be halved before only `base` bits are left. */
const segmentOf = (magnitude: number, base: number): number => Math.max(0, 32 - Math.clz32(magnitude) - base);

const muBias = 33; // table 2a: the decision values are those of a pure logarithm, less 33
const muLargest = 8159; // the virtual decision value x₁₂₉

function muLawOctet(sample: number): number {
  const magnitude = Math.min((sample < 0 ? -sample : sample) >> 2, muLargest - 1) + muBias;
  const segment = segmentOf(magnitude, 6);
  const code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0f);
  // Sent inverted, so that silence has many ones; bit 1 is the sign, 1 for positive.
  return (sample < 0 ? code : code | 0x80) ^ 0x7f;
}

function muLawSample(octet: number): number {
  const code = ~octet & 0x7f;
  const segment = code >> 4;
  const magnitude = (((code & 0x0f) * 2 + muBias) << segment) - muBias;
  return (octet & 0x80) !== 0 ? magnitude * 4 : magnitude * -4;
}

function aLawOctet(sample: number): number {
  // One's complement for negative values: the two halves of table 1 mirror each other around −½.
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const segment = segmentOf(magnitude, 4);
  const code = segment === 0 ? magnitude : (segment << 4) | ((magnitude >> (segment - 1)) & 0x0f);
  // "even bits inverted"
  return (sample < 0 ? code : code | 0x80) ^ 0x55;
}

function aLawSample(octet: number): number {
  const code = (octet ^ 0x55) & 0x7f;
  const segment = code >> 4;
  const step = (code & 0x0f) * 2 + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return (octet & 0x80) !== 0 ? magnitude * 8 : magnitude * -8;
}

const table = (sampleOf: (octet: number) => number): Int16Array =>
  Int16Array.from({ length: 256 }, (_, octet) => sampleOf(octet));
const muLawSamples = table(muLawSample);
const aLawSamples = table(aLawSample);

/** One of the two laws. */
export interface CompandingLaw {
  encode(samples: Int16Array): Uint8Array;
  decode(octets: Uint8Array): Int16Array;
}

function law(octetOf: (sample: number) => number, samplesOf: Int16Array): CompandingLaw {
  return {
    encode(samples) {
      const octets = new Uint8Array(samples.length);
      for (let i = 0; i < samples.length; i++) octets[i] = octetOf(samples[i] as number); // i is inside
      return octets;
    },
    decode(octets) {
      const samples = new Int16Array(octets.length);
      for (let i = 0; i < octets.length; i++) samples[i] = samplesOf[octets[i] as number] as number; // 256 entries
      return samples;
    },
  };
}

/** µ-law, RTP payload type 0. */
export const muLaw: CompandingLaw = law(muLawOctet, muLawSamples);

/** A-law, RTP payload type 8. */
export const aLaw: CompandingLaw = law(aLawOctet, aLawSamples);
