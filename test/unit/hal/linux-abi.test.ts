// The committed table of kernel constants and layouts against C headers, with whatever compilers this machine has.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { c, headers, layout } from "#hal/linux/ffi/abi.ts";

/** A C program that compiles only if every line of the table is right. */
function program(constants: Record<string, number>): string {
  const lines = headers.map((name) => `#include <${name}>`);
  const claim = (expression: string, value: number): void => {
    lines.push(`_Static_assert((${expression}) == ${value}, "${expression} is not ${value}");`);
  };
  for (const [name, value] of Object.entries(constants)) claim(name, value);
  for (const [name, members] of Object.entries(layout)) {
    for (const [member, value] of Object.entries(members))
      claim(member === "sizeof" ? `sizeof(struct ${name})` : `offsetof(struct ${name}, ${member})`, value);
  }
  return `#define _GNU_SOURCE\n${lines.join("\n")}\nint main(void) { return 0; }\n`;
}

const compile = (compiler: string, source: string) =>
  spawnSync(compiler, ["-fsyntax-only", "-x", "c", "-"], { input: source, encoding: "utf8" });

const compilers = ["cc", "aarch64-linux-gnu-gcc", "x86_64-linux-gnu-gcc"].filter(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

test("every constant, size and offset is what the C headers say, for each compiler found", () => {
  const complaints = compilers.map((compiler) => compile(compiler, program(c)).stderr).join("");
  expect(complaints).toBe("");
});

test("a wrong constant would be noticed by each compiler found", () => {
  const statuses = compilers.map((compiler) => compile(compiler, program({ AF_INET: 3 })).status);
  expect(statuses).toEqual(compilers.map(() => 1));
});

test("no structure has a member beyond its end", () => {
  const beyond = Object.entries(layout).flatMap(([name, members]) =>
    Object.entries(members)
      .filter(([member, at]) => member !== "sizeof" && at >= members.sizeof)
      .map(([m]) => `${name}.${m}`),
  );
  expect(beyond).toEqual([]);
});
