// Sums of sounds that do not go beyond full scale.

/** A value as a 16-bit sample. */
export const saturated = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));

/** Adds `from` to `into`, sample by sample. */
export function addSound(into: Int16Array, from: Int16Array): void {
  const count = Math.min(into.length, from.length);
  for (let i = 0; i < count; i++) into[i] = saturated((into[i] as number) + (from[i] as number)); // i is inside both
}
