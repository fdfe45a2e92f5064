// A small program that crashes as its argument says; linux-crash.test.ts starts it and reads what it leaves.
import { processOriginNs } from "#hal/linux/clock.ts";
import { installCrashPath } from "#hal/linux/crash-path.ts";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { libc } from "#hal/linux/ffi/libc.ts";
import { type Io, startIo } from "#hal/linux/io/io.ts";
import { openStorage } from "#hal/linux/storage.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { sayLastWord } from "./ending.ts";

const [mode = "", directory = ""] = process.argv.slice(2);
const record = openCrashRecord(directory, "0.0.1-test");
const crash = installCrashPath({ record, version: "0.0.1-test", lastLines: () => ["one", "two"] });
/** Calls back once the I/O worker runs: an event has come through its poll. */
const whilePolling = (then: (io: Io) => void): void => {
  const io = startIo({
    worker: sourceWorkers().io,
    originNs: processOriginNs(),
    failed: (error) => crash.die("I/O worker", error),
  });
  io.add(libc().eventfd(1, 0), "bytes", () => then(io));
};
setInterval(() => {}, 1000); // alive for as long as nothing ends it

if (mode === "throw") {
  setTimeout(() => {
    sayLastWord();
    throw new Error("thrown on main");
  }, 20);
} else if (mode === "reject") {
  setTimeout(() => {
    sayLastWord();
    void Promise.reject(new Error("rejected on main"));
  }, 20);
} else if (mode === "throw-while-polling") {
  whilePolling(() => {
    sayLastWord();
    throw new Error("thrown beside a polling worker");
  });
} else if (mode === "io") {
  whilePolling((io) => {
    sayLastWord();
    io.add(libc().eventfd(1, 0), "no such reader" as "bytes", () => {}); // a mistake of ours, made on purpose
  });
} else if (mode === "store") {
  const worker = new URL("./linux-crash-worker.ts", import.meta.url);
  const store = openStorage({ directory, worker, failed: (error) => crash.die("store worker", error) });
  void store.write([{ shelf: "boot", key: "k", value: new Uint8Array(1) }]);
} else if (mode === "stop") {
  record.close();
  process.exit(0);
} else if (mode === "healthy") {
  await record.clear();
  record.close();
  process.exit(0);
}
