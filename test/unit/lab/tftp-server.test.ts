// The lab's TFTP server: requests that real clients sent, scripted answers, every fault it can play.
import { expect, test } from "vitest";
import { decodeTftp, encodeTftp, type TftpMessage } from "#firmware/tftp/messages.ts";
import type { Datagram, UdpSocket } from "#hal/contract/sockets.ts";
import { type FilePlay, textFile } from "#test/lab/files.ts";
import { createLabLog } from "#test/lab/log.ts";
import { defaultTftp, startTftpServer, type TftpSettings } from "#test/lab/tftp-server.ts";
import { Transfer, type TransferPlan } from "#test/lab/tftp-transfer.ts";
import { createPair, serverAddress } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

async function served(play: FilePlay, settings: Partial<TftpSettings> = {}) {
  const { clock, phone, server, close } = await createPair();
  const log = createLabLog(clock);
  const life = new AbortController();
  startTftpServer({
    sockets: server.sockets,
    clock,
    settings: () => ({ ...defaultTftp, ...settings }),
    play: () => play,
    tell: log.teller("tftp"),
    signal: life.signal,
  });
  const socket = phone.sockets.openUdp({});
  const heard: Datagram[] = [];
  socket.datagrams.subscribe((datagram) => heard.push(datagram), { signal: life.signal });
  /** What came since the last call, as short lines; the port of the transfer is that of the last datagram. */
  const answers = async (spanMs = 0): Promise<string[]> => {
    await clock.advance(spanMs);
    return heard.splice(0).map((datagram) => {
      transfer.port = datagram.from.port;
      return line(decodeTftp(datagram.bytes));
    });
  };
  const transfer = { address: serverAddress, port: 0 };
  const ack = (block: number): void => socket.send(encodeTftp({ kind: "ack", block }), transfer);
  const ask = (name: string): void =>
    socket.send(vector("tftp", name).bytes, { address: serverAddress, port: 69 });
  const end = (): number => {
    life.abort();
    close();
    return clock.alarmCount;
  };
  return { clock, phone, socket, transfer, log, ask, ack, answers, end };
}

function line(message: TftpMessage): string {
  switch (message.kind) {
    case "data":
      return `data ${message.block} ${message.bytes.length}`;
    case "optionAck":
      return `oack ${message.options.map(({ name, value }) => `${name}=${value}`).join(" ")}`;
    case "error":
      return `error ${message.code}`;
    default:
      return message.kind;
  }
}

const bytes = (length: number): FilePlay => ({ kind: "serve", bytes: new Uint8Array(length).fill(0x61) });

test("a plain request is served in blocks of 512 from a port of its own, the last one empty if need be", async () => {
  const { ask, ack, answers, transfer, log, end } = await served(bytes(1024));
  ask("rrq-tftp-hpa-plain");
  expect(await answers()).toEqual(["data 1 512"]);
  expect(transfer.port).not.toBe(69);
  ack(1);
  expect(await answers()).toEqual(["data 2 512"]);
  ack(2);
  expect(await answers()).toEqual(["data 3 0"]);
  ack(3);
  expect(await answers(10_000)).toEqual([]);
  expect(log.entries.map(({ what }) => what)).toEqual(["read", "served"]);
  expect(end()).toBe(0);
});

test("options are answered with OACK, whose ACK 0 starts the data", async () => {
  const { ask, ack, answers, end } = await served(bytes(3000), { mostBlockBytes: 1400 });
  ask("rrq-curl");
  expect(await answers()).toEqual(["oack blksize=1400 timeout=1 tsize=3000"]);
  ack(0);
  expect(await answers()).toEqual(["data 1 1400"]);
  expect(end()).toBe(0);
});

test("a window goes out at once; a gap is closed from the last block acknowledged", async () => {
  const { ask, ack, answers, end } = await served(bytes(1428 * 6), {});
  ask("rrq-atftp-windowsize");
  expect(await answers()).toEqual(["oack blksize=1428 windowsize=4 tsize=8568"]);
  ack(0);
  expect(await answers()).toEqual(["data 1 1428", "data 2 1428", "data 3 1428", "data 4 1428"]);
  ack(2);
  expect(await answers()).toEqual(["data 3 1428", "data 4 1428", "data 5 1428", "data 6 1428"]);
  ack(6);
  expect(await answers()).toEqual(["data 7 0"]);
  expect(end()).toBe(0);
});

test("what is lost comes again after a second, a repeated ACK brings nothing, and five losses end it", async () => {
  const { ask, ack, answers, log, end } = await served(bytes(600));
  ask("rrq-tftp-hpa-plain");
  expect(await answers(1000)).toEqual(["data 1 512", "data 1 512"]);
  ack(1);
  ack(1);
  expect(await answers()).toEqual(["data 2 88"]);
  expect(await answers(20_000)).toEqual(Array(5).fill("data 2 88"));
  expect(log.lines({ what: "given up" })).toHaveLength(1);
  expect(end()).toBe(0);
});

test("another port is told so, and the transfer goes on", async () => {
  const { ask, ack, answers, phone, transfer, end } = await served(bytes(600));
  ask("rrq-tftp-hpa-plain");
  await answers();
  const other: UdpSocket = phone.sockets.openUdp({});
  const told: string[] = [];
  other.datagrams.subscribe((datagram) => told.push(line(decodeTftp(datagram.bytes))), {
    signal: new AbortController().signal,
  });
  other.send(encodeTftp({ kind: "ack", block: 1 }), transfer);
  expect(await answers()).toEqual([]);
  expect(told).toEqual(["error unknownTransferId"]);
  ack(1);
  expect(await answers()).toEqual(["data 2 88"]);
  expect(end()).toBe(0);
});

test.each([
  ["a file that is not there", { kind: "not-found" }, ["error fileNotFound"]],
  ["an error", { kind: "error", text: "disk on fire" }, ["error undefined"]],
  ["silence", { kind: "silent" }, []],
  ["half a file", { kind: "truncated", bytes: new Uint8Array(400) }, ["data 1 200"]],
  ["foreign packets", { kind: "foreign-packets", bytes: new Uint8Array(9) }, ["data 1 9", "data 1 1"]],
] as const)("%s looks so", async (_what, play, expected) => {
  const { ask, answers, end } = await served(play);
  ask("rrq-tftp-hpa-plain");
  expect(await answers(500)).toEqual(expected);
  expect(end()).toBe(0);
});

test("a stalled server never sends the second half", async () => {
  const { ask, ack, answers, end } = await served({ kind: "stalled", bytes: new Uint8Array(2000) });
  ask("rrq-tftp-hpa-plain");
  expect(await answers()).toEqual(["data 1 512"]);
  ack(1);
  expect(await answers()).toEqual(["data 2 512"]);
  ack(2);
  expect(await answers(60_000)).toEqual([]);
  expect(end()).toBe(0);
});

test("a server without options serves plainly; a slow one waits; writing is refused", async () => {
  const { ask, answers, socket, end } = await served(bytes(5), { hasOptions: false, delayMs: 700 });
  ask("rrq-curl");
  expect(await answers(699)).toEqual([]);
  expect(await answers(1)).toEqual(["data 1 5"]);
  const write: TftpMessage = { kind: "writeRequest", fileName: "x", mode: "octet", options: [] };
  socket.send(encodeTftp(write), { address: serverAddress, port: 69 });
  socket.send(textFile("?"), { address: serverAddress, port: 69 });
  expect(await answers(1)).toEqual(["error illegalOperation"]);
  expect(end()).toBe(0);
});

test("block numbers wrap to 0 after 65535", () => {
  const plan: TransferPlan = {
    bytes: new Uint8Array(8 * 65_537),
    accepted: [],
    blockBytes: 8,
    windowBlocks: 1000,
    timeoutMs: 1000,
  };
  const transfer = new Transfer(plan);
  let step = transfer.start();
  const last: number[] = [];
  while (!step.isOver) {
    const newest = step.send.at(-1);
    if (newest?.kind !== "data") throw new Error("a window of data");
    last.push(newest.block);
    step = transfer.receive({ kind: "ack", block: newest.block });
  }
  expect(step.isComplete).toBe(true);
  expect(last.slice(-2)).toEqual([65_000, 2]);
});
