// The bundle as it runs: what flash-image/bundle.ts makes of a program starts, keeps its compiled code, and is still
// readable where it fails.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "offhook-bundled-"));
const kept = join(folder, "kept");

beforeAll(() => {
  const programs = ["start=test/lab/start.ts", "failing=test/unit/bin/failing-program.ts"];
  execFileSync(process.execPath, ["flash-image/bundle.ts", folder, ...programs]);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(name: string, ...words: string[]) {
  return spawnSync(process.execPath, [join(folder, name), ...words], {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: kept },
  });
}

const compiled = (): readonly string[] =>
  readdirSync(kept).filter((name) => /^start-[0-9a-f]{12}\.js\.compiled$/.test(name));

test("a bundled phone registers; its first run keeps the code it compiled, and the second runs from that", () => {
  const words = ["--headless", "--until", "registered", "--json"];
  const first = run("start.mjs", ...words);
  expect(first.stderr).toBe("");
  expect(JSON.parse(first.stdout)).toMatchObject({ ok: true, lines: [{ state: "registered" }] });
  const [file = "", ...more] = compiled();
  expect(more).toEqual([]);
  const before = statSync(join(kept, file));
  expect(before.size).toBeGreaterThan(1_000_000);
  const second = run("start.mjs", ...words);
  expect(JSON.parse(second.stdout)).toMatchObject({ ok: true });
  expect(statSync(join(kept, file)).mtimeMs).toBe(before.mtimeMs); // taken, else it would be written anew
});

test("the stack of a bundled program names the functions of its sources", () => {
  const { status, stderr } = run("failing.mjs");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /Error: thrown on purpose\n +at putDown \(\S+failing-[0-9a-f]{12}\.js:\d+:\d+\)\n +at liftUp /,
  );
});
