// House rules that no compiler sees: file sizes, names, injected time and chance, what may not be committed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((name) => name !== "" && existsSync(join(root, name)));
const sources = files.filter((name) => name.endsWith(".ts"));
const read = (name: string): string => readFileSync(join(root, name), "utf8");

/** Tables of data are exempt from the size limit: one line each, with what the table holds. */
const tables: readonly string[] = [];

test("no source file is longer than 500 lines", () => {
  const long = sources.filter((name) => !tables.includes(name) && read(name).split("\n").length > 501);
  expect(long).toEqual([]);
});

test("there are no dumping grounds", () => {
  const bad = files.filter((name) =>
    /(^|\/)(utils?|common|helpers?|misc|manager|types)(\/|\.ts$)/.test(name),
  );
  expect(bad).toEqual([]);
});

test("every source file begins with a comment that says what it is", () => {
  const bad = sources.filter(
    (name) => !/^(#!.*\n)?(\/\/|\/\*)/.test(read(name)) && name !== "vitest.config.ts",
  );
  expect(bad).toEqual([]);
});

test("time and chance are injected outside the places that meet them", () => {
  const bad = sources
    .filter((name) => /^(hal\/(contract|drivers|sim)|firmware|ui)\//.test(name))
    .filter((name) => !/^firmware\/bin\//.test(name) && name !== "firmware/sip/host-globals.ts")
    .filter((name) => !/^ui\/handset\//.test(name))
    .filter((name) =>
      /\b(Math\.random|Date\.now|new Date|performance\.now)\b/.test(stripComments(read(name))),
    );
  expect(bad).toEqual([]);
});

test("every folder with sources has a README of its own or above it", () => {
  const folders = [...new Set(sources.map((name) => dirname(name)))].filter((folder) => folder !== ".");
  const bad = folders.filter((folder) => {
    const parts = folder.split("/");
    return (
      !parts.some(
        (_, depth) => depth > 0 && existsSync(join(root, parts.slice(0, depth + 1).join("/"), "README.md")),
      ) && !existsSync(join(root, parts[0] as string, "README.md"))
    );
  });
  expect(bad).toEqual([]);
});

test("nothing reads the reference folder beside the repository", () => {
  const bad = sources.filter(
    (name) => name !== "test/unit/house.test.ts" && /["'`/.]shared\//.test(read(name)),
  );
  expect(bad).toEqual([]);
});

test("the lock file holds every package that another one names, and no download address", () => {
  const lock = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { dependencies?: object; optionalDependencies?: object; resolved?: string }>;
  };
  const missing: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    expect(entry.resolved, path).toBeUndefined();
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const isThere = [`${path}/node_modules/${name}`, `node_modules/${name}`].some(
        (at) => at in lock.packages,
      );
      if (!isThere) missing.push(`${name}, wanted by ${path}`);
    }
  }
  expect(missing).toEqual([]);
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
