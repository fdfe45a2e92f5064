// `npm run bench -- image`: the built image under QEMU, from QEMU's start to a registered line, beside the same image
// starting an empty Node program instead of the firmware. The guest's own time is its instructions, 8 ns each, and what it
// waited for (test/qemu/emulated.ts). Instructions are counted with one processor: its time less what the kernel was idle.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMissing, readBuilt } from "#test/qemu/built.ts";
import { bootMs, makeRig } from "#test/qemu/rig.ts";
import type { Bench } from "./bench.ts";
import { round } from "./boot-figures.ts";

type Report = Parameters<Bench["run"]>[0];

const lookEveryMs = 10;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const wordOfEmpty = "an empty program runs";

interface Start {
  readonly wallMs: number;
  /** Since the guest's kernel began. */
  readonly guestMs: number;
  /** Processor time since then; with one processor, 125 instructions to the microsecond. */
  readonly busyMs: number;
  readonly residentMb: number;
}

/** Starts a machine and waits until its serial port says this; `settings` go to the kernel's command line. */
async function startUntil(said: string, settings: string, disks: readonly string[]): Promise<Start> {
  const beganMs = performance.now();
  const rig = await makeRig({
    settings,
    plainDisks: disks,
    dataPartition: disks[0] ? "/dev/vdb" : "/dev/vda4",
  });
  const { machine } = rig;
  try {
    while (!machine.serial().includes(said)) {
      if (performance.now() - beganMs > bootMs) throw new Error(`"${said}" never came:\n${machine.serial()}`);
      await pause(lookEveryMs);
    }
    const wallMs = performance.now() - beganMs;
    const [upSec = 0, idleSec = 0] = (await machine.shell("cat /proc/uptime")).split(" ").map(Number);
    const status = await machine.shell("cat /proc/$(cat /run/offhook.pid)/status");
    const guestMs = upSec * 1000;
    const busyMs = guestMs - idleSec * 1000;
    return { wallMs, guestMs, busyMs, residentMb: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024 };
  } finally {
    await rig.close();
  }
}

/** A data partition with the empty program on it. */
function emptyProgramDisk(folder: string): string {
  const files = join(folder, "files");
  mkdirSync(files);
  writeFileSync(
    join(files, "empty.mjs"),
    `console.log("${wordOfEmpty}"); setInterval(() => undefined, 60_000);\n`,
  );
  const disk = join(folder, "data.ext4");
  execFileSync("mkfs.ext4", ["-q", "-d", files, disk, "16M"]);
  return disk;
}

async function measure(folder: string, report: Report): Promise<void> {
  const disks = [emptyProgramDisk(folder)];
  const program = "offhook.program=/data/empty.mjs";
  const [wordOfOurs, single] = ["register -> run", "maxcpus=1"];
  const peer = await startUntil(wordOfEmpty, program, disks);
  const ours = await startUntil(wordOfOurs, "", []);
  const peerAlone = await startUntil(wordOfEmpty, `${program} ${single}`, disks);
  const oursAlone = await startUntil(wordOfOurs, single, []);
  const name = "the same image with an empty Node program, to its first line";
  for (const [figure, key, unit] of [
    ["QEMU start to registered", "wallMs", "ms"],
    ["the guest's time to registered", "guestMs", "ms"],
    ["resident memory of the firmware", "residentMb", "MB"],
  ] as const)
    report({
      figure,
      value: round(ours[key]),
      unit,
      peer: { name, value: round(peer[key]) },
      ratio: round(ours[key] / peer[key]),
      note: "one start each, in turn; first start with an empty compile cache",
    });
  const millions = ({ busyMs }: Start): number => round((busyMs * 125_000) / 1_000_000);
  report({
    figure: "guest instructions to registered",
    value: millions(oursAlone),
    unit: "million",
    peer: { name, value: millions(peerAlone) },
    ratio: round(oursAlone.busyMs / peerAlone.busyMs),
    note: "one processor; the kernel's own start and the disk's unpacking are in both",
  });
  const { rootMiB, variant } = readBuilt();
  report({
    figure: "compressed root with its hash tree",
    value: rootMiB,
    unit: "MiB",
    note: `${variant} variant`,
  });
}

export const imageBench: Bench = {
  name: "image",
  about: "QEMU start to registered, beside QEMU start to an empty Node program",
  async run(report) {
    process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
    const missing = findMissing();
    if (missing.length > 0) throw new Error(missing.join("\n"));
    const folder = mkdtempSync(join(tmpdir(), "offhook-bench-"));
    try {
      await measure(folder, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
