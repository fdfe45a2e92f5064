// The lab's TFTP server, written against Sockets: the same one serves the simulated network and a real interface.
import {
  decodeTftp,
  encodeTftp,
  optionValue,
  type TftpMessage,
  type TftpOption,
  tftpPort,
} from "#firmware/tftp/messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Datagram, Endpoint, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { FilePlay } from "./files.ts";
import type { Tell } from "./log.ts";
import { Transfer, type TransferStep } from "./tftp-transfer.ts";

export interface TftpSettings {
  /** False: requests are served, their options are not (as the plainest servers do). */
  readonly hasOptions: boolean;
  readonly mostBlockBytes: number;
  readonly mostWindowBlocks: number;
  /** Before the first answer to each request. */
  readonly delayMs: number;
}

export const defaultTftp: TftpSettings = {
  hasOptions: true,
  mostBlockBytes: 1468,
  mostWindowBlocks: 16,
  delayMs: 0,
};

export interface TftpServerOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly settings: () => TftpSettings;
  /** What happens to a request for this file, asked anew each time. */
  readonly play: (fileName: string) => FilePlay;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

const plainBlockBytes = 512;
const plainTimeoutMs = 1000;

/** Serves reads on port 69 until the signal. */
export function startTftpServer(options: TftpServerOptions): void {
  const { sockets, clock, signal } = options;
  const socket = sockets.openUdp({ port: tftpPort });
  signal.addEventListener("abort", () => socket.close(), { once: true });
  socket.datagrams.subscribe(
    (datagram) => {
      const message = read(datagram.bytes);
      if (message?.kind === "writeRequest") refuse(socket, datagram.from, 4, "reads only");
      if (message?.kind !== "readRequest") return;
      const { delayMs } = options.settings();
      if (delayMs === 0) answer(options, datagram, message);
      else {
        const alarm = clock.alarm(later(clock.now(), delayMs), () => answer(options, datagram, message));
        signal.addEventListener("abort", () => alarm.cancel(), { once: true });
      }
    },
    { signal },
  );
}

type ReadRequest = Extract<TftpMessage, { kind: "readRequest" }>;

function answer(options: TftpServerOptions, { from }: Datagram, request: ReadRequest): void {
  const play = options.play(request.fileName);
  options.tell("read", { file: request.fileName, answer: play.kind });
  if (play.kind === "silent") return;
  const socket = options.sockets.openUdp({});
  if (play.kind === "not-found" || play.kind === "error") {
    if (play.kind === "not-found") refuse(socket, from, 1, "File not found");
    else refuse(socket, from, 0, play.text);
    socket.close();
    return;
  }
  runTransfer(options, socket, from, request, play);
}

type BytesPlay = Extract<FilePlay, { readonly bytes: Uint8Array }>;

function runTransfer(
  options: TftpServerOptions,
  socket: UdpSocket,
  client: Endpoint,
  request: ReadRequest,
  play: BytesPlay,
): void {
  const { clock, tell, signal } = options;
  const plan = planFor(request.options, play, options.settings());
  const transfer = new Transfer(plan);
  const life = new AbortController();
  const either = AbortSignal.any([life.signal, signal]);
  let alarm: Alarm | undefined;

  const end = (what: string): void => {
    tell(what, { file: request.fileName });
    life.abort();
  };
  const carryOut = (step: TransferStep): void => {
    alarm?.cancel();
    for (const message of step.send) {
      socket.send(encodeTftp(message), client);
      if (play.kind === "foreign-packets") sendForeign(options, client);
    }
    if (step.isOver) end(step.isComplete ? "served" : "given up");
    else alarm = clock.alarm(later(clock.now(), plan.timeoutMs), () => carryOut(transfer.timeout()));
  };
  socket.datagrams.subscribe(
    ({ bytes, from }) => {
      if (from.address !== client.address) return;
      const message = read(bytes);
      // RFC 1350 §4: another port is another transfer; tell it so and go on.
      if (from.port !== client.port) refuse(socket, from, 5, "unknown transfer");
      else if (message !== undefined) carryOut(transfer.receive(message));
    },
    { signal: either },
  );
  socket.failures.subscribe(() => end("refused"), { signal: either });
  either.addEventListener(
    "abort",
    () => {
      alarm?.cancel();
      socket.close();
    },
    { once: true },
  );
  carryOut(transfer.start());
}

/** RFC 2347: an option that is not understood is left out of the answer; nobody is refused for asking. */
function planFor(asked: readonly TftpOption[], play: BytesPlay, settings: TftpSettings) {
  const accepted: TftpOption[] = [];
  const numberOf = (name: string, least: number, most: number): number | undefined => {
    const value = settings.hasOptions ? Number(optionValue(asked, name) ?? Number.NaN) : Number.NaN;
    return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  };
  const accept = (name: string, value: number): number => {
    accepted.push({ name, value: String(value) });
    return value;
  };
  const block = numberOf("blksize", 8, 65_464);
  const window = numberOf("windowsize", 1, 65_535);
  const timeoutSec = numberOf("timeout", 1, 255);
  const blockBytes =
    block === undefined ? plainBlockBytes : accept("blksize", Math.min(block, settings.mostBlockBytes));
  const windowBlocks =
    window === undefined ? 1 : accept("windowsize", Math.min(window, settings.mostWindowBlocks));
  const timeoutMs = timeoutSec === undefined ? plainTimeoutMs : accept("timeout", timeoutSec) * 1000;
  const bytes = play.kind === "truncated" ? cut(play.bytes, blockBytes) : play.bytes;
  if (numberOf("tsize", 0, 0) !== undefined) accept("tsize", play.bytes.length);
  const half = Math.ceil(play.bytes.length / blockBytes / 2);
  return {
    bytes,
    accepted,
    blockBytes,
    windowBlocks,
    timeoutMs,
    ...(play.kind === "stalled" ? { lastBlockSent: half } : {}),
  };
}

/** Half of the bytes, never a multiple of the block: the block after them would be missing, not short. */
function cut(bytes: Uint8Array, blockBytes: number): Uint8Array {
  const half = Math.floor(bytes.length / 2);
  return bytes.subarray(0, half % blockBytes === 0 ? Math.max(0, half - 1) : half);
}

/** DATA for block 1 with other content, from a port that has nothing to do with the transfer. */
function sendForeign(options: TftpServerOptions, client: Endpoint): void {
  const foreign = options.sockets.openUdp({});
  foreign.send(encodeTftp({ kind: "data", block: 1, bytes: Uint8Array.of(0x21) }), client);
  foreign.close();
}

function refuse(socket: UdpSocket, to: Endpoint, code: number, text: string): void {
  socket.send(encodeTftp({ kind: "error", code, text }), to);
}

function read(bytes: Uint8Array): TftpMessage | undefined {
  try {
    return decodeTftp(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return undefined; // a server has nobody to tell: RFC 1350 §4 drops it
  }
}
