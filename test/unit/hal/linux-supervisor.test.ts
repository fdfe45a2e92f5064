// What the firmware and the image's init say to each other, against a small server; and the kernel's framebuffer rows.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeRows } from "#hal/linux/framebuffer.ts";
import { connectSupervisor } from "#hal/linux/supervisor.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offhook-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const greeting = {
  feedWithinMs: 15_000,
  hasWatchdog: true,
  data: "mounted",
  slots: [
    { name: "A", state: "trying", isRunning: true, version: "0.2.0" },
    { name: "B", state: "good", isRunning: false, version: "0.1.0" },
  ],
};

/** An init that answers each `confirm` so, and what it was told. */
async function startInit(first: string, answer: string) {
  const path = join(folder, "supervisor");
  const told: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.write(`${first}\n`);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      for (const line of chunk.split("\n").filter((text) => text !== "")) {
        told.push(line);
        if (line === "confirm") socket.write(`${answer}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { path, told, close };
}

test("the watchdog is fed over the socket, and confirming marks the running slot good", async () => {
  const init = await startInit(JSON.stringify(greeting), "confirmed");
  const supervisor = await connectSupervisor(init.path);
  expect(supervisor?.watchdog.timeoutMs).toBe(15_000);
  supervisor?.watchdog.feed();
  await supervisor?.images.confirm();
  expect(init.told).toEqual(["feed", "confirm"]);
  expect(supervisor?.images.list().map(({ name, state }) => `${name} ${state}`)).toEqual([
    "A good",
    "B good",
  ]);
  supervisor?.close();
  init.close();
});

test("a slot that could not be marked is an error with init's own words", async () => {
  const init = await startInit(JSON.stringify(greeting), "failed write: EIO");
  const supervisor = await connectSupervisor(init.path);
  await expect(supervisor?.images.confirm()).rejects.toThrow("failed write: EIO");
  expect(supervisor?.images.list()[0]?.state).toBe("trying");
  supervisor?.close();
  init.close();
});

test("init is fed on a board without a watchdog too, and a machine without such an init is no error", async () => {
  const init = await startInit(JSON.stringify({ ...greeting, hasWatchdog: false }), "confirmed");
  const supervisor = await connectSupervisor(init.path);
  expect(supervisor?.greeting.hasWatchdog).toBe(false);
  supervisor?.watchdog.feed();
  await supervisor?.images.confirm();
  expect(init.told).toEqual(["feed", "confirm"]);
  supervisor?.close();
  init.close();
  expect(await connectSupervisor(join(folder, "nobody"))).toBeUndefined();
});

test("an init that talks nonsense is told as such", async () => {
  const init = await startInit("ready", "confirmed");
  await expect(connectSupervisor(init.path)).rejects.toMatchObject({ code: "io" });
  init.close();
});

test("a frame as the kernel's rows: 32 and 16 bits, and ink on paper for shallow panels", () => {
  const text = { rows: [], softkeys: [], lines: [] };
  const colours = { kind: "pixels", pixels: Uint32Array.of(0xff8000, 0x0000ff), text } as const;
  const geometry = { kind: "pixels", width: 2, height: 1, depthBits: 24 } as const;
  const hex = (rows: readonly Uint8Array[]): string[] => rows.map((row) => Buffer.from(row).toString("hex"));
  expect(hex(encodeRows(colours, geometry, 32))).toEqual(["0080ff00ff000000"]);
  expect(hex(encodeRows(colours, geometry, 16))).toEqual(["00fc1f00"]);
  const ink = { kind: "pixels", pixels: Uint8Array.of(0, 1), text } as const;
  expect(hex(encodeRows(ink, { ...geometry, depthBits: 1 }, 32))).toEqual(["ffffff0000000000"]);
});
