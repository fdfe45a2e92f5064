// The first user space: init, and the modules that the root file system is read with. About a megabyte.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { hashOf, root, step } from "./cache.ts";
import { type CpioEntry, cpio } from "./cpio.ts";
import { type Kernel, placeModules, readWishes } from "./kernel.ts";

/** Its path. */
export async function buildInitramfs(kernel: Kernel, init: string): Promise<string> {
  const wishes = join(root, "flash-image/rootfs/early.modules");
  const key = [kernel.release, hashOf(wishes, init), hashOf(join(root, "flash-image/build"))];
  const folder = await step("initramfs", key, (out) => {
    const modules = join(out, "modules");
    mkdirSync(modules);
    const list = placeModules(kernel, readWishes(wishes), modules, "/modules");
    const folders = ["dev", "proc", "sys", "root", "modules"].map(
      (path): CpioEntry => ({ kind: "folder", path }),
    );
    const files = readdirSync(modules)
      .sort()
      .map((name): CpioEntry => ({ kind: "file", path: `modules/${name}`, from: join(modules, name) }));
    const archive = cpio([
      ...folders,
      { kind: "device", path: "dev/console", major: 5, minor: 1 },
      { kind: "file", path: "init", from: init, isProgram: true },
      { kind: "file", path: "modules.list", from: Buffer.from(`${list}\n`) },
      ...files,
    ]);
    writeFileSync(join(out, "initramfs"), gzipSync(archive, { level: 9 }));
  });
  return join(folder, "initramfs");
}
