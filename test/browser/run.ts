// `npm run test:browser`: the handset page in headless Chromium. Exit 2 names what is missing; nothing is downloaded.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { chromiumPath, hasChromium } from "./chromium.ts";

if (!hasChromium()) {
  process.stderr.write(`test:browser needs ${chromiumPath}: apt-get install chromium\n`);
  process.exit(2);
}
const root = join(import.meta.dirname, "../..");
const report = "node_modules/.cache/reports/browser.json";
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "browser", ...reporters, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
