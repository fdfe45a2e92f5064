// What a reader does with each message of the server.

import { go, ignore, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { TftpMessage, TftpOption } from "./messages.ts";
import { acceptOptions, plainTerms, type Terms } from "./options.ts";
import {
  ack,
  ask,
  complaint,
  type Effect,
  end,
  type Outcome,
  type Receiving,
  type Request,
  type State,
  type TransferStep,
} from "./state.ts";
import { blockNumber, lingerMs, waitAfter } from "./timing.ts";

type ErrorMessage = Extract<TftpMessage, { kind: "error" }>;

/** One decoded message in any state. */
export function receive(
  request: Request,
  state: State,
  message: TftpMessage,
  from: Endpoint,
  now: MonoMs,
): TransferStep {
  if (from.address !== request.server) return ignore(state, `${message.kind} from ${from.address}`);
  switch (state.kind) {
    case "requesting":
      return firstAnswer(request, state, message, from, now);
    case "receiving":
    case "lingering":
      if (from.port !== state.peer.port) return stranger(state, message, from);
      return state.kind === "receiving"
        ? nextMessage(request, state, message, now)
        : lateMessage(state, message);
    case "idle":
    case "ended":
      return ignore(state, `${message.kind} without a transfer`);
    default:
      return unreachable(state);
  }
}

/** RFC 1350 §4: "the packet should be discarded as erroneously sent from somewhere else"; the transfer goes on. */
function stranger(state: State, message: TftpMessage, from: Endpoint): TransferStep {
  if (message.kind === "error") return ignore(state, "ERROR of another transfer"); // an ERROR is never answered
  return stay(state, [complaint("unknownTransferId", "Unknown transfer ID", from)]);
}

function firstAnswer(
  request: Request,
  state: Extract<State, { kind: "requesting" }>,
  message: TftpMessage,
  from: Endpoint,
  now: MonoMs,
): TransferStep {
  switch (message.kind) {
    case "optionAck":
      return startWithOptions(request, state, message.options, from, now);
    case "data":
      // A server without options sends the first block at once: 512 bytes, one by one (RFC 2347).
      if (message.block !== 1) return ignore(state, `block ${message.block} before block 1`);
      return nextMessage(request, begin(from, plainTerms, now), message, now);
    case "error": {
      // RFC 2347 leaves it to the client; a missing file or a forbidden one would be so without options too.
      const isFinal = message.code === "fileNotFound" || message.code === "accessViolation";
      if (state.offer !== undefined && !isFinal) return ask(request, undefined, 1, now);
      return end(outcomeOf(message), `${request.fileName}: ERROR ${message.code} ${message.text}`);
    }
    case "ack":
    case "readRequest":
    case "writeRequest":
    case "unknown":
      return ignore(state, `${message.kind} from a server`);
    default:
      return unreachable(message);
  }
}

function startWithOptions(
  request: Request,
  state: Extract<State, { kind: "requesting" }>,
  options: readonly TftpOption[],
  from: Endpoint,
  now: MonoMs,
): TransferStep {
  const terms = acceptOptions(state.offer, options);
  if ("refused" in terms)
    return end(
      { kind: "broken-server", detail: `option ${terms.refused}` },
      `${request.fileName}: ${request.server} answered option ${terms.refused} wrongly`,
      [complaint("optionRefused", `Option ${terms.refused} refused`, from)],
    );
  if (terms.sizeBytes !== undefined && terms.sizeBytes > request.maxBytes)
    return tooLarge(request, from, terms.sizeBytes);
  return go(
    begin(from, terms, now),
    `blocks of ${terms.blockBytes}, ${terms.windowBlocks} at a time, size ${terms.sizeBytes ?? "not told"}`,
    [ack(0, from)], // RFC 2347: an OACK is acknowledged as block 0
  );
}

/** RFC 2349: "the client may abort the transfer with an Error packet (error code 3)". */
function tooLarge(request: Request, from: Endpoint, sizeBytes: number): TransferStep {
  return end(
    { kind: "too-large", limitBytes: request.maxBytes },
    `${request.fileName}: ${sizeBytes} bytes, at most ${request.maxBytes} belong`,
    [complaint("diskFull", "File too large", from)],
  );
}

function begin(peer: Endpoint, terms: Terms, now: MonoMs): Receiving {
  return {
    kind: "receiving",
    peer,
    terms,
    blocks: 0,
    sizeBytes: 0,
    unacknowledged: 0,
    isGapAnswered: false,
    wrap: 0,
    sendings: 1,
    retryAt: later(now, waitAfter(1, terms.timeoutMs) ?? 0),
  };
}

function nextMessage(request: Request, state: Receiving, message: TftpMessage, now: MonoMs): TransferStep {
  switch (message.kind) {
    case "data":
      return block(request, state, message.block, message.bytes, now);
    case "optionAck":
      // The acknowledgement of the first OACK was lost.
      return state.blocks === 0
        ? stay(state, [ack(0, state.peer)])
        : ignore(state, "OACK in the middle of a file");
    case "error":
      return end(outcomeOf(message), `${request.fileName}: ERROR ${message.code} ${message.text}`);
    case "ack":
    case "readRequest":
    case "writeRequest":
    case "unknown":
      return ignore(state, `${message.kind} from a server`);
    default:
      return unreachable(message);
  }
}

function block(
  request: Request,
  state: Receiving,
  number: number,
  bytes: Uint8Array,
  now: MonoMs,
): TransferStep {
  const { peer, terms } = state;
  if (bytes.length > terms.blockBytes)
    return end(
      { kind: "broken-server", detail: `block of ${bytes.length} bytes` },
      `${request.fileName}: block of ${bytes.length} bytes, at most ${terms.blockBytes} belong`,
      [complaint("illegalOperation", "Block too long", peer)],
    );
  const wrap = wrapFor(state, number);
  if (number !== blockNumber(state.blocks + 1, wrap)) return unexpectedBlock(state, number);
  const blocks = state.blocks + 1;
  const sizeBytes = state.sizeBytes + bytes.length;
  if (sizeBytes > request.maxBytes) return tooLarge(request, peer, sizeBytes);
  const keep: Effect = { kind: "keep", bytes };
  if (bytes.length < terms.blockBytes) return complete(request, state, number, sizeBytes, keep, now);
  const isWindowFull = state.unacknowledged + 1 >= terms.windowBlocks;
  return {
    state: {
      ...state,
      blocks,
      sizeBytes,
      wrap,
      unacknowledged: isWindowFull ? 0 : state.unacknowledged + 1,
      isGapAnswered: false,
      sendings: 1,
      retryAt: later(now, waitAfter(1, terms.timeoutMs) ?? 0),
    },
    effects: isWindowFull ? [keep, ack(number, peer)] : [keep],
    ...(state.blocks === 0 && terms === plainTerms ? { why: "plain transfer" } : {}),
  };
}

/** After block 65535 the server shows once whether it goes on with 0 or with 1. Inside a window 1 could be a gap. */
function wrapFor(state: Receiving, number: number): 0 | 1 {
  const isAtWrap = state.blocks === 0xffff;
  return isAtWrap && number === 1 && state.terms.windowBlocks === 1 ? 1 : state.wrap;
}

/** Not the next block: a repetition of the last one acknowledged, a gap, or something old. */
function unexpectedBlock(state: Receiving, number: number): TransferStep {
  const last = blockNumber(state.blocks, state.wrap);
  const lastAcknowledged = blockNumber(state.blocks - state.unacknowledged, state.wrap);
  if (state.blocks > 0 && number === lastAcknowledged && state.unacknowledged === 0)
    return stay(state, [ack(last, state.peer)]); // our acknowledgement was lost: once more
  // Numbers run in a ring: the nearer half is ahead.
  const ahead = (number - last + 0x1_0000) % 0x1_0000;
  const isAhead = ahead > 0 && ahead <= state.terms.windowBlocks;
  if (!isAhead || state.isGapAnswered) return ignore(state, `block ${number} after ${last}`);
  // RFC 7440 §4: the last block received in order is acknowledged at once, and a new window begins after it.
  return stay({ ...state, unacknowledged: 0, isGapAnswered: true }, [ack(last, state.peer)]);
}

function complete(
  request: Request,
  state: Receiving,
  lastBlock: number,
  sizeBytes: number,
  keep: Effect,
  now: MonoMs,
): TransferStep {
  const outcome: Outcome = { kind: "complete", sizeBytes };
  return go(
    { kind: "lingering", peer: state.peer, lastBlock, until: later(now, lingerMs), outcome },
    `${request.fileName}: ${sizeBytes} bytes in ${state.blocks + 1} blocks`,
    [keep, ack(lastBlock, state.peer), { kind: "outcome", outcome }],
  );
}

function lateMessage(state: Extract<State, { kind: "lingering" }>, message: TftpMessage): TransferStep {
  if (message.kind === "data" && message.block === state.lastBlock)
    return stay(state, [ack(state.lastBlock, state.peer)]);
  return ignore(state, `${message.kind} after the last block`);
}

function outcomeOf({ code, text }: ErrorMessage): Outcome {
  return code === "fileNotFound" ? { kind: "not-found", text } : { kind: "error", code, text };
}
