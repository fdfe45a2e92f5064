// `npm run qemu`: the built image under QEMU, plugged into the lab. Serves the handset's page, shows the LCD whenever it
// changes, and the serial port; takes lines from the keyboard: `press 6`, `lift`, `hang up`, `! COMMAND` for the guest's shell, `quit`, and anything
// else for the phone's console.
import { createInterface } from "node:readline";
import { orExplain, readCommandLine, wholeNumber } from "#firmware/bin/command-line.ts";
import { findMissing } from "./built.ts";
import type { Machine } from "./machine.ts";
import { isOutside } from "./outside.ts";
import { serveGuestPage } from "./page.ts";
import { makeRig } from "./rig.ts";

const lookEveryMs = 1000;

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

const usage = `npm run qemu [-- --port N]
  --port N   where the handset's page is served (7960; 0: a free one)`;

async function main(): Promise<void> {
  const port = orExplain(usage, () => {
    const { values } = readCommandLine(usage, { options: { port: { type: "string", default: "7960" } } });
    return wholeNumber("--port", values.port, 0, 65_535);
  });
  const missing = findMissing();
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  if (missing.length > 0) process.exit(2);
  const rig = await makeRig({ hasPage: true });
  const { machine } = rig;
  const page = await serveGuestPage(machine, port);
  console.log(`the handset is at ${page.url}`);
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
  await page.close();
  await rig.close();
}

await main();
