// The ways into a phone's console that its process opens: the local socket, a serial line.

import { type ConsoleOptions, serveSession, serveSocket } from "#firmware/console/serve.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type ByteSession, serveBytes } from "#hal/linux/console-socket.ts";
import { openSerialLine } from "#hal/linux/serial-line.ts";
import type { Phone } from "./composed-phone.ts";
import { consoleOptions } from "./console-options.ts";

/** Where a process serves its console. */
export interface DoorPaths {
  /** A Unix socket. */
  readonly socket: string | undefined;
  readonly serial: string | undefined;
}

/** What opens the ways in; a tape has its own. */
export interface ConsoleDoors {
  serveBytes(
    path: string,
    accept: (session: ByteSession) => void,
    options: { signal: AbortSignal },
  ): Promise<void>;
  openSerialLine(path: string): ByteSession;
}

/** Those of this machine. */
export const kernelDoors: ConsoleDoors = { serveBytes, openSerialLine };

/** Serves the console at these until the phone ends. HalError `busy` where another phone answers, `missing`. */
export async function openDoors(phone: Phone, paths: DoorPaths, doors = kernelDoors): Promise<void> {
  const options = consoleOptions(phone);
  const { signal } = options;
  if (paths.serial !== undefined) serveSerialLine(options, doors.openSerialLine(paths.serial));
  if (paths.socket !== undefined)
    await doors.serveBytes(paths.socket, (session) => serveSocket(options, session), { signal });
}

/**
 * Serves one session after the other on a serial line until the phone ends: who leaves it, or is idle for long, leaves it
 * to the next.
 */
function serveSerialLine(options: ConsoleOptions, line: ByteSession): void {
  const { signal } = options;
  let isThere = true;
  const begin = (): void => {
    const closed = new Emitter<undefined>();
    const session = {
      chunks: line.chunks,
      closed,
      write: (bytes: Uint8Array) => line.write(bytes),
      close: () => queueMicrotask(() => isThere && !signal.aborted && begin()),
    };
    line.closed.subscribe(() => closed.emit(undefined), { signal });
    serveSession(options, session, "serial");
  };
  line.closed.subscribe(() => (isThere = false), { signal });
  signal.addEventListener("abort", () => line.close(), { once: true });
  begin();
}
