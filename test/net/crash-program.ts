// The Linux board opened in full inside the namespace it was started in; then it crashes as its argument says.
import { linuxBoard } from "#boards/linux/board.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import type { MediaHost } from "#hal/contract/media.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { installCrashPath } from "#hal/linux/crash-path.ts";
import { libc } from "#hal/linux/ffi/libc.ts";
import { sayLastWord } from "#test/unit/hal/ending.ts";

const [mode = "", stateDirectory = ""] = process.argv.slice(2);

/** Nobody speaks here. */
const silent: MediaHost = {
  reserve: () => Promise.resolve({ id: 1, rtpPort: 16_384 }),
  release: () => {},
  command: () => {},
  reports: new Emitter(),
};

const hal = await linuxBoard.open({
  interfaceName: "eth0",
  stateDirectory,
  product: { product: "Offhook", version: "0.0.1-test", commit: "unknown" },
  openMedia: () =>
    Promise.resolve({
      host: silent,
      parts: [],
      partChanges: new Emitter<PartStatus>(),
      close: () => Promise.resolve(),
    }),
  failed: (what, error) => path.die(what, error),
});
const path = installCrashPath({ record: hal.crash, version: "0.0.1-test", lastLines: () => ["a line"] });
hal.link.listen("all", () => {}, { signal: new AbortController().signal });
await hal.storage.write([{ shelf: "boot", key: "k", value: new Uint8Array(1) }]); // every worker runs now
sayLastWord();

switch (mode) {
  case "main":
    setImmediate(() => {
      throw new Error("thrown on main");
    });
    break;
  case "io":
    hal.kernel.io.add(libc().eventfd(1, 0), "no such reader" as "bytes", () => {}); // a mistake made on purpose
    break;
  case "close":
    await hal.close();
    break;
}
