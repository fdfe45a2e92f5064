// Init's slot code on files, with every bundle that could come over its socket, and stopped at every point: whatever comes,
// slot A starts, and slot B only when everything of it is there.
import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  bundleOf,
  bytesOf,
  Card,
  type Compiled,
  compileSlots,
  linesOf,
  partsOf,
  signed,
} from "./host/slots.ts";

const parts = partsOf("0.2.0");
const before = "slot=A tries=0 trial=0 other=good";
const emptied = "slot=A tries=0 trial=0 other=bad";
const after = "slot=B tries=3 trial=1 other=good";
let checked: Compiled;
let plain: Compiled;
let bundle: Buffer;

beforeAll(() => {
  checked = compileSlots(true);
  plain = compileSlots(false);
  bundle = bundleOf(signed(linesOf(parts), checked.key), parts);
});
afterAll(() => {
  for (const { folder } of [checked, plain]) rmSync(folder, { recursive: true });
});

/** On a card of its own: the answer, and that slot A is as it was and starts unless all of B is there. */
function installed(bytes: Buffer, settings: Readonly<Record<string, string>> = {}) {
  const card = new Card(checked);
  const answer = card.install(bytes, settings);
  const slotFile = card.slotFile();
  expect(card.holds("A", card.running)).toBe(true);
  if (slotFile === after) expect(card.holds("B", parts)).toBe(true);
  else expect([before, emptied]).toContain(slotFile);
  expect(slotFile === before).toBe(answer?.isEmptied === false);
  card.remove();
  return { end: answer?.end ?? "stopped", slotFile };
}

test("a signed bundle for this board is written to slot B and tried three times; confirming makes it good", () => {
  const card = new Card(checked);
  expect(card.install(bundle)?.end).toBe("done");
  expect(card.slotFile()).toBe(after);
  expect(card.holds("B", parts)).toBe(true);
  expect(card.run(["confirm"], Buffer.alloc(0))?.end).toBe("done"); // slot A was confirmed before: slot.txt stays
  expect(card.slotFile()).toBe(after);
  const inB = { offhook_slot: "B", offhook_root: join(card.folder, "disk3"), offhook_other: "good" };
  const trial = { ...inB, offhook_confirmed: "0" };
  expect(card.install(bundle, trial)?.end).toMatch(/^failed busy slot B is on trial/); // nothing to go back to
  expect(card.run(["confirm"], Buffer.alloc(0), trial)?.end).toBe("done");
  expect(card.slotFile()).toBe("slot=B tries=0 trial=0 other=good");
  expect(card.install(bundle, inB)?.end).toBe("done"); // and now the other way
  expect(card.slotFile()).toBe("slot=A tries=3 trial=1 other=good");
  expect(card.holds("A", parts)).toBe(true);
  card.remove();
});

test("another signature, board or name, or no bundle at all: refused before anything is changed", () => {
  const { privateKey: foreign } = generateKeyPairSync("ed25519");
  const bad = (lines: readonly string[], key = checked.key) => installed(bundleOf(signed(lines, key), parts));
  const refused = { slotFile: before };
  expect(bad(linesOf(parts), foreign)).toEqual({
    ...refused,
    end: "failed denied the signature does not hold",
  });
  expect(bad(linesOf(parts, "offhook-0.2.0", "proto-a desktop"))).toEqual({
    ...refused,
    end: "failed denied the image is for proto-a desktop, this is desk",
  });
  expect(bad(linesOf(parts, "offhook-0.3.0"))).toEqual({
    ...refused,
    end: "failed denied the image calls itself offhook-0.3.0, offhook-0.2.0 was wanted",
  });
  for (const text of ["", "<html>404</html>", "offhook-image 2\n", "offhook-image 1\n"])
    expect(installed(Buffer.from(text)).end).toMatch(/^failed denied is no bundle/);
  expect(installed(Buffer.alloc(100_000, "offhook-image 1\n")).end).toMatch(/no signature in its first 2048/);
});

test("a manifest with any byte changed is refused, and nothing is changed", () => {
  const manifest = signed(linesOf(parts), checked.key);
  for (let at = 0; at < manifest.length; at += 11) {
    const wrong = Buffer.from(bundle);
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    const { end, slotFile } = installed(wrong);
    expect(end).toMatch(/^failed denied/);
    expect(slotFile).toBe(before);
  }
});

test("a signed manifest of nonsense is refused without harm: sizes, hashes, lines, bytes", () => {
  const good = linesOf(parts);
  const changed = (at: number, text: string) => good.map((line, index) => (index === at ? text : line));
  const hash = good[4]?.split(" ")[2] ?? "";
  const nonsense: readonly (readonly string[])[] = [
    ...["0", "-1", "+5", " 5", "18446744073709551616", "99999999999999999999999", "1x", ""].map((size) =>
      changed(4, `kernel ${size} ${hash}`),
    ),
    ...[hash.slice(2), `${hash}00`, hash.replace(/./, "g"), ""].map((text) =>
      changed(6, `root 300000 ${text}`),
    ),
    ...[0, 1, 2, 3, 4, 7].map((at) => good.filter((_, index) => index !== at)),
    [...good, "more 1"],
    ["offhook-image 1", "", ...good.slice(1)],
    changed(1, "name"),
    changed(1, "name offhook-0.2.0\0"),
    changed(3, "boards"),
    changed(3, `boards ${"x".repeat(1200)}`),
    changed(3, "boards deskx xdesk des"),
    [...good].reverse(),
  ];
  for (const lines of nonsense) {
    const { end, slotFile } = installed(bundleOf(signed(lines, checked.key), parts));
    expect(end, lines.join("|")).toMatch(/^failed (denied|io)/);
    expect(slotFile).toBe(before);
  }
});

test("an image too large for its partition, or for the boot partition, is refused before anything is changed", () => {
  const large = { ...parts, root: bytesOf("large", 600_000) };
  expect(installed(bundleOf(signed(linesOf(large), checked.key), large))).toEqual({
    end: "failed io the image is too large: its root has 600000 bytes, slot B holds 524288",
    slotFile: before,
  });
  const lines = linesOf(parts).map((line) => line.replace("kernel 150000", "kernel 1000000000000"));
  expect(installed(signed(lines, checked.key)).end).toMatch(/too large: its kernel needs 1000000030/);
});

test("cut short anywhere, changed anywhere in its parts, or longer than it says: slot A starts", () => {
  const start = bundle.length - 480_029;
  for (const at of [1, 149_999, 150_000, 150_001, 200_000, 300_000, 480_000, 480_028]) {
    expect(installed(bundle.subarray(0, start + at))).toEqual({
      end: expect.stringMatching(/^failed denied the bundle is cut short: \d+ bytes of the \w+ came/),
      slotFile: emptied,
    });
    const wrong = Buffer.from(bundle);
    wrong[start + at] = (wrong[start + at] ?? 0) ^ 0x80;
    expect(installed(wrong)).toEqual({
      end: expect.stringMatching(/^failed denied the \w+ is not what the manifest says/),
      slotFile: emptied,
    });
  }
  expect(installed(Buffer.concat([bundle, Buffer.of(0)])).end).toBe(
    "failed denied the bundle goes on after its last part",
  );
});

test("without a boot partition, a partition beside its own or a key, no image is taken", () => {
  const card = new Card(checked);
  expect(card.install(bundle, { offhook_boot: join(card.folder, "none") })?.end).toMatch(/^failed io .*none/);
  const far = { offhook_root: join(card.folder, "disk3") };
  expect(card.install(bundle, far)?.end).toMatch(/^failed io offhook.root is .*: a partition 2 belongs/);
  expect(card.slotFile()).toBe(before);
  card.remove();
});

test("stopped at any of the calls that change a file, half of a write done: slot A starts, or all of B; then it installs", () => {
  const whole = new Card(checked).install(bundle);
  expect(whole?.calls).toBeGreaterThan(30);
  const seen = new Map<string, number>();
  for (let stop = 1; stop <= (whole?.calls ?? 0); stop++) {
    const card = new Card(checked);
    expect(card.install(bundle, { stop_at: String(stop) })).toBeUndefined();
    const slotFile = card.slotFile();
    seen.set(slotFile, (seen.get(slotFile) ?? 0) + 1);
    expect(card.holds("A", card.running)).toBe(true);
    if (slotFile === before) expect(card.holds("B", partsOf("0.0.9"))).toBe(true);
    if (slotFile === after) expect(card.holds("B", parts)).toBe(true);
    expect([before, emptied, after]).toContain(slotFile);
    expect(card.install(bundle)?.end).toBe("done");
    expect(card.slotFile()).toBe(after);
    card.remove();
  }
  expect([...seen.keys()].sort()).toEqual([before, emptied, after].sort());
});

test("an image of 60 MiB needs no more memory than a small one", () => {
  const large = { ...parts, root: bytesOf("large", 60 << 20) };
  const take = (these: typeof parts) => {
    const card = new Card(plain);
    writeFileSync(join(card.folder, "disk3"), Buffer.alloc(64 << 20));
    const answer = card.install(bundleOf(signed(linesOf(these), plain.key), these));
    expect(answer?.end).toBe("done");
    card.remove();
    return answer?.memoryKiB ?? 0;
  };
  const small = take(parts);
  expect(take(large) - small).toBeLessThan(512);
});
