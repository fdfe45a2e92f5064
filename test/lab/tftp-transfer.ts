// One read transfer of the lab's TFTP server, as a pure object: messages in, messages out, one deadline.
// RFC 1350, options RFC 2347 to 2349, windows RFC 7440. Sends DATA never twice for a repeated ACK (RFC 1123 §4.2.3.1).
import type { TftpMessage, TftpOption } from "#firmware/tftp/messages.ts";

export interface TransferPlan {
  readonly bytes: Uint8Array;
  /** Options of the request that are accepted; none: a plain transfer. */
  readonly accepted: readonly TftpOption[];
  readonly blockBytes: number;
  readonly windowBlocks: number;
  /** Before something is sent again. */
  readonly timeoutMs: number;
  /** Blocks after this one are not sent; undefined: all. */
  readonly lastBlockSent?: number;
}

/** Times that the same thing is sent again before the transfer is given up. */
const mostRetries = 5;

/** What to do after an input: messages to send in order; `isOver` when nothing more will be sent. */
export interface TransferStep {
  readonly send: readonly TftpMessage[];
  readonly isOver: boolean;
  /** True when the last block was acknowledged. */
  readonly isComplete: boolean;
}

export class Transfer {
  readonly #plan: TransferPlan;
  /** Blocks in the file; the last one is shorter than a block, perhaps empty. */
  readonly #blocks: number;
  #acknowledged: number;
  #retries = 0;

  constructor(plan: TransferPlan) {
    this.#plan = plan;
    this.#blocks = Math.floor(plan.bytes.length / plan.blockBytes) + 1;
    this.#acknowledged = plan.accepted.length > 0 ? -1 : 0;
  }

  /** The first answer: OACK, or the first window. */
  start(): TransferStep {
    return this.#going(this.#next());
  }

  /** A message from the client's port. */
  receive(message: TftpMessage): TransferStep {
    if (message.kind === "error") return { send: [], isOver: true, isComplete: false };
    if (message.kind !== "ack") return this.#going([]);
    const block = this.#blockOf(message.block);
    // Not after the last block sent, and not what was acknowledged already.
    if (block === undefined || block <= this.#acknowledged) return this.#going([]);
    this.#acknowledged = block;
    this.#retries = 0;
    if (block === this.#blocks) return { send: [], isOver: true, isComplete: true };
    return this.#going(this.#next());
  }

  /** Nothing came for `timeoutMs`. */
  timeout(): TransferStep {
    this.#retries++;
    if (this.#retries > mostRetries) return { send: [], isOver: true, isComplete: false };
    return this.#going(this.#next());
  }

  /** The window after what was acknowledged, or the OACK while block 0 is not. */
  #next(): readonly TftpMessage[] {
    if (this.#acknowledged < 0) return [{ kind: "optionAck", options: this.#plan.accepted }];
    const { bytes, blockBytes, windowBlocks, lastBlockSent = this.#blocks } = this.#plan;
    const last = Math.min(this.#acknowledged + windowBlocks, this.#blocks, lastBlockSent);
    const messages: TftpMessage[] = [];
    for (let block = this.#acknowledged + 1; block <= last; block++) {
      const part = bytes.subarray((block - 1) * blockBytes, block * blockBytes);
      messages.push({ kind: "data", block: block & 0xffff, bytes: part });
    }
    return messages;
  }

  #going(send: readonly TftpMessage[]): TransferStep {
    return { send, isOver: false, isComplete: false };
  }

  /** The block in the present window that a 16-bit number stands for; numbers wrap from 65535 to 0. */
  #blockOf(wire: number): number | undefined {
    const from = this.#acknowledged;
    const last = Math.min(Math.max(from, 0) + this.#plan.windowBlocks, this.#blocks);
    for (let block = Math.max(from, 0); block <= last; block++) if ((block & 0xffff) === wire) return block;
    return undefined;
  }
}
