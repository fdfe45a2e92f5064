// The handset page as files in memory: built by esbuild at start, nothing committed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const folder = join(import.meta.dirname, "../../ui/handset");

/** One file of the page. */
export interface PageFile {
  readonly contentType: string;
  readonly body: string;
}

/** The page's files by path: `/`, `/page.css`, `/page.js`, `/sound-worklet.js`. */
export async function buildPage(): Promise<ReadonlyMap<string, PageFile>> {
  const entries = ["page", "sound-worklet"] as const;
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => join(folder, `${name}.ts`)),
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    outdir: folder,
    logLevel: "warning",
  });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const files = new Map<string, PageFile>([
    ["/", { contentType: "text/html; charset=utf-8", body: read("index.html") }],
    ["/page.css", { contentType: "text/css; charset=utf-8", body: read("page.css") }],
  ]);
  for (const { path, text } of outputFiles) {
    const name = entries.find((entry) => path.endsWith(`${entry}.js`));
    if (name !== undefined)
      files.set(`/${name}.js`, { contentType: "text/javascript; charset=utf-8", body: text });
  }
  return files;
}
