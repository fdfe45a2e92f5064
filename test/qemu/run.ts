// `npm run test:qemu`: checks what is missing (exit 2, with a sentence), builds the image if anything of it changed, runs
// the vitest project `image` file by file.
import { spawn, spawnSync } from "node:child_process";
import { findMissing } from "./built.ts";

process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`; // a login of root's may lack them
const built = spawnSync(process.execPath, ["flash-image/build/image.ts"], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);
const missing = findMissing();
if (missing.length > 0) {
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
const report = "node_modules/.cache/reports/image.json";
const words = ["run", "--project", "image", "--no-file-parallelism", "--reporter=default", "--reporter=json"];
const child = spawn("vitest", [...words, `--outputFile.json=${report}`, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
