// What this software is: its version from package.json, the rest put in by the bundler of the image.
import { readFileSync } from "node:fs";

declare const OFFHOOK_VERSION: string | undefined;
declare const OFFHOOK_COMMIT: string | undefined;
declare const OFFHOOK_BUILD_UNIX_MS: number | undefined;

/** Sources in a work tree were built at no time: nothing earlier than this release's year is believed. */
const earliestUnixMs = Date.UTC(2026, 0, 1);

function versionOfWorkTree(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version; // npm requires it
}

/** Told to people, servers and the crash record. */
export const product = {
  product: "Offhook",
  version: typeof OFFHOOK_VERSION === "undefined" ? versionOfWorkTree() : OFFHOOK_VERSION,
  commit: typeof OFFHOOK_COMMIT === "undefined" ? "work tree" : OFFHOOK_COMMIT,
  buildUnixMs: typeof OFFHOOK_BUILD_UNIX_MS === "undefined" ? earliestUnixMs : OFFHOOK_BUILD_UNIX_MS,
};
