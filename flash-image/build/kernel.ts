// The kernel and, per board, its modules in the order they are loaded: found at build time, so that init searches nothing.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { step } from "./cache.ts";
import { type DebianOptions, fetchAll, unpack } from "./debian.ts";
import { run } from "./run.ts";

export interface Kernel {
  /** The uncompressed boot image. */
  readonly image: string;
  /** The folder of modules, with what depmod found out. */
  readonly modules: string;
  /** The folder of the Raspberry Pi's device trees. */
  readonly trees: string;
  readonly release: string;
}

export async function prepareKernel(options: DebianOptions): Promise<Kernel> {
  const packages = fetchAll("kernel", options);
  const folder = await step(
    "kernel",
    packages.map((path) => basename(path)),
    (out) => {
      unpack(packages, out);
      const [release] = readdirSync(join(out, "usr/lib/modules"));
      if (release === undefined) throw new Error("the kernel's packages hold no modules");
      run("depmod", ["-b", join(out, "usr"), release]); // it looks below lib/modules of that folder
    },
  );
  const [release = ""] = readdirSync(join(folder, "usr/lib/modules"));
  const modules = join(folder, "usr/lib/modules", release);
  return { image: join(modules, "vmlinuz"), modules, trees: join(modules, "dtb/broadcom"), release };
}

/** `name` as the kernel compares them: no difference between - and _. */
const plain = (path: string): string =>
  basename(path)
    .replace(/\.ko(\.xz)?$/, "")
    .replaceAll("-", "_");

interface Wish {
  readonly name: string;
  readonly parameters: string;
}

/** Lines of `module [parameters]`; `#` begins a remark. */
export function readWishes(path: string): readonly Wish[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", ...parameters] = line.split(/\s+/);
      return { name: name.replaceAll("-", "_"), parameters: parameters.join(" ") };
    });
}

/**
 * Copies the wished modules and what they need, unpacked, to `to` (a place in the image called `as`); the list for init:
 * what is needed first comes first. Throws for a module that is neither there nor built in.
 */
export function placeModules(kernel: Kernel, wishes: readonly Wish[], to: string, as: string): string {
  const needs = new Map<string, { readonly path: string; readonly needs: readonly string[] }>();
  for (const line of readFileSync(join(kernel.modules, "modules.dep"), "utf8").split("\n")) {
    const [path, rest = ""] = line.split(":");
    if (path !== undefined && path !== "")
      needs.set(plain(path), {
        path,
        needs: rest
          .split(" ")
          .filter((word) => word !== "")
          .map(plain),
      });
  }
  const builtIn = new Set(
    readFileSync(join(kernel.modules, "modules.builtin"), "utf8").split("\n").map(plain),
  );
  const order: Wish[] = [];
  const place = ({ name, parameters }: Wish): void => {
    if (order.some((wish) => wish.name === name) || builtIn.has(name)) return;
    const found = needs.get(name);
    if (found === undefined) throw new Error(`the kernel ${kernel.release} has no module ${name}`);
    // modules.dep names what is nearest first; the farthest must be loaded first
    for (const need of [...found.needs].reverse()) place({ name: need, parameters: "" });
    order.push({ name, parameters });
    const target = join(to, `${name}.ko`);
    mkdirSync(dirname(target), { recursive: true });
    const packed = join(kernel.modules, found.path);
    writeFileSync(target, packed.endsWith(".xz") ? unxz(packed) : readFileSync(packed));
  };
  for (const wish of wishes) place(wish);
  return order.map(({ name, parameters }) => `${as}/${name}.ko ${parameters}`.trim()).join("\n");
}

function unxz(path: string): Buffer {
  const target = `${path.slice(0, -3)}.plain`;
  run("sh", ["-c", 'xz -dc "$1" > "$2"', "sh", path, target]);
  return readFileSync(target);
}
