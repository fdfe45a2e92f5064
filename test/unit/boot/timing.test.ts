// Every number of the boot stands in one module per folder, with its source beside it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const firmware = join(import.meta.dirname, "../../../firmware");
const folders = ["boot", "cdp", "dhcp", "lldp"];
const read = (...path: string[]): string => readFileSync(join(firmware, ...path), "utf8");

/** Words that name where a number comes from. */
const sources =
  /RFC \d+|802\.1AB|TIA-1057|reference|architecture|decision|observed|U-Boot|\(\d\.\d|every published/i;

test.each(folders)(
  "BOOT-070 firmware/%s/timing.ts: each number has its source in the comment above it",
  (folder) => {
    const blocks = read(folder, "timing.ts").split(/\n(?=\/\*\*|\/\/)/);
    const bare = blocks
      .filter((block) => /^(export )?const \w+(: [^=]+)? = [[{\d]/m.test(block))
      .filter((block) => !sources.test(block.split(/^(?:export )?const/m)[0] ?? ""));
    expect(bare).toEqual([]);
  },
);

test.each(folders)("BOOT-070 firmware/%s: no span of time is written anywhere else", (folder) => {
  const elsewhere = readdirSync(join(firmware, folder))
    .filter((name) => name.endsWith(".ts") && name !== "timing.ts")
    .flatMap((name) =>
      read(folder, name)
        .split("\n")
        .filter((line) => /(Ms|Sec)\s*[:=]\s*[1-9][\d_]*\b/.test(line.replace(/\/\/.*|\/\*.*\*\//, "")))
        .map((line) => `${name}: ${line.trim()}`),
    );
  expect(elsewhere).toEqual([]);
});
