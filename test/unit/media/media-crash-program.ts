// A small program that crashes while its media worker runs; linux-media-host.test.ts starts it and times its end.
import { processOriginNs } from "#hal/linux/clock.ts";
import { installCrashPath } from "#hal/linux/crash-path.ts";
import { startMediaHost } from "#hal/linux/media-host.ts";
import { sayLastWord } from "#test/unit/hal/ending.ts";

const [mode] = process.argv.slice(2);
const crash = installCrashPath({
  record: { previous: undefined, countInARow: 0, write: () => {}, clear: async () => {} },
  version: "test",
  lastLines: () => [],
});
const host = startMediaHost({
  worker: new URL("../../../firmware/bin/media-worker.ts", import.meta.url),
  originNs: processOriginNs(),
  card: { kind: "simulated" },
  via: () => "any",
  failed: (error) => crash.die("media worker", error),
});
setInterval(() => {}, 1000); // alive for as long as nothing ends it
const segments = [{ frequenciesHz: [440], levelDbfs: -20, onMs: 100, offMs: 0 }];
host.reports.subscribe(
  () => {
    sayLastWord(); // the worker polls: this came from it
    if (mode === "main") throw new Error("thrown on main beside a media worker");
    host.command({ kind: "no such command" } as never); // a mistake of ours, made on purpose
  },
  { signal: new AbortController().signal },
);
host.command({ kind: "tone", tone: { name: "beep", segments, repeats: 1 } });
