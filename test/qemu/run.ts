// `npm run test:qemu`: checks what is missing (exit 2, with a sentence), builds the image if anything of it changed, runs
// the vitest project `image` file by file, and removes the namespaces of its Asterisk, however it ended.
import { spawn, spawnSync } from "node:child_process";
import { prepareAsterisk } from "#test/net/downloads.ts";
import { findMissing as findMissingOfNet } from "#test/net/prerequisites.ts";
import { sweepDeadRuns, sweepRun } from "#test/net/sweep.ts";
import { findMissing } from "./built.ts";

/** What Asterisk's root and namespace are made with. */
const asteriskNeeds = ["ip", "ethtool", "sysctl", "unshare", "nsenter", "mmdebstrap"];

process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`; // a login of root's may lack them
const built = spawnSync(process.execPath, ["flash-image/build/image.ts"], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);
const missing = [...findMissing(), ...findMissingOfNet("image", asteriskNeeds)];
if (missing.length > 0) {
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
sweepDeadRuns();
prepareAsterisk();
const run = String(process.pid);
const report = "node_modules/.cache/reports/image.json";
const words = ["run", "--project", "image", "--no-file-parallelism", "--reporter=default", "--reporter=json"];
const child = spawn("vitest", [...words, `--outputFile.json=${report}`, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, OFFHOOK_NET_RUN: run },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  sweepRun(run);
  process.exit(signal === null ? (code ?? 1) : 1);
});
