// WAV files of one channel, 16-bit PCM: for listening to what a test heard, and for tests that play a file.

/** Sound and its rate. */
export interface Wav {
  readonly sampleRateHz: number;
  readonly samples: Int16Array;
}

const headerBytes = 44;

/** The bytes of a file. */
export function encodeWav({ sampleRateHz, samples }: Wav): Uint8Array {
  const bytes = new Uint8Array(headerBytes + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // length of the format
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true); // bytes per second
  view.setUint16(32, 2, true); // bytes per frame
  view.setUint16(34, 16, true); // bits
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (const [i, sample] of samples.entries()) view.setInt16(headerBytes + i * 2, sample, true);
  return bytes;
}

/** Reads a file; throws for anything but one channel of 16-bit PCM. Other chunks are skipped. */
export function decodeWav(bytes: Uint8Array): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = (at: number): string => new TextDecoder("latin1").decode(bytes.subarray(at, at + 4));
  if (bytes.length < 12 || id(0) !== "RIFF" || id(8) !== "WAVE") throw new Error("not a WAV file");
  let sampleRateHz: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (body + size > bytes.length) throw new Error(`chunk ${id(at)} ends behind the file`);
    if (id(at) === "fmt ") {
      const format = [
        view.getUint16(body, true),
        view.getUint16(body + 2, true),
        view.getUint16(body + 14, true),
      ];
      if (format.join() !== "1,1,16")
        throw new Error(`format, channels, bits are ${format.join()}, 1,1,16 belongs`);
      sampleRateHz = view.getUint32(body + 4, true);
    }
    if (id(at) === "data") {
      if (sampleRateHz === undefined) throw new Error("sound before its format");
      const count = Math.floor(size / 2);
      return {
        sampleRateHz,
        samples: Int16Array.from({ length: count }, (_, i) => view.getInt16(body + 2 * i, true)),
      };
    }
    at = body + size + (size % 2);
  }
  throw new Error("no sound in the file");
}
