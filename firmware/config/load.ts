// Whether the load a configuration names has to be fetched (reference boot-and-provisioning 5.5, cisco-7960-sip 1.5).
import { latin1 } from "#firmware/wire/bytes.ts";
import type { LoadDecision } from "./notices.ts";

/** After so many failures in a row the running image stays until another name is configured. */
const loadTries = 3;

/** What decides. */
export interface LoadQuestion {
  /** As configured; undefined or empty: whatever runs. */
  readonly wanted: string | undefined;
  readonly running: string;
  /** Server named for images only, without falling back to another. */
  readonly server: string | undefined;
  /** What was tried and went back to the running one; undefined: nothing. */
  readonly failed: string | undefined;
  readonly badLoad: { readonly name: string; readonly failures: number } | undefined;
}

/**
 * Names are compared as strings: equal or empty needs no download. A load that is not there must not loop: after
 * three failures it is given up, and one that did not start is not tried again. Images of other makers have other names and are never flashed; see `isForeignLoad`.
 */
export function decideLoad({ wanted, running, server, failed, badLoad }: LoadQuestion): LoadDecision {
  if (wanted === undefined || wanted === "" || wanted === running) return { kind: "keep" };
  if (isForeignLoad(wanted)) return { kind: "foreign", name: wanted };
  if (wanted === failed) return { kind: "given-up", name: wanted };
  if (badLoad?.name === wanted && badLoad.failures >= loadTries) return { kind: "given-up", name: wanted };
  return { kind: "fetch", name: wanted, files: [`${wanted}.loads`, `${wanted}.bin`], server };
}

/** A name of another maker's images: `P0S3-…`, `P003…`, `SCCP42.…`, `SIP45.…`, `term61.default`, `cmterm-…`, `apps…`. */
function isForeignLoad(name: string): boolean {
  return /^(P0[0-9A-Z]{2}|SCCP[0-9]{2}|SIP[0-9]{2}|TERM[0-9]{2}|CMTERM|CP[0-9]{4}|APPS|CVM|DSP|JAR|CNU)/i.test(
    name,
  );
}

/** `OS79XX.TXT`: one line, an image name without suffix (UPG-007); undefined for anything else. */
export function selectedLoad(bytes: Uint8Array): string | undefined {
  const name = latin1(bytes.subarray(0, 128)).trim();
  return /^[A-Za-z0-9._-]{1,64}$/.test(name) ? name : undefined;
}
