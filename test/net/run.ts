// `npm run test:net`: checks what is missing (exit 2, with a sentence), runs the vitest projects `net` and `net-stories`
// file by file, and removes everything afterwards, however it ended.
import { spawn } from "node:child_process";
import { prepareDownloads } from "./downloads.ts";
import { findMissing } from "./prerequisites.ts";
import { sweepDeadRuns, sweepRun } from "./sweep.ts";

process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`; // a login of root's may lack them
const missing = findMissing();
if (missing.length > 0) {
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
sweepDeadRuns();
prepareDownloads();

const run = String(process.pid);
const report = "node_modules/.cache/reports/net.json";
const projects = ["--project", "net", "--project", "net-stories", "--no-file-parallelism"];
const words = ["run", ...projects, "--reporter=default", "--reporter=json"];
const child = spawn("vitest", [...words, `--outputFile.json=${report}`, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, OFFHOOK_NET_RUN: run },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  sweepRun(run);
  process.exit(signal === null ? (code ?? 1) : 1);
});
