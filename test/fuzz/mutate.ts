// Seeded mutations of good inputs: what a careless or hostile peer sends.
import type { Random } from "#hal/contract/random.ts";

const interesting = [0x00, 0x01, 0x04, 0x7f, 0x80, 0xfe, 0xff];

const below = (random: Random, limit: number): number =>
  limit === 0 ? 0 : Math.floor((random.u32() / 2 ** 32) * limit);

/** A new input made from `seeds`: 1 to 8 mutations of one of them, or plain noise. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const seed = seeds[below(random, seeds.length)];
  if (seed === undefined || below(random, 20) === 0) return noise(random, below(random, 256));
  let bytes = seed;
  for (let round = below(random, 8) + 1; round > 0; round--) bytes = mutateOnce(bytes, seeds, random);
  return bytes;
}

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.u32() & 0xff);
}

function mutateOnce(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = below(random, bytes.length);
  const copy = bytes.slice();
  switch (below(random, 8)) {
    case 0: // one bit
      copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
      return copy;
    case 1: // a byte that breaks lengths and counts
      copy[at] = interesting[below(random, interesting.length)] ?? 0;
      return copy;
    case 2: // two bytes
      copy.set(noise(random, Math.min(2, copy.length - at)), at);
      return copy;
    case 3: // cut short
      return copy.subarray(0, at);
    case 4: // grown
      return join(copy, noise(random, below(random, 64)));
    case 5: // a part left out
      return join(copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + below(random, 16))));
    case 6: // a part said twice
      return join(copy.subarray(0, at), copy.subarray(Math.max(0, at - below(random, 64))));
    default: {
      // the head of one with the tail of another
      const other = seeds[below(random, seeds.length)] ?? copy;
      return join(copy.subarray(0, at), other.subarray(below(random, other.length)));
    }
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(Math.min(a.length + b.length, 65_536));
  joined.set(a.subarray(0, joined.length));
  joined.set(b.subarray(0, joined.length - a.length), a.length);
  return joined;
}
