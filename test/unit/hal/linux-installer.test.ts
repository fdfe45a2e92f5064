// An image on its way to the image's init, against a small server that plays init (init's own half: test/qemu/slots.test.ts).
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ImageSlots } from "#hal/contract/identity.ts";
import { connectSupervisor } from "#hal/linux/supervisor.ts";

let folder: string;
let ends: (() => void)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offhook-"));
  ends = [];
});
afterEach(() => {
  for (const end of ends) end();
  rmSync(folder, { recursive: true, force: true });
});

const greeting = {
  feedWithinMs: 15_000,
  hasWatchdog: true,
  data: "mounted",
  slots: [
    { name: "A", state: "good", isRunning: true, version: "0.1.0" },
    { name: "B", state: "good", isRunning: false, version: "0.0.9" },
  ],
};

/** An init whose installer is this function: it has the socket once `install NAME` has come. */
async function slotsWith(installer: (socket: Socket, name: string) => void): Promise<ImageSlots> {
  const path = join(folder, "supervisor");
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined); // the firmware hangs up as it likes
    socket.write(`${JSON.stringify(greeting)}\n`);
    socket.once("data", (line: Buffer) => {
      socket.pause();
      installer(socket, /^install (.*)\n$/.exec(line.toString())?.[1] ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const supervisor = await connectSupervisor(path);
  if (supervisor === undefined) throw new Error("nobody is there");
  ends.push(() => {
    supervisor.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return supervisor.images;
}

const signal = new AbortController().signal;
const shown = (images: ImageSlots) =>
  images.list().map(({ name, state, version }) => `${name} ${state} ${version ?? "-"}`);

async function* pieces(count: number, bytes: number, taken: (number: number) => void = () => undefined) {
  for (let at = 0; at < count; at++) {
    taken(at + 1);
    yield new Uint8Array(bytes).fill(at);
  }
}

test("the bundle goes to init as it is, in order, and the other slot is on trial when init says so", async () => {
  const received: Buffer[] = [];
  let named = "";
  const images = await slotsWith((socket, name) => {
    named = name;
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("end", () => socket.write("progress 100\ninstalled\n"));
    socket.write("ready\nprogress 0\n");
    socket.resume();
  });
  const heard: number[] = [];
  const shares: (number | undefined)[] = [];
  const slot = await images.install(pieces(200, 5000), {
    name: "offhook-0.2.0",
    signal,
    progress(percent) {
      heard.push(percent);
      shares.push(images.list()[1]?.writtenPct);
    },
  });
  expect(named).toBe("offhook-0.2.0");
  const whole = Buffer.concat(received);
  expect(whole.length).toBe(1_000_000);
  expect(whole.every((byte, at) => byte === Math.floor(at / 5000) % 256)).toBe(true);
  expect([heard, shares]).toEqual([
    [0, 100],
    [0, 100],
  ]);
  expect(images.list()[1]?.writtenPct).toBeUndefined();
  expect(slot).toMatchObject({ name: "B", state: "trying", version: "0.2.0" });
  expect(shown(images)).toEqual(["A good 0.1.0", "B trying 0.2.0"]);
});

test("an init that does not read holds the bundle: little more than a socket's buffer of it is ever made", async () => {
  let taken = 0;
  let goOn = (): void => undefined;
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const images = await slotsWith((socket) => {
    socket.write("ready\n");
    isReady();
    goOn = () => {
      socket.on("end", () => socket.write("installed\n"));
      socket.resume();
    };
  });
  const stalled = new Promise<void>((resolve) => {
    const look = (before: number): void => {
      if (taken > 0 && taken === before) resolve();
      else setTimeout(look, 50, taken);
    };
    void ready.then(() => look(0));
  });
  const done = images.install(
    pieces(1000, 65_536, (number) => (taken = number)),
    { name: "x", signal },
  );
  await stalled;
  expect(taken * 65_536).toBeLessThan(1 << 20); // of 65 million
  goOn();
  await done;
  expect(taken).toBe(1000);
});

test("what init says in the middle ends it with its code and sentence, and no more of the bundle is asked for", async () => {
  for (const [begun, state] of [
    ["", "B good 0.0.9"],
    ["progress 0\n", "B bad -"],
  ]) {
    let taken = 0;
    const images = await slotsWith((socket) => {
      socket.write("ready\n");
      socket.once("data", () => socket.write(`${begun}failed denied the signature does not hold\n`));
      socket.on("data", () => undefined);
      socket.resume();
    });
    const bundle = pieces(100_000, 4096, (number) => (taken = number));
    await expect(images.install(bundle, { name: "x", signal })).rejects.toMatchObject({
      code: "denied",
      message: "image slots: install: the signature does not hold",
    });
    expect(taken).toBeLessThan(100_000);
    expect(shown(images)[1]).toBe(state);
    for (const end of ends.splice(0)) end();
  }
});

test("busy before it begins, an end without an answer and a signal are told as such", async () => {
  const busy = await slotsWith((socket) => socket.write("failed busy slot A is on trial\n"));
  await expect(busy.install(pieces(1, 1), { name: "x", signal })).rejects.toMatchObject({ code: "busy" });
  for (const end of ends.splice(0)) end();
  const gone = await slotsWith((socket) => socket.end("ready\n"));
  await expect(gone.install(pieces(10, 1), { name: "x", signal })).rejects.toMatchObject({ code: "io" });
  for (const end of ends.splice(0)) end();
  const stop = new AbortController();
  let sawEnd = false;
  const held = await slotsWith((socket) => {
    socket.on("close", () => (sawEnd = true));
    socket.write("ready\n");
    socket.resume();
    stop.abort(new Error("enough"));
  });
  await expect(held.install(pieces(10, 1), { name: "x", signal: stop.signal })).rejects.toThrow("enough");
  await expect.poll(() => sawEnd).toBe(true);
});
