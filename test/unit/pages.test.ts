// The pages of the repository (README.md and its like) are true in what a machine can check: what they name exists.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((name) => name !== "" && existsSync(join(root, name)));
const pages = files.filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md");

/** What a pattern's first group finds on every page, with the page's folder. */
function named(pattern: RegExp): { readonly page: string; readonly name: string }[] {
  return pages.flatMap((page) =>
    [...read(page).matchAll(pattern)].map(([, name = ""]) => ({ page, name: name.replace(/\/$/, "") })),
  );
}

/** A file or a folder of the repository, or of its build output. */
function isThere(path: string): boolean {
  return existsSync(join(root, path)) || /(^|\/)out(\/|$)/.test(path);
}

const told = ({ page, name }: { readonly page: string; readonly name: string }): string => `${page}: ${name}`;

test("every command that a page names is one of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const commands = named(/npm run (?:--silent )?([a-z:]+)/g);
  expect(commands.length).toBeGreaterThan(20);
  expect(commands.filter(({ name }) => !(name in scripts)).map(told)).toEqual([]);
});

test("every link of a page leads to a file or a folder", () => {
  const links = named(/\]\(([^)#:]+)\)/g);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ page, name }) => !isThere(join(dirname(page), name))).map(told)).toEqual([]);
});

test("every file and folder that a page names is there, from the page or from the top", () => {
  const paths = named(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|json|md|sh|svg|html|css|py|c|hex))`/g);
  const folders = named(/`((?:firmware|hal|boards|ui|test|flash-image)\/[\w./-]*\w)\/?`/g);
  expect(paths.length + folders.length).toBeGreaterThan(100);
  const missing = [...paths, ...folders].filter(
    ({ page, name }) => !isThere(name) && !isThere(join(dirname(page), name)),
  );
  expect(missing.map(told)).toEqual([]);
});

test("every file that a page names without its folder is one of the repository", () => {
  const bare = named(/`([\w.-]+\.(?:ts|sh|svg|html|css|py))`/g);
  expect(bare.length).toBeGreaterThan(100);
  expect(bare.filter(({ name }) => !files.some((file) => file.endsWith(name))).map(told)).toEqual([]);
});
