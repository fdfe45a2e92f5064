// The console on the serial line, as a person at a terminal has it: the line is a pseudo-terminal of this machine's kernel.
import { openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { expect } from "vitest";
import { openDoors } from "#firmware/bin/console-ways.ts";
import { libc } from "#hal/linux/ffi/libc.ts";
import { openDesk } from "./kit/desk.ts";
import { deskTest } from "./kit/story.ts";

/** asm-generic/ioctls.h, the same on x64 and arm64. */
const unlock = 0x4004_5431; // TIOCSPTLCK
const numberOf = 0x8004_5430; // TIOCGPTN

/** A terminal, and the line at its other end. */
function openTerminal() {
  const fd = openSync("/dev/ptmx", "r+");
  const word = new Uint8Array(4);
  if (libc().ioctl(fd, unlock, word) < 0) throw new Error("TIOCSPTLCK failed");
  if (libc().ioctl(fd, numberOf, word) < 0) throw new Error("TIOCGPTN failed");
  const screen = new ReadStream(fd);
  screen.on("error", () => screen.destroy()); // the phone let go of its end
  let text = "";
  let wake = (): void => undefined;
  screen.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    wake();
  });
  return {
    line: `/dev/pts/${new DataView(word.buffer).getUint32(0, true)}`,
    /** Everything up to this; waits for it. */
    async reads(end: string): Promise<string> {
      while (!text.includes(end)) await new Promise<void>((resolve) => (wake = resolve));
      const at = text.indexOf(end) + end.length;
      const read = text.slice(0, at);
      text = text.slice(at);
      return read;
    },
    type: (line: string) => void writeSync(fd, `${line}\r`),
    close: () => screen.destroy(),
  };
}

deskTest(
  "CLI-001 the console is on the serial line: a prompt, commands, and the next session after exit",
  async () => {
    const desk = await openDesk();
    const terminal = openTerminal();
    try {
      await openDoors(desk.desk().phone, { socket: undefined, serial: terminal.line });
      await desk.wait(2000);
      const prompt = "SIP Phone> ";
      await terminal.reads(prompt);
      terminal.type("show register");
      expect(await terminal.reads(prompt)).toMatch(/1001\s/);
      terminal.type("exit");
      await terminal.reads(prompt); // whoever comes next
      terminal.type("show version");
      expect(await terminal.reads(prompt)).toContain("Offhook");
    } finally {
      await desk.close();
      terminal.close();
    }
  },
);
