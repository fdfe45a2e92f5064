// How long a reader waits, and how blocks are numbered.

/**
 * Waits after a request or an acknowledgement, from the first sending on: five sendings, 15 s in all.
 * RFC 1123 §4.2.3.2: "the timeout ... MUST be adaptive ... at least an exponential backoff". No RFC names a number.
 */
export const waitsMs = [1000, 2000, 4000, 4000, 4000] as const;

/** After the last acknowledgement: ready to repeat it (RFC 1350 §6 encourages it). Does not delay the caller. */
export const lingerMs = 3000;

/** The wait after sending number `sendings` (1, 2, …); undefined when it was the last one. */
export function waitAfter(sendings: number, agreedMs: number | undefined): number | undefined {
  const wait = waitsMs[sendings - 1];
  return wait === undefined ? undefined : (agreedMs ?? wait);
}

/** What the block after 65535 is called: no RFC says; 0 is common, some servers use 1. */
export type Wrap = 0 | 1;

/** The 16-bit number of the `index`-th block of a file, counted from 1; 0 is the number before the first. */
export function blockNumber(index: number, wrap: Wrap): number {
  if (index <= 0xffff) return index;
  return wrap === 0 ? index % 0x1_0000 : ((index - 1) % 0xffff) + 1;
}
