// The client over a socket: ports, round trips, cancelling, what is left behind.
import { expect, test } from "vitest";
import { type FetchRequest, fetchFile } from "#firmware/tftp/client.ts";
import { decodeTftp, encodeTftp, type TftpMessage } from "#firmware/tftp/messages.ts";
import { chooseOffer, fullOffer } from "#firmware/tftp/options.ts";
import { HalError } from "#hal/contract/errors.ts";
import { createScriptedSockets, type Sent } from "#test/unit/scripted-sockets.ts";
import { createTestRuntime } from "#test/unit/test-runtime.ts";

const server = "192.0.2.1";

/** A well-behaved server: options as atftpd takes them, one transfer port per request. */
function serve(files: Record<string, Uint8Array>, rules: { knowsOptions?: boolean } = {}) {
  const transfers = new Map<number, { file: Uint8Array; size: number; window: number; port: number }>();
  let port = 40_000;
  const sendWindow = (sent: Sent, after: number): void => {
    const transfer = transfers.get(sent.localPort);
    if (transfer === undefined) return;
    const { file, size, window } = transfer;
    const last = Math.floor(file.length / size) + 1;
    for (let block = after + 1; block <= Math.min(after + window, last); block++) {
      const bytes = file.subarray((block - 1) * size, block * size);
      sent.reply(encodeTftp({ kind: "data", block, bytes }), { address: server, port: transfer.port });
    }
  };
  return (sent: Sent): void => {
    const message = decodeTftp(sent.bytes);
    if (message.kind === "ack") {
      sendWindow(sent, message.block);
      return;
    }
    if (message.kind !== "readRequest") return;
    const file = files[message.fileName];
    port++;
    const from = { address: server, port };
    if (file === undefined) {
      sent.reply(encodeTftp({ kind: "error", code: "fileNotFound", text: "File not found" }), from);
      return;
    }
    const asked = new Map(message.options.map(({ name, value }) => [name, value]));
    if (asked.size === 0 || rules.knowsOptions === false) {
      transfers.set(sent.localPort, { file, size: 512, window: 1, port });
      sendWindow(sent, 0);
      return;
    }
    asked.set("tsize", String(file.length));
    const size = Number(asked.get("blksize") ?? 512);
    transfers.set(sent.localPort, { file, size, window: Number(asked.get("windowsize") ?? 1), port });
    const options = [...asked].map(([name, value]) => ({ name, value }));
    sent.reply(encodeTftp({ kind: "optionAck", options }), from);
  };
}

function rig(respond: (sent: Sent) => void, refusal?: () => HalError | undefined) {
  const { clock, runtime, timers, lines, failures } = createTestRuntime();
  const sockets = createScriptedSockets(clock, respond, refusal);
  const stop = new AbortController();
  const fetch = (request: Partial<FetchRequest> & { fileName: string }) =>
    fetchFile(
      { server, offer: undefined, maxBytes: 262_144, ...request },
      { runtime, sockets, signal: stop.signal },
    );
  return { clock, timers, lines, failures, sockets, stop, fetch };
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251);

/** Round trips: answers that had to arrive before the next thing could be sent. */
async function timed<T>(clock: { now(): number; advance(ms: number): Promise<void> }, work: Promise<T>) {
  let took: number | undefined;
  const start = clock.now();
  const done = work.then((value) => {
    took = clock.now() - start;
    return value;
  });
  await clock.advance(20_000);
  return { value: await done, tookMs: took };
}

test.each([0, 1, 511, 512, 1024, 1428, 5712, 40_000])(
  "a file of %i bytes arrives whole, either way",
  async (length) => {
    const file = bytes(length);
    const { clock, fetch, sockets, failures } = rig(serve({ f: file }));
    for (const offer of [undefined, fullOffer]) {
      const { value } = await timed(clock, fetch({ fileName: "f", offer }));
      expect(value).toEqual({ kind: "file", bytes: file, sizeBytes: length });
    }
    expect(sockets.openCount).toBe(0);
    expect(failures).toEqual([]);
  },
);

test.each([
  // size, size last time, round trips at 1 ms each
  [400, undefined, 1],
  [400, 400, 1],
  [3000, undefined, 6],
  [3000, 3000, 2],
] as const)("%i bytes, %s last time: %i round trips", async (size, expectedBytes, trips) => {
  const { clock, fetch } = rig(serve({ "SIPDefault.cnf": bytes(size) }));
  const offer = chooseOffer({ fileName: "SIPDefault.cnf", expectedBytes, isPlain: false });
  const { tookMs } = await timed(clock, fetch({ fileName: "SIPDefault.cnf", offer }));
  expect(tookMs).toBe(trips);
});

test("every transfer has a port of its own, and repeats its request from there", async () => {
  const { clock, fetch, sockets } = rig(() => {});
  const both = Promise.all([fetch({ fileName: "a" }), fetch({ fileName: "b" })]);
  await clock.advance(15_000);
  expect(await both).toEqual([
    { kind: "timeout", phase: "request" },
    { kind: "timeout", phase: "request" },
  ]);
  const ports = sockets.sent.map(({ localPort }) => localPort);
  expect(new Set(ports).size).toBe(2);
  expect(ports.length).toBe(10);
});

test("TFTP-018 the name is sent exactly as given", async () => {
  const { fetch, sockets, stop } = rig(() => {});
  const cancelled = expect(fetch({ fileName: "SIP00005E005301.cnf" })).rejects.toThrow("enough");
  expect(sockets.sent[0]?.bytes).toEqual(
    Uint8Array.from([0, 1, ...Buffer.from("SIP00005E005301.cnf\0octet\0", "latin1")]),
  );
  stop.abort(new Error("enough"));
  await cancelled;
});

test("the file is there at once; the socket lingers 3 s to repeat the last acknowledgement", async () => {
  const { clock, fetch, sockets, timers } = rig(serve({ f: bytes(10) }));
  const result = fetch({ fileName: "f" });
  await clock.advance(1);
  expect((await result).kind).toBe("file");
  expect(sockets.openCount).toBe(1);
  expect(timers.list()).toEqual([{ area: "tftp", name: "linger f", dueInMs: 3000 }]);
  await clock.advance(3000);
  expect(sockets.openCount).toBe(0);
  expect(timers.list()).toEqual([]);
});

test("cancelling in the middle of a file tells the server and leaves nothing behind", async () => {
  const { clock, fetch, sockets, stop, timers } = rig((sent) => {
    const first: TftpMessage = { kind: "data", block: 1, bytes: bytes(512) };
    if (sent.to.port === 69) sent.reply(encodeTftp(first), { address: server, port: 40_001 });
  });
  const result = fetch({ fileName: "f" });
  const cancelled = expect(result).rejects.toThrow("link lost");
  await clock.advance(500);
  stop.abort(new Error("link lost"));
  await cancelled;
  expect(sockets.sent.map(({ bytes: sentBytes }) => decodeTftp(sentBytes)).at(-1)).toMatchObject({
    kind: "error",
    code: "undefined",
  });
  expect(sockets.openCount).toBe(0);
  expect(timers.list()).toEqual([]);
  expect(clock.alarmCount).toBe(0);
});

test("an aborted signal fetches nothing", () => {
  const { fetch, stop, sockets } = rig(() => {});
  stop.abort(new Error("over"));
  expect(() => fetch({ fileName: "f" })).toThrow("over");
  expect(sockets.sent).toEqual([]);
});

test("malformed datagrams are counted, logged and dropped", async () => {
  const good = serve({ f: bytes(5) });
  const { clock, fetch, lines } = rig((sent) => {
    sent.reply(Uint8Array.of(0, 5), { address: server, port: 40_000 });
    sent.reply(new Uint8Array(), { address: server, port: 40_000 });
    good(sent);
  });
  const { value } = await timed(clock, fetch({ fileName: "f" }));
  expect(value.kind).toBe("file");
  expect(lines.filter((line) => line.includes("so far"))).toHaveLength(4);
});

test("an unreachable port or a phone without an address ends it at once", async () => {
  const refuse = rig((sent) => sent.fail(new HalError("refused", "udp", "send", "port unreachable")));
  expect((await timed(refuse.clock, refuse.fetch({ fileName: "f" }))).value).toEqual({ kind: "unreachable" });
  const homeless = rig(
    () => {},
    () => new HalError("unreachable", "udp", "open", "no address"),
  );
  expect(await homeless.fetch({ fileName: "f" })).toEqual({ kind: "unreachable" });
});

test("a server that knows no options still serves", async () => {
  const file = bytes(3000);
  const { clock, fetch } = rig(serve({ f: file }, { knowsOptions: false }));
  const { value } = await timed(clock, fetch({ fileName: "f", offer: fullOffer }));
  expect(value).toEqual({ kind: "file", bytes: file, sizeBytes: 3000 });
});

test("long files can be taken block by block", async () => {
  const file = bytes(5000);
  const kept: Uint8Array[] = [];
  const { clock, fetch } = rig(serve({ f: file }));
  const { value } = await timed(clock, fetch({ fileName: "f", keep: (block) => void kept.push(block) }));
  expect(value).toMatchObject({ kind: "file", sizeBytes: 5000 });
  expect(Buffer.concat(kept)).toEqual(Buffer.from(file));
});

test("while a kept block waits for room nothing is acknowledged: the server stops after the window, then goes on", async () => {
  const file = bytes(40 * 1428);
  const { clock, sockets, fetch } = rig(serve({ image: file }));
  const kept: number[] = [];
  const open = Promise.withResolvers<void>();
  const done = fetch({
    fileName: "image",
    offer: fullOffer,
    keep: (block) => {
      kept.push(...block);
      return kept.length >= 10 * 1428 && kept.length < 20 * 1428 ? open.promise : undefined;
    },
  });
  await clock.advance(500);
  expect(kept.length).toBe(12 * 1428); // to the end of the third window
  const sent = sockets.sent.length;
  await clock.advance(400);
  expect(sockets.sent.length).toBe(sent);
  open.resolve();
  await clock.advance(1000);
  expect(await done).toMatchObject({ kind: "file", sizeBytes: file.length });
  expect(Uint8Array.from(kept)).toEqual(file);
});
