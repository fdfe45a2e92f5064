// The ways into a phone's console that its process opens: the local socket, a serial line.

import { type ConsoleOptions, serveSession, serveSocket } from "#firmware/console/serve.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { serveBytes } from "#hal/linux/console-socket.ts";
import { openSerialLine } from "#hal/linux/serial-line.ts";

/** Serves the console at `path` until the phone ends. HalError `busy` where another phone answers. */
export function serveConsoleSocket(options: ConsoleOptions, path: string): Promise<void> {
  return serveBytes(path, (session) => serveSocket(options, session), { signal: options.signal });
}

/**
 * Serves one session after the other on a serial line until the phone ends: who leaves it, or is idle for long, leaves it
 * to the next. HalError where there is no such line.
 */
export function serveSerialLine(options: ConsoleOptions, path: string): void {
  const line = openSerialLine(path);
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
