// The net tier's part of `npm run bench -- boot`: asks boot-net-program.ts.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findMissing } from "#test/net/prerequisites.ts";
import type { Spans } from "./boot-figures.ts";
import type { Shares } from "./boot-shares.ts";

const mostOutputBytes = 64 << 20;

/** Why this machine has no net tier: sentences. */
export const missingForNet = findMissing;

export interface NetBoot {
  readonly spans: Spans;
  /** From the cable's plug to registered, and up to 20 ms more: how long the phone's main thread waited for a processor. */
  readonly queuedMs: number;
}

export interface NetBoots {
  readonly boots: readonly NetBoot[];
  readonly shares: readonly Shares[];
}

/** Boots one after the other at dnsmasq and Asterisk, with a switch that answers or one that says nothing. */
export function netBoots(count: number, kind: "answering" | "silent"): NetBoots {
  const words = [join(import.meta.dirname, "boot-net-program.ts"), String(count), kind];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    maxBuffer: mostOutputBytes,
  });
  if (status !== 0) throw new Error(`${words.join(" ")}: ${status}: ${stderr.slice(-4000)}`);
  return JSON.parse(stdout) as NetBoots; // as the program writes them
}
