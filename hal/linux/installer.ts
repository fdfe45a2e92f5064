// An image on its way to init, over a connection of its own: `install NAME`; after `ready` the bundle, no faster than init
// writes it; the end of our half is the end of the bundle. From the first `progress PERCENT` line on the slot's old content is
// gone. The last line is `installed` or `failed CODE SENTENCE`. Init verifies signature, board and name: we are not believed.
import type { Socket } from "node:net";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Lines } from "./lines.ts";

/** What init may say of why it did not write an image, as it is known here. */
const codes: readonly HalErrorCode[] = ["denied", "busy", "unsupported", "io"];

/** `failed CODE SENTENCE` as an error; anything else is init talking nonsense. */
export function failureOf(line: string, operation: string): HalError {
  const [, word, sentence] = /^failed (\S+) (.*)$/.exec(line) ?? [];
  const code = codes.find((known) => known === word);
  return code === undefined || sentence === undefined
    ? new HalError("io", "image slots", operation, line)
    : new HalError(code, "image slots", operation, sentence);
}

export interface Installation {
  readonly socket: Socket;
  /** What init says on that connection, after its greeting. */
  readonly lines: Lines;
  readonly bundle: AsyncIterable<Uint8Array>;
  readonly name: string;
  readonly signal: AbortSignal;
  progress(percent: number): void;
}

/** Resolves when the slot is written and will be tried. Rejects with HalError, the signal's reason, or the bundle's own error. */
export async function sendBundle(installation: Installation): Promise<void> {
  const { socket, bundle, name, signal } = installation;
  const hangUp = (): void => void socket.destroy();
  signal.addEventListener("abort", hangUp, { once: true });
  try {
    socket.write(`install ${name}\n`);
    await hearBeginning(installation);
    const answered = hearEnd(installation);
    answered.catch(() => undefined); // whoever hears it first tells it: the sending, or the line below
    await send(socket, bundle, answered);
    await answered;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", hangUp);
    socket.destroy();
  }
}

async function hearBeginning({ lines }: Installation): Promise<void> {
  const line = await lines.next();
  if (line !== "ready") throw failureOf(line, "install");
}

async function hearEnd({ lines, progress }: Installation): Promise<void> {
  for (;;) {
    const line = await lines.next();
    if (line === "installed") return;
    const percent = /^progress ([0-9]{1,3})$/.exec(line)?.[1];
    if (percent === undefined) throw failureOf(line, "install");
    progress(Number(percent));
  }
}

/** Until the bundle ends, or init says that it is over. */
async function send(
  socket: Socket,
  bundle: AsyncIterable<Uint8Array>,
  answered: Promise<void>,
): Promise<void> {
  let isOver = false;
  let goOn = (): void => undefined;
  const over = (): void => {
    isOver = true;
    goOn();
  };
  answered.then(over, over);
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
      socket.once("drain", resolve);
    });
  for await (const piece of bundle) {
    if (!isOver && !socket.write(piece)) await drained();
    if (isOver) return;
  }
  socket.end();
}
