// How long after a 491 the re-INVITE is tried again (RFC 3261 §14.1).
import { below } from "#firmware/runtime/chance.ts";
import type { Random } from "#hal/contract/random.ts";

/**
 * "If the UAC is the owner of the Call-ID of the dialog ID, T has a randomly chosen value between 2.1 and 4 seconds in
 * units of 10 ms. If the UAC is not the owner …, T has a randomly chosen value of between 0 and 2 seconds".
 */
export function glarePauseMs(isCallIdOurs: boolean, random: Random): number {
  return isCallIdOurs ? 2100 + below(random, 191) * 10 : below(random, 201) * 10;
}
