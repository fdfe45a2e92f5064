// Restarting: everything is closed in order, then the process ends with a number that tells the supervisor what to do.
import type { Restarter } from "#hal/contract/identity.ts";

/** Exit codes the supervisor knows: start the program again, or restart the board. */
export const exitCodes = { program: 75, board: 76 } as const;

/** `close` ends every part; it may be slow, but not without end. */
export function createRestarter(close: () => Promise<void>): Restarter {
  return {
    async restart(what) {
      await close();
      process.exit(exitCodes[what]);
    },
  };
}
