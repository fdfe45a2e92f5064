// Peers that no package of this machine's suite brings are fetched before the first test, so that a mirror that is slow or
// away for a moment fails no test: each is tried three times.
import { bullseyeRoot } from "./bullseye.ts";
import { tftpdHpa } from "./file-servers.ts";

const attempts = 3;
const pauseMs = 10_000;

/** Makes what is not there yet; throws what the last attempt threw. */
export function prepareDownloads(): void {
  for (const make of [tftpdHpa, bullseyeRoot]) tryHard(make);
}

/** Asterisk's alone, for the image tier: its tests are in a namespace without a way out when they want it. */
export function prepareAsterisk(): void {
  tryHard(bullseyeRoot);
}

function tryHard(make: () => string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      make();
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      process.stderr.write(`${String(error)}\n… trying again in ${pauseMs} ms\n`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
