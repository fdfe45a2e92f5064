// Chance from the kernel: getrandom(2), which waits at first use until the kernel's generator was seeded.
import type { Random } from "#hal/contract/random.ts";
import { libc, must } from "./ffi/libc.ts";

const poolWords = 64; // 256 bytes: getrandom gives so many in one piece, never fewer

/** Cryptographic 32-bit numbers, drawn from the kernel in small pools. */
export function createRandom(): Random {
  const pool = new Uint32Array(poolWords);
  const bytes = new Uint8Array(pool.buffer);
  let left = 0;
  return {
    u32() {
      if (left === 0) {
        const got = must(libc().getrandom(bytes, bytes.length, 0), "getrandom", "read");
        left = Math.floor(got / 4);
      }
      left--;
      const word = pool[left] ?? 0; // left is below poolWords
      pool[left] = 0; // a number is given once, and does not stay in memory
      return word;
    },
  };
}
