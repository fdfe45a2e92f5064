// What firmware cannot know it does not claim: the pulses of pre-standard in-line power are seen by no code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|json)$/.test(entry.name)) yield path;
  }
}

test("BOOT-009 no source claims to detect fast link pulses, or a phone's loop-back of them", () => {
  const claims = /fast.?link.?pulse|\bFLP\b|in-?line.?power.?detect|pulse.?(loop|return)/i;
  const claiming = ["firmware", "hal", "ui", "boards"]
    .flatMap((folder) => [...sources(folder)])
    .filter((path) => claims.test(readFileSync(join(root, path), "utf8")));
  expect(claiming).toEqual([]);
});
