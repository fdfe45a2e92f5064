// Binds the transfer machine to a UDP socket: one call reads one file.

import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import { decodeTftp, encodeTftp } from "./messages.ts";
import type { Offer } from "./options.ts";
import type { Effect, Event, Outcome, State } from "./state.ts";
import { createTransfer } from "./transfer.ts";

/** What to read. */
export interface FetchRequest {
  readonly server: Ip4;
  readonly fileName: string;
  /** Undefined: no options, as old phones ask. `chooseOffer` picks the cheapest. */
  readonly offer: Offer | undefined;
  readonly maxBytes: number;
  /**
   * Takes the blocks as they come, for files too long to hold; then `file` holds no bytes. While what it returned has not
   * resolved, nothing is acknowledged: the server sends no more than the window, or the same again.
   */
  readonly keep?: (bytes: Uint8Array) => Promise<void> | undefined;
}

/** What became of it. */
export type FetchResult =
  | Exclude<Outcome, { kind: "complete" }>
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly sizeBytes: number };

/** What a fetch is given. */
export interface FetchPorts {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly signal: AbortSignal;
}

/**
 * Reads one file. Resolves as soon as its last block is here; the socket lives `lingerMs` longer to repeat the last
 * acknowledgement. Rejects only with the signal's reason; a server in the middle of sending is then told to stop.
 */
export function fetchFile(
  request: FetchRequest,
  { runtime, sockets, signal }: FetchPorts,
): Promise<FetchResult> {
  signal.throwIfAborted();
  const log = runtime.log("tftp");
  const blocks: Uint8Array[] = [];
  let malformed = 0;
  /** Kept blocks that wait for room, and the last message that waits with them. */
  let room: Promise<void> | undefined;
  let held: (() => void) | undefined;
  const waitForRoom = async (wanted: Promise<void>): Promise<void> => {
    room = wanted;
    await wanted;
    if (room !== wanted) return;
    room = undefined;
    held?.();
    held = undefined;
  };
  return new Promise<FetchResult>((resolve, reject) => {
    const ended = new AbortController();
    let port: { readonly socket: UdpSocket; readonly closing: AbortController } | undefined;
    const close = (): void => {
      port?.closing.abort();
      port?.socket.close();
      port = undefined;
    };
    const openSocket = (): UdpSocket | undefined => {
      try {
        return sockets.openUdp({});
      } catch (error) {
        // No address, or no free port.
        if (!(error instanceof HalError)) throw error;
        log.info(`${request.fileName}: ${error.message}`);
        return undefined;
      }
    };
    const open = (): void => {
      close();
      const socket = openSocket();
      if (socket === undefined) {
        runner.send({ kind: "refused" });
        return;
      }
      const closing = new AbortController();
      port = { socket, closing };
      socket.datagrams.subscribe(
        ({ bytes, from }) => {
          try {
            runner.send({ kind: "message", message: decodeTftp(bytes), from });
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
            log.debug(`${error.message} from ${from.address}, ${++malformed} so far`);
          }
        },
        { signal: closing.signal },
      );
      socket.failures.subscribe(
        ({ error }) => {
          if (error.code === "refused") runner.send({ kind: "refused" });
        },
        { signal: closing.signal },
      );
    };
    const perform = (effect: Effect): void => {
      switch (effect.kind) {
        case "open":
          open();
          return;
        case "send": {
          const send = () => port?.socket.send(encodeTftp(effect.message), effect.to);
          if (room === undefined) send();
          else held = send; // a later acknowledgement stands for those before it
          return;
        }
        case "keep": {
          if (request.keep === undefined) {
            blocks.push(effect.bytes);
            return;
          }
          const wanted = request.keep(effect.bytes);
          if (wanted !== undefined) void waitForRoom(wanted);
          return;
        }
        case "outcome":
          resolve(result(effect.outcome, blocks));
          return;
        case "close":
          close();
          ended.abort();
          return;
      }
    };
    const runner = new Runner<State, Event>({
      machine: createTransfer(request),
      runtime,
      signal: AbortSignal.any([signal, ended.signal]),
      perform: (effect: Effect) => perform(effect),
    });
    signal.addEventListener(
      "abort",
      () => {
        const { state } = runner;
        if (state.kind === "receiving") {
          const message = { kind: "error", code: "undefined", text: "Cancelled" } as const;
          port?.socket.send(encodeTftp(message), state.peer);
        }
        close();
        reject(signal.reason);
      },
      { once: true, signal: ended.signal },
    );
    runner.send({ kind: "start" });
  });
}

function result(outcome: Outcome, blocks: readonly Uint8Array[]): FetchResult {
  if (outcome.kind !== "complete") return outcome;
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return { kind: "file", bytes, sizeBytes: outcome.sizeBytes };
}
