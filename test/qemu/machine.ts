// One QEMU `virt` machine with the built image on a disk of its own, plugged into a port of the lab's switch. Nothing here
// needs root; everything it makes is in one temporary folder.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeLine, encodeRequest } from "#firmware/console/once.ts";
import type { CableEnd } from "#hal/sim/net/cable.ts";
import { serveFrameSocket } from "#test/lab/frame-socket.ts";
import { files, readBuilt } from "./built.ts";
import { LineSocket } from "./lines.ts";
import { Outside } from "./outside.ts";

export interface MachineOptions {
  /** The guest's end of the lab's cable. */
  readonly plug: CableEnd;
  readonly mac: string;
  /** Added to the kernel's command line; a later setting of a name does not replace an earlier one. */
  readonly settings?: string;
  /** QEMU's words instead of the usual ones for a device; `""` leaves the device out. */
  readonly without?: readonly ("panel" | "watchdog")[];
  /** Partition the guest takes for its data; the image's own unless told. */
  readonly dataPartition?: string;
  /** A disk of an earlier machine, to boot it again. */
  readonly disk?: string;
  /** Plain files that the guest sees as /dev/vdb, /dev/vdc …: sound in and out. */
  readonly plainDisks?: readonly string[];
}

/** A guest that runs. */
export interface Machine {
  readonly folder: string;
  readonly disk: string;
  /** Everything the serial port said. */
  serial(): string;
  /** One command on the phone's console: its lines. Undefined while no firmware answers. Throws what the phone refused. */
  console(command: string): Promise<readonly string[] | undefined>;
  /** One command in the guest's root shell: what it printed. */
  shell(command: string): Promise<string>;
  /** Lines driven from outside, and the screen read from outside. */
  readonly outside: Outside;
  /** Waits until the check is true; throws with what the serial port said last. */
  until<T>(what: string, withinMs: number, check: () => Promise<T | undefined>): Promise<T>;
  /** Ends QEMU as a power cut does. */
  stop(): Promise<void>;
}

/** What surely answers may take seconds of the guest's time, which are many of ours on a busy machine. */
const patientMs = 120_000;
/**
 * The guest's time is the instructions it was given, 8 ns each: a processor of 125 million a second that is never too slow
 * for its own sound card, however busy this machine is. Only then does the guest's second last longer than ours.
 */
const shift = 3;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function words(folder: string, options: MachineOptions): readonly string[] {
  const without = options.without ?? [];
  const socket = (name: string): string => `socket,id=${name},path=${join(folder, name)},server=on,wait=off`;
  const settings = [
    "console=ttyAMA0 quiet loglevel=6 panic=5 vt.global_cursor_default=0 fbcon=map:1",
    "offhook.board=qemu-virt offhook.root=/dev/vda2",
    `offhook.data=${options.dataPartition ?? "/dev/vda4"}`,
    "offhook.consoles=ttyAMA0,hvc1 offhook.shell=hvc0",
    readBuilt().settings,
    options.settings ?? "",
  ];
  return [
    ...["-M", "virt,gic-version=3", "-cpu", "cortex-a72", "-smp", "2", "-m", "768"],
    ...["-accel", "tcg,thread=single", "-icount", `shift=${shift},sleep=on`],
    ...["-nodefaults", "-display", "none"],
    ...["-kernel", files.kernel, "-initrd", files.initramfs, "-append", settings.join(" ").trim()],
    ...["-drive", `file=${options.disk ?? join(folder, "disk.qcow2")},format=qcow2,if=virtio,cache=unsafe`],
    ...(options.plainDisks ?? []).flatMap((path) => ["-drive", `file=${path},format=raw,if=virtio`]),
    ...["-netdev", `stream,id=net,server=off,addr.type=unix,addr.path=${join(folder, "net")}`],
    ...["-device", `virtio-net-pci,netdev=net,mac=${options.mac},romfile=`],
    ...["-chardev", socket("serial"), "-serial", "chardev:serial"],
    ...["-device", "virtio-serial-pci", "-chardev", socket("shell"), "-device", "virtconsole,chardev=shell"],
    ...["-chardev", socket("console"), "-device", "virtconsole,chardev=console"],
    ...["-qmp", `unix:${join(folder, "qmp")},server=on,wait=off`],
    ...["-qtest", `unix:${join(folder, "qtest")},server=on,wait=off`, "-qtest-log", "none"],
    ...(without.includes("panel") ? [] : ["-device", "virtio-gpu-pci,xres=320,yres=240,romfile="]),
    ...(without.includes("watchdog") ? [] : ["-device", "i6300esb"]),
  ];
}

/** Starts it; resolves when QEMU runs, long before the guest has booted. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-qemu-"));
  const disk = options.disk ?? join(folder, "disk.qcow2");
  if (options.disk === undefined)
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", files.disk, "-F", "raw", disk]);
  const life = new AbortController();
  await serveFrameSocket(join(folder, "net"), options.plug, life.signal);
  const errors = createWriteStream(join(folder, "qemu.log"));
  const child = spawn("qemu-system-aarch64", words(folder, options), { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(errors);
  child.stderr.pipe(errors);
  try {
    return await attach(child, folder, disk, life);
  } catch (error) {
    child.kill("SIGKILL");
    life.abort();
    throw new Error(`QEMU: ${readFileSync(join(folder, "qemu.log"), "utf8")}`, { cause: error });
  }
}

async function attach(
  child: ChildProcess,
  folder: string,
  disk: string,
  life: AbortController,
): Promise<Machine> {
  let said = "";
  const serial = await LineSocket.open(join(folder, "serial"));
  const listen = async (): Promise<void> => {
    for (;;) {
      const line = await serial.next(2 ** 30);
      said += `${line}\n`;
    }
  };
  void listen();
  const shell = await LineSocket.open(join(folder, "shell"));
  const console_ = await LineSocket.open(join(folder, "console"));
  const outside = await Outside.open(folder);
  const ended = new Promise((resolve) => child.once("exit", resolve));

  return {
    folder,
    disk,
    serial: () => said,
    outside,
    async console(command) {
      if (!said.includes("init: firmware: started")) return undefined; // nobody is at the terminal yet
      console_.forget();
      console_.write(encodeRequest(command));
      const lines: string[] = [];
      for (;;) {
        const text = await console_.next(patientMs);
        if (text === undefined || text.startsWith("the firmware is starting")) return undefined; // init's words
        if (!text.startsWith("{")) continue; // the terminal's echo of what came before init had it
        const answer = decodeLine(text);
        if ("line" in answer) lines.push(answer.line);
        else if (answer.end === null) return lines;
        else throw new Error(`${command}: ${answer.end}`);
      }
    },
    async shell(command) {
      shell.forget();
      shell.write(`stty -echo; ${command}; echo "end-of-answer"\n`);
      const lines: string[] = [];
      for (;;) {
        const line = await shell.next(patientMs);
        if (line === undefined) throw new Error(`the shell did not answer: ${command}\n${said.slice(-2000)}`);
        if (line === "end-of-answer") return lines.join("\n");
        if (!line.includes('echo "end-of-answer"')) lines.push(line);
      }
    },
    async until(what, withinMs, check) {
      for (const end = performance.now() + withinMs; performance.now() < end; await pause(250)) {
        const found = await check();
        if (found !== undefined) return found;
      }
      throw new Error(`not within ${withinMs} ms: ${what}\n${said.slice(-4000)}`);
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
      life.abort();
      for (const socket of [serial, shell, console_]) socket.close();
      outside.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
