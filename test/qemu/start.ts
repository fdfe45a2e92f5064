// `npm run qemu`: the built image under QEMU, plugged into the lab. Shows the LCD whenever it changes, and the serial port;
// takes lines from the keyboard: `press 6`, `lift`, `hang up`, `! COMMAND` for the guest's shell, `quit`, and anything
// else for the phone's console.
import { createInterface } from "node:readline";
import { findMissing } from "./built.ts";
import type { Machine } from "./machine.ts";
import { type OutsideLine, outsideLines } from "./outside.ts";
import { makeRig } from "./rig.ts";

const lookEveryMs = 1000;

const isOutside = (key: string): key is OutsideLine => key in outsideLines;

async function obey(machine: Machine, line: string): Promise<string> {
  const [word = "", ...rest] = line.trim().split(/\s+/);
  const key = rest[0] ?? "";
  if (word === "lift" || word === "hang") {
    await machine.outside.set("hook", word === "lift");
    return "";
  }
  if (word === "press" && isOutside(key)) {
    await machine.outside.press(key);
    return "";
  }
  if (word === "press") return obey(machine, `test key ${rest.join("")}`);
  if (word === "!") return machine.shell(rest.join(" "));
  return (await machine.console(line))?.join("\n") ?? "the firmware does not answer";
}

async function main(): Promise<void> {
  const missing = findMissing();
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  if (missing.length > 0) process.exit(2);
  const rig = await makeRig();
  const { machine } = rig;
  let shown = "";
  let told = 0;
  let isAsking = false;
  const look = async (): Promise<void> => {
    const serial = machine.serial();
    process.stdout.write(serial.slice(told));
    told = serial.length;
    if (isAsking) return;
    isAsking = true;
    const lcd = (await machine.console("show lcd").catch(() => undefined))?.join("\n") ?? shown;
    isAsking = false;
    if (lcd !== shown) process.stdout.write(`\n${lcd}\n\n`);
    shown = lcd;
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "quit") break;
    const answer = await obey(machine, line).catch((error: unknown) => String(error));
    if (answer !== "") process.stdout.write(`${answer}\n`);
  }
  clearInterval(timer);
  await rig.close();
}

await main();
