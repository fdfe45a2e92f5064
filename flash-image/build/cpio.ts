// An initramfs: a `newc` archive (Documentation/driver-api/early-userspace/buffer-format.rst), times and owners zero.
import { readFileSync } from "node:fs";

export type CpioEntry =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly from: string | Buffer;
      readonly isProgram?: boolean;
    }
  /** A character device. */
  | { readonly kind: "device"; readonly path: string; readonly major: number; readonly minor: number };

const fourAligned = (length: number): number => (4 - (length % 4)) % 4;

function record(
  name: string,
  mode: number,
  data: Buffer,
  inode: number,
  device: readonly [number, number],
): Buffer {
  const hex = (value: number): string => value.toString(16).padStart(8, "0").toUpperCase();
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, device[0], device[1], nameBytes.length, 0];
  const head = Buffer.from(`070701${fields.map(hex).join("")}`);
  const padding = Buffer.alloc(fourAligned(head.length + nameBytes.length));
  return Buffer.concat([head, nameBytes, padding, data, Buffer.alloc(fourAligned(data.length))]);
}

function recordOf(entry: CpioEntry, inode: number): Buffer {
  switch (entry.kind) {
    case "folder":
      return record(entry.path, 0o040755, Buffer.alloc(0), inode, [0, 0]);
    case "file": {
      const data = typeof entry.from === "string" ? readFileSync(entry.from) : entry.from;
      return record(entry.path, entry.isProgram === true ? 0o100755 : 0o100644, data, inode, [0, 0]);
    }
    case "device":
      return record(entry.path, 0o020600, Buffer.alloc(0), inode, [entry.major, entry.minor]);
  }
}

/** The archive, entries in the order given: folders before what is in them. */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const end = record("TRAILER!!!", 0, Buffer.alloc(0), 0, [0, 0]);
  return Buffer.concat([...entries.map((entry, index) => recordOf(entry, index + 1)), end]);
}
