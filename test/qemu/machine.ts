// One QEMU machine with the built image on a disk of its own, plugged into a port of the lab's switch. Nothing here
// needs root; everything it makes is in one temporary folder.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeLine, encodeRequest } from "#firmware/console/once.ts";
import type { CableEnd } from "#hal/sim/net/cable.ts";
import { serveFrameSocket } from "#test/lab/frame-socket.ts";
import type { Card } from "./card.ts";
import { type EmulatedOptions, type MachineDisk, makeDisk, wordsFor } from "./emulated.ts";
import { LineSocket } from "./lines.ts";
import { Outside } from "./outside.ts";

export interface MachineOptions extends EmulatedOptions {
  /** The guest's end of the lab's cable. */
  readonly plug: CableEnd;
  /** What is plugged into the port for a computer, which `virt` has. */
  readonly computer: CableEnd;
}

/** A guest that runs. */
export interface Machine {
  readonly folder: string;
  readonly disk: string;
  /** Where U-Boot starts from; throws on a machine whose kernel QEMU started. */
  readonly card: Card;
  /** The terminal for the browser's page, where it has one. */
  readonly page: LineSocket | undefined;
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
 * QEMU's serial port on USB now and then keeps the end of a longer line to itself until more is written: an empty line, to which
 * the shell says its prompt once more.
 */
const silentMs = 10_000;
const prompt = "# ";
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Folders of this tier are named by the process that made them. */
const folderName = "offhook-qemu-";

/** Removes what runs left that were killed: nobody of them lives. */
function sweepFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${folderName}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** Starts it; resolves when QEMU runs, long before the guest has booted. QEMU ends with this process, however that ends. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  sweepFolders();
  const folder = mkdtempSync(join(tmpdir(), `${folderName}${process.pid}-`));
  const disk = makeDisk(folder, options);
  const life = new AbortController();
  await serveFrameSocket(join(folder, "net"), options.plug, life.signal);
  await serveFrameSocket(join(folder, "computer"), options.computer, life.signal);
  const errors = createWriteStream(join(folder, "qemu.log"));
  const words = ["--pdeathsig", "KILL", "qemu-system-aarch64", ...wordsFor(folder, disk, options)];
  const child = spawn("setpriv", words, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(errors);
  child.stderr.pipe(errors);
  try {
    return await attach(child, folder, disk, life, options.hasPage === true);
  } catch (error) {
    child.kill("SIGKILL");
    life.abort();
    throw new Error(`QEMU: ${readFileSync(join(folder, "qemu.log"), "utf8")}`, { cause: error });
  }
}

async function attach(
  child: ChildProcess,
  folder: string,
  disk: MachineDisk,
  life: AbortController,
  hasPage: boolean,
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
  const page = hasPage ? await LineSocket.open(join(folder, "page")) : undefined;
  const outside = await Outside.open(folder);
  const ended = new Promise((resolve) => child.once("exit", resolve));

  return {
    folder,
    disk: disk.path,
    get card() {
      if (disk.card === undefined) throw new Error("this machine was not started by U-Boot");
      return disk.card;
    },
    page,
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
      for (const end = performance.now() + patientMs; performance.now() < end; ) {
        const line = await shell.next(silentMs);
        if (line === undefined) shell.write("\n");
        else if (line === "end-of-answer") return lines.join("\n");
        else if (!line.includes('echo "end-of-answer"') && !line.endsWith(prompt)) lines.push(line);
      }
      throw new Error(`the shell did not answer: ${command}\n${said.slice(-2000)}`);
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
      for (const socket of [serial, shell, console_, page]) socket?.close();
      outside.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
