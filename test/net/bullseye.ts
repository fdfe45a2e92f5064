// Asterisk 16 lives in Debian 11 alone (later ones lack chan_skinny): a small root of that suite is made once by
// mmdebstrap, from the mirror this machine's own apt uses, and kept beside the node modules.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const packages = ["asterisk", "asterisk-modules", "asterisk-voicemail", "asterisk-core-sounds-en", "procps"];
const suite = "bullseye";
const cache = join(import.meta.dirname, "../../node_modules/.cache/peers");

/** The mirror of Debian's main archive in this machine's apt sources. */
function mirror(): string {
  const words = ["indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"];
  const lines = execFileSync("apt-get", words, { encoding: "utf8" }).split("\n");
  const found = lines.find((line) => line.endsWith(" Debian"))?.split(" ")[0];
  if (found === undefined) throw new Error("apt's sources name no Debian mirror: run apt-get update");
  return found;
}

/** Waits while another process makes the same root; a lock older than ten minutes is nobody's. */
function isBeingMade(lock: string): boolean {
  return existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 600_000;
}

/** Folder of the root; makes it when it is not there (half a minute to two). */
export function bullseyeRoot(): string {
  const key = createHash("sha256")
    .update([suite, ...packages].join(" "))
    .digest("hex")
    .slice(0, 12);
  const root = join(cache, `${suite}-${key}`);
  if (existsSync(join(root, "usr/sbin/asterisk"))) return root;
  mkdirSync(cache, { recursive: true });
  const partial = `${root}.partial`;
  if (isBeingMade(partial)) throw new Error(`${partial} is being made by another run: wait for that one`);
  rmSync(partial, { recursive: true, force: true });
  const source = `deb ${mirror()} ${suite} main`; // its security suite is incomplete
  try {
    execFileSync(
      "mmdebstrap",
      [
        "--variant=minbase",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=Acquire::Retries "5"',
        `--include=${packages.join(",")}`,
        suite,
        partial,
        source,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
  } catch (error) {
    rmSync(partial, { recursive: true, force: true }); // the next attempt starts clean
    throw error;
  }
  renameSync(partial, root);
  return root;
}
