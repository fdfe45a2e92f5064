// An image from a server that means no good.
import { expect, test } from "vitest";
import { bringLoad, type FileToRead, type KeepBlock } from "#firmware/update/load.ts";
import type { ImageSlots } from "#hal/contract/identity.ts";

const log = { debug() {}, info() {}, warning() {}, error() {} };
const images: ImageSlots = {
  list: () => [],
  confirm: () => Promise.resolve(),
  install: () => Promise.reject(new Error("nothing is installed here")),
};
const signal = new AbortController().signal;

test("a list of parts that never ends is given up after 2048 bytes, and no part is asked for", async () => {
  const asked: string[] = [];
  let kept = 0;
  const read = ({ name, maxBytes }: FileToRead, keep: (bytes: Uint8Array) => void) => {
    asked.push(name);
    for (let sent = 0; sent < 1_000_000; sent += 512) {
      if (sent + 512 > maxBytes) return Promise.resolve("too-large" as const);
      kept += 512;
      keep(new Uint8Array(512).fill(0x61));
    }
    return Promise.resolve("whole" as const);
  };
  expect(await bringLoad("offhook-0.2.0", { images, read, log, signal })).toEqual({
    kind: "unavailable",
    file: "offhook-0.2.0.loads",
    why: "too-large",
  });
  expect(kept).toBe(2048);
  expect(asked).toEqual(["offhook-0.2.0.loads"]);
});

test("an image that is read slowly never waits in memory: the file server is held while 64 KiB do", async () => {
  const blockBytes = 1428;
  const blocks = 5000;
  let pushed = 0;
  let most = 0;
  let read = 0;
  const slow: ImageSlots = {
    ...images,
    async install(bundle) {
      for await (const piece of bundle) {
        read += piece.length;
        most = Math.max(most, pushed - read);
        await Promise.resolve();
      }
      return { name: "B", version: "0.2.0", state: "trying", isRunning: false };
    },
  };
  const server = async ({ name }: FileToRead, keep: KeepBlock) => {
    if (name.endsWith(".loads")) return "not-found" as const;
    for (let sent = 0; sent < blocks; sent++) {
      pushed += blockBytes;
      await keep(new Uint8Array(blockBytes));
    }
    return "whole" as const;
  };
  const ports = { images: slow, read: server, log, signal };
  expect(await bringLoad("offhook-0.2.0", ports)).toEqual({ kind: "stored" });
  expect(read).toBe(blocks * blockBytes);
  expect(most).toBeLessThanOrEqual(64 * 1024 + blockBytes);
});
