// A small program that crashes as its argument says; linux-crash.test.ts starts it and reads what it leaves.

import { processOriginNs } from "#hal/linux/clock.ts";
import { installCrashPath } from "#hal/linux/crash-path.ts";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { libc } from "#hal/linux/ffi/libc.ts";
import { type Io, startIo } from "#hal/linux/io/io.ts";
import { openStorage } from "#hal/linux/storage.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

const [mode = "", directory = ""] = process.argv.slice(2);
const record = openCrashRecord(directory, "0.0.1-test");
const crash = installCrashPath({ record, version: "0.0.1-test", lastLines: () => ["one", "two"] });
const announce = (): void => {
  process.stdout.write(`${process.hrtime.bigint()}\n`);
};
const poll = (): Io =>
  startIo({
    worker: sourceWorkers().io,
    originNs: processOriginNs(),
    failed: (error) => crash.die("I/O worker", error),
  });
setInterval(() => {}, 1000); // alive for as long as nothing ends it

if (mode === "throw") {
  setTimeout(() => {
    announce();
    throw new Error("thrown on main");
  }, 20);
} else if (mode === "reject") {
  setTimeout(() => {
    announce();
    void Promise.reject(new Error("rejected on main"));
  }, 20);
} else if (mode === "throw-while-polling") {
  const io = poll();
  const ready = libc().eventfd(1, 0);
  io.add(ready, "bytes", () => {
    announce(); // the worker polls: this came through it
    throw new Error("thrown beside a polling worker");
  });
} else if (mode === "io") {
  const io = poll();
  announce();
  io.add(libc().eventfd(1, 0), "no such reader" as "bytes", () => {}); // a mistake of ours, made on purpose
} else if (mode === "store") {
  const source = `import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("thrown in store"); });`;
  const worker = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const store = openStorage({ directory, worker, failed: (error) => crash.die("store worker", error) });
  announce();
  void store.write([{ shelf: "boot", key: "k", value: new Uint8Array(1) }]);
} else if (mode === "stop") {
  record.close();
  process.exit(0);
} else if (mode === "healthy") {
  await record.clear();
  record.close();
  process.exit(0);
}
