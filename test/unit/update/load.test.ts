// An image from a server that means no good.
import { expect, test } from "vitest";
import { bringLoad, type FileToRead } from "#firmware/update/load.ts";
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
