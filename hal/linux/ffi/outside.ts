// Memory outside the JavaScript heap, for structures that hold pointers to other structures.
import koffi from "koffi";

/** A copy of some bytes at an address that stays. */
export interface Outside {
  readonly address: bigint;
  /** The bytes there, for reading results. */
  readonly bytes: Uint8Array;
}

/** Puts `bytes` at stable addresses while `use` runs, and frees them after it. */
export function withOutside<Result>(bytes: readonly Uint8Array[], use: (...at: Outside[]) => Result): Result {
  const blocks = bytes.map((content) => {
    const pointer: bigint = koffi.alloc("uint8_t", Math.max(1, content.length)); // koffi's pointers are bigints
    const there = new Uint8Array(koffi.view(pointer, content.length));
    there.set(content);
    return { address: pointer, bytes: there };
  });
  try {
    return use(...blocks);
  } finally {
    for (const { address } of blocks) koffi.free(address);
  }
}
