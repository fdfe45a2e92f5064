// Every command of ours: a misspelt option is a sentence, the usage and exit code 2; --help is exit code 0.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oneOf, wholeNumber } from "#firmware/bin/command-line.ts";

const top = join(import.meta.dirname, "../../..");

function run(program: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(top, program), ...words], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test.each([
  "test/bench/bench.ts",
  "firmware/bin/console-client.ts",
  "test/fleet/fleet.ts",
  "test/rows/rows.ts",
])("%s names what is misspelt, tells its usage, and ends with 2", (program) => {
  const { status, stderr } = run(program, "--hedless");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^Unknown option '--hedless'/);
  expect(stderr).toContain("npm run ");
  expect(stderr).not.toContain("node:internal");
});

test("--help prints the usage on stdout and ends with 0", () => {
  const { status, stdout, stderr } = run("firmware/bin/console-client.ts", "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^npm run console -- --socket SOCKET/);
  expect(stderr).toBe("");
});

test("a value that does not belong is named with what was expected", () => {
  expect(wholeNumber("--port", "7960", 0, 65_535)).toBe(7960);
  for (const value of ["", "x", "1.5", "-1", "65536"])
    expect(() => wholeNumber("--port", value, 0, 65_535)).toThrow(
      `--port ${value}: a whole number from 0 to 65535 was expected`,
    );
  expect(oneOf("--until", "connected", ["registered", "connected"])).toBe("connected");
  expect(() => oneOf("--until", "dead", ["registered", "connected"])).toThrow(
    "--until dead: one of registered, connected was expected",
  );
});

test("a fleet is bounded, and stays at home unless told", () => {
  const most = run("test/fleet/fleet.ts", "--count", "257");
  expect([most.status, most.stderr.split("\n")[0]]).toEqual([
    2,
    "--count 257: a whole number from 1 to 256 was expected",
  ]);
  const away = run("test/fleet/fleet.ts", "--server", "192.0.2.1");
  expect([away.status, away.stderr]).toEqual([2, expect.stringContaining("--outside")]);
});
