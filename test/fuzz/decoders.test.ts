// Every registered decoder, briefly: mutated inputs, and every input that was ever a finding.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WireError } from "#firmware/wire/wire-error.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { mutate } from "./mutate.ts";
import { targets } from "./targets.ts";

const saved = join(import.meta.dirname, "saved");
const findings = existsSync(saved) ? readdirSync(saved).filter((name) => name.endsWith(".hex")) : [];

function survives(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

test("fuzz targets have different names", () => {
  expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
});

describe.each(targets.map((target) => [target.name, target] as const))("%s", (name, target) => {
  test("its seeds are taken without complaint", () => {
    for (const seed of target.seeds) target.run(seed);
  });

  test("mutated input gives a value or a WireError", () => {
    const random = createSeededRandom(1);
    const inputs = [...target.seeds, ...(target.alsoMutate ?? [])];
    for (let i = 0; i < 1000; i++) survives(() => target.run(mutate(inputs, random)));
  });

  test("what was once a finding stays fixed", () => {
    for (const file of findings.filter((file) => file.startsWith(`${name}-`))) {
      const hex = readFileSync(join(saved, file), "utf8").replace(/#.*\n/g, "").trim();
      survives(() => target.run(Uint8Array.from(Buffer.from(hex, "hex"))));
    }
  });
});
