// Programs for inside the guest, bundled into a file system beside a way to the image's add-ons.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface GuestDisk {
  /** A file with an ext4 file system: `NAME.mjs` for each program. */
  readonly path: string;
  close(): void;
}

/** Each program is `NAME=SOURCE`, as flash-image/bundle.ts takes them; `others` are files put beside them. */
export function makeGuestDisk(
  programs: readonly string[],
  others: Readonly<Record<string, string>> = {},
): GuestDisk {
  const folder = mkdtempSync(join(tmpdir(), "offhook-guest-"));
  const path = join(folder, "programs.ext4");
  const files = join(folder, "files");
  mkdirSync(files);
  execFileSync(process.execPath, ["flash-image/bundle.ts", files, ...programs]);
  for (const [name, from] of Object.entries(others)) copyFileSync(from, join(files, name));
  symlinkSync("/usr/lib/offhook/node_modules", join(files, "node_modules"));
  execFileSync("mkfs.ext4", ["-q", "-d", files, path, "16M"]);
  return { path, close: () => rmSync(folder, { recursive: true }) };
}
