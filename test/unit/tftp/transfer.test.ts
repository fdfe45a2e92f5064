// The transfer machine as a table of steps: each loss, each rule of reference section 5.1.
import { describe, expect, test } from "vitest";
import type { TftpMessage } from "#firmware/tftp/messages.ts";
import { fullOffer, type Offer } from "#firmware/tftp/options.ts";
import type { Effect, Event, State } from "#firmware/tftp/state.ts";
import { createTransfer } from "#firmware/tftp/transfer.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const server = "192.0.2.1";
const tid = { address: server, port: 40_000 };

/** A machine with a hand on it: what it sends, what became of it. */
function rig(options: { offer?: Offer; maxBytes?: number } = {}) {
  const machine = createTransfer({
    server,
    fileName: "SIPDefault.cnf",
    offer: options.offer,
    maxBytes: options.maxBytes ?? 262_144,
  });
  let state: State = machine.initial;
  let now = 0 as MonoMs;
  let ignored = 0;
  const random = createSeededRandom(1);
  const give = (event: Event | { kind: "timer"; name: string }): readonly Effect[] => {
    const step = machine.step(state, event, { now, random });
    state = step.state;
    if (step.isIgnored === true) ignored++;
    return step.effects;
  };
  return {
    give,
    start: () => give({ kind: "start" }),
    hear: (message: TftpMessage, from = tid) => give({ kind: "message", message, from }),
    data: (block: number, size: number, from = tid) =>
      give({ kind: "message", message: { kind: "data", block, bytes: new Uint8Array(size) }, from }),
    /** Lets the one timer of the state ring. */
    ring: () => {
      const [timer] = machine.timers(state);
      if (timer === undefined) throw new Error(`${state.kind} has no timer`);
      now = timer.at;
      return give({ kind: "timer", name: timer.name });
    },
    state: () => state,
    now: () => now,
    ignored: () => ignored,
    outcome: () => (state.kind === "ended" || state.kind === "lingering" ? state.outcome : undefined),
  };
}

/** Effects in short: `ack 1`, `error 5 to 41000`, `ask +blksize`, `keep 512`. */
function short(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case "send":
        switch (effect.message.kind) {
          case "ack":
            return `ack ${effect.message.block}`;
          case "error":
            return `error ${effect.message.code} to ${effect.to.port}`;
          case "readRequest":
            return ["ask", ...effect.message.options.map(({ name, value }) => `${name}=${value}`)].join(" ");
          default:
            return effect.message.kind;
        }
      case "keep":
        return `keep ${effect.bytes.length}`;
      case "outcome":
        return `outcome ${effect.outcome.kind}`;
      default:
        return effect.kind;
    }
  });
}

const oack = (...options: [string, string][]): TftpMessage => ({
  kind: "optionAck",
  options: options.map(([name, value]) => ({ name, value })),
});

describe("asking", () => {
  test("BOOT-047 options are offered, the OACK is answered by ACK 0, and blocks follow the agreed size", () => {
    const t = rig({ offer: fullOffer });
    expect(short(t.start())).toEqual(["open", "ask blksize=1428 tsize=0 windowsize=4"]);
    expect(short(t.hear(oack(["blksize", "1024"], ["tsize", "2048"])))).toEqual(["ack 0"]);
    expect(short(t.data(1, 1024))).toEqual(["keep 1024", "ack 1"]);
    expect(short(t.data(2, 1024))).toEqual(["keep 1024", "ack 2"]);
    expect(short(t.data(3, 0))).toEqual(["keep 0", "ack 3", "outcome complete"]);
    expect(t.outcome()).toEqual({ kind: "complete", sizeBytes: 2048 });
  });

  test.each([
    ["a name that was not offered", fullOffer, oack(["timeout", "2"])],
    ["a larger block", fullOffer, oack(["blksize", "1429"])],
    ["a block below 8", fullOffer, oack(["blksize", "7"])],
    ["a larger window", fullOffer, oack(["windowsize", "5"])],
    ["another time-out", { ...fullOffer, timeoutSec: 2 }, oack(["timeout", "3"])],
    ["a size that is no number", fullOffer, oack(["tsize", "many"])],
    ["a name twice", fullOffer, oack(["blksize", "512"], ["BLKSIZE", "512"])],
  ] as const)("BOOT-047 an OACK with %s is refused by ERROR 8", (_what, offer, message) => {
    const t = rig({ offer });
    t.start();
    expect(short(t.hear(message))).toEqual([
      "error optionRefused to 40000",
      "outcome broken-server",
      "close",
    ]);
  });

  test("BOOT-047 without an OACK the transfer is plain: 512 bytes, block by block", () => {
    const t = rig({ offer: fullOffer });
    t.start();
    expect(short(t.data(1, 512))).toEqual(["keep 512", "ack 1"]);
    expect(short(t.data(2, 10))).toEqual(["keep 10", "ack 2", "outcome complete"]);
  });

  test("BOOT-047 an ERROR to options leads to one plain request from a new port; not for a missing file", () => {
    const t = rig({ offer: fullOffer });
    t.start();
    expect(short(t.hear({ kind: "error", code: "optionRefused", text: "" }))).toEqual(["open", "ask"]);
    expect(short(t.hear({ kind: "error", code: "undefined", text: "no" }))).toEqual([
      "outcome error",
      "close",
    ]);
    const missing = rig({ offer: fullOffer });
    missing.start();
    missing.hear({ kind: "error", code: "fileNotFound", text: "File not found" });
    expect(missing.outcome()).toEqual({ kind: "not-found", text: "File not found" });
  });

  test("TFTP-013 BOOT-047 a Cisco-compatible request is octet and without options", () => {
    const t = rig();
    const [, send] = t.start();
    expect(send).toEqual({
      kind: "send",
      message: { kind: "readRequest", fileName: "SIPDefault.cnf", mode: "octet", options: [] },
      to: { address: server, port: 69 },
    });
  });

  test("an OACK to a request without options is refused", () => {
    const t = rig();
    t.start();
    expect(short(t.hear(oack(["blksize", "512"])))[0]).toBe("error optionRefused to 40000");
  });

  test("a repeated OACK is answered by ACK 0 again", () => {
    const t = rig({ offer: fullOffer });
    t.start();
    t.hear(oack(["blksize", "1428"]));
    expect(short(t.hear(oack(["blksize", "1428"])))).toEqual(["ack 0"]);
  });
});

describe("silence", () => {
  test("TFTP-014 a request is sent five times after waits of 1, 2, 4, 4 s, and given up 4 s later", () => {
    const t = rig();
    t.start();
    const sentAt = [0];
    for (let i = 0; i < 4; i++) {
      expect(short(t.ring())).toEqual(["ask"]);
      sentAt.push(t.now());
    }
    expect(sentAt).toEqual([0, 1000, 3000, 7000, 11_000]);
    t.ring();
    expect(t.now()).toBe(15_000);
    expect(t.outcome()).toEqual({ kind: "timeout", phase: "request" });
  });

  test("in the middle of a file the last acknowledgement is repeated on the same plan", () => {
    const t = rig();
    t.start();
    t.data(1, 512);
    for (let i = 0; i < 4; i++) expect(short(t.ring())).toEqual(["ack 1"]);
    t.ring();
    expect(t.now()).toBe(15_000);
    expect(t.outcome()).toEqual({ kind: "timeout", phase: "transfer" });
  });

  test("an answer after a repetition starts the waits anew", () => {
    const t = rig();
    t.start();
    t.data(1, 512);
    t.ring();
    t.ring();
    t.data(2, 512);
    expect(t.state()).toMatchObject({ sendings: 1, retryAt: t.now() + 1000 });
  });

  test("an agreed time-out replaces the growing waits", () => {
    const t = rig({ offer: { ...fullOffer, timeoutSec: 2 } });
    t.start();
    t.hear(oack(["timeout", "2"]));
    for (let i = 0; i < 5; i++) t.ring();
    expect(t.now()).toBe(10_000);
    expect(t.outcome()).toEqual({ kind: "timeout", phase: "transfer" });
  });

  test("a refused port ends a request at once, but not a transfer", () => {
    const t = rig();
    t.start();
    expect(short(t.give({ kind: "refused" }))).toEqual(["outcome unreachable", "close"]);
    const running = rig();
    running.start();
    running.data(1, 512);
    running.give({ kind: "refused" });
    expect(running.state().kind).toBe("receiving");
  });
});

describe("strangers and repetitions", () => {
  test("BOOT-048 a wrong port gets ERROR 5 and the transfer goes on", () => {
    const t = rig();
    t.start();
    t.data(1, 512);
    expect(short(t.data(1, 512, { address: server, port: 41_000 }))).toEqual([
      "error unknownTransferId to 41000",
    ]);
    expect(short(t.data(2, 0))).toEqual(["keep 0", "ack 2", "outcome complete"]);
  });

  test("another address is dropped without a word, and an ERROR is never answered", () => {
    const t = rig();
    t.start();
    expect(short(t.data(1, 512, { address: "192.0.2.66", port: 40_000 }))).toEqual([]);
    t.data(1, 512);
    const wrongPort = { address: server, port: 41_000 };
    expect(short(t.hear({ kind: "error", code: "undefined", text: "" }, wrongPort))).toEqual([]);
    expect(t.ignored()).toBe(2);
  });

  test("BOOT-048 a repeated block is acknowledged again, kept once; so is the last one while lingering", () => {
    const t = rig();
    t.start();
    t.data(1, 512);
    expect(short(t.data(1, 512))).toEqual(["ack 1"]);
    t.data(2, 100);
    expect(short(t.data(2, 100))).toEqual(["ack 2"]);
    expect(t.outcome()).toEqual({ kind: "complete", sizeBytes: 612 });
    expect(short(t.ring())).toEqual(["close"]);
    expect(t.now()).toBe(3000);
  });

  test("an old block gets no acknowledgement: a faulty server would send the next block twice for ever", () => {
    const t = rig();
    t.start();
    for (let block = 1; block <= 3; block++) t.data(block, 512);
    expect(short(t.data(1, 512))).toEqual([]);
  });

  test("a block before the first one, and messages no server sends, are counted only", () => {
    const t = rig();
    t.start();
    t.data(2, 512);
    t.hear({ kind: "ack", block: 1 });
    t.hear({ kind: "unknown", id: 9, raw: new Uint8Array() });
    expect(t.ignored()).toBe(3);
    expect(t.state().kind).toBe("requesting");
  });
});

describe("windows", () => {
  function windowed() {
    const t = rig({ offer: fullOffer });
    t.start();
    t.hear(oack(["blksize", "512"], ["windowsize", "4"]));
    return t;
  }

  test("only the last block of a window is acknowledged, and the last of the file", () => {
    const t = windowed();
    const sent = [1, 2, 3, 4, 5].flatMap((block) => short(t.data(block, 512)));
    expect(sent.filter((line) => line.startsWith("ack"))).toEqual(["ack 4"]);
    expect(short(t.data(6, 1))).toEqual(["keep 1", "ack 6", "outcome complete"]);
  });

  test("a gap is answered once, with the last block in order, and a new window begins", () => {
    const t = windowed();
    t.data(1, 512);
    expect(short(t.data(3, 512))).toEqual(["ack 1"]);
    expect(short(t.data(4, 512))).toEqual([]);
    const sent = [2, 3, 4, 5].flatMap((block) => short(t.data(block, 512)));
    expect(sent.filter((line) => line.startsWith("ack"))).toEqual(["ack 5"]);
  });

  test("a lost acknowledgement: the window comes again and its last block is acknowledged again", () => {
    const t = windowed();
    for (const block of [1, 2, 3, 4]) t.data(block, 512);
    const again = [1, 2, 3, 4].flatMap((block) => short(t.data(block, 512)));
    expect(again).toEqual(["ack 4"]);
  });

  test("silence in a window acknowledges what is there", () => {
    const t = windowed();
    t.data(1, 512);
    t.data(2, 512);
    expect(short(t.ring())).toEqual(["ack 2"]);
  });
});

describe("sizes", () => {
  test.each([0, 1] as const)("BOOT-049 after block 65535 the server may go on with %i", (wrap) => {
    const t = rig({ maxBytes: 2 ** 30 });
    t.start();
    for (let block = 1; block <= 0xffff; block++) t.data(block, 512);
    expect(short(t.data(wrap, 512))).toEqual(["keep 512", `ack ${wrap}`]);
    expect(short(t.data(wrap + 1, 512))).toEqual(["keep 512", `ack ${wrap + 1}`]);
    expect(short(t.data(wrap + 1, 512))).toEqual([`ack ${wrap + 1}`]);
    t.data(wrap + 2, 0);
    expect(t.outcome()).toEqual({ kind: "complete", sizeBytes: 0x10001 * 512 });
  });

  test("BOOT-049 a file of whole blocks ends with an empty one", () => {
    const t = rig();
    t.start();
    t.data(1, 512);
    expect(t.state().kind).toBe("receiving");
    t.data(2, 0);
    expect(t.outcome()).toEqual({ kind: "complete", sizeBytes: 512 });
  });

  test("a file announced or found too large is refused with ERROR 3", () => {
    const announced = rig({ offer: fullOffer, maxBytes: 1000 });
    announced.start();
    expect(short(announced.hear(oack(["tsize", "1001"])))[0]).toBe("error diskFull to 40000");
    expect(announced.outcome()).toEqual({ kind: "too-large", limitBytes: 1000 });
    const found = rig({ maxBytes: 1000 });
    found.start();
    found.data(1, 512);
    expect(short(found.data(2, 512))[0]).toBe("error diskFull to 40000");
    expect(found.outcome()).toEqual({ kind: "too-large", limitBytes: 1000 });
  });

  test("a block longer than agreed is refused with ERROR 4", () => {
    const t = rig();
    t.start();
    expect(short(t.data(1, 513))).toEqual([
      "error illegalOperation to 40000",
      "outcome broken-server",
      "close",
    ]);
  });
});
