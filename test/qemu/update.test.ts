// Another image, by the phone's own file: fetched from the lab's TFTP server, verified and written by init, tried through
// U-Boot, confirmed when it is registered; then one that somebody else signed.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textFile } from "#test/lab/files.ts";
import type { Lab } from "#test/lab/lab.ts";
import { bootMs, makeRig, type QemuRig, registeredAt, shown } from "./rig.ts";

const image = "offhook-0.9.0";
const forged = "offhook-0.9.1";
/** 70 MB through an emulated network card and processor. */
const fetchMs = 580_000;

let rig: QemuRig;
let folder: string;

const name = (lab: Lab, load: string): void =>
  lab.change((settings) => ({ ...settings, sip: { ...settings.sip, load } }));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "offhook-update-"));
  const words = ["--version", image.replace("offhook-", ""), "--out", folder];
  execFileSync(process.execPath, ["flash-image/build/image.ts", ...words], { stdio: "inherit" });
  rig = await makeRig({ startedBy: "loader" });
  const update = join(folder, "update");
  for (const file of readdirSync(update)) rig.lab.files.set(file, readFileSync(join(update, file)));
  name(rig.lab, image);
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true });
});

const slotFile = (): string => rig.machine.card.read("slot.txt").trim().split("\n").sort().join(" ");
const says = (words: string, withinMs: number): Promise<true> =>
  rig.machine.until(words, withinMs, () =>
    Promise.resolve(rig.machine.serial().includes(words) ? true : undefined),
  );

/** `show version json`: version and slots, once the phone is registered. */
async function versions() {
  await registeredAt(rig.machine);
  return JSON.parse(await shown(rig.machine, "show version json")) as unknown; // compared whole
}

test("its file names another image: it is fetched, verified and written to slot B while the panel says so", async () => {
  const { machine } = rig;
  await machine.until("the panel says what is going on", bootMs, async () =>
    (await shown(machine, "show lcd")).includes("Upgrading Software") ? true : undefined,
  );
  const began = performance.now();
  await says(`image ${image}: written, and tried at the next start`, fetchMs);
  process.stdout.write(`fetched, written and read back in ${Math.round(performance.now() - began)} ms\n`);
});

test("the board restarts: U-Boot tries slot B, it registers, and is confirmed on the card", async () => {
  const { machine } = rig;
  await says("offhook: slot B, confirmed=0, starts left 2, other good", bootMs);
  await machine.until("slot B is confirmed on the card", bootMs, () =>
    Promise.resolve(slotFile() === "other=good slot=B trial=0 tries=0" ? true : undefined),
  );
  expect(await versions()).toMatchObject({
    version: "0.9.0",
    slots: [
      { name: "B", version: "0.9.0", state: "good", isRunning: true },
      { name: "A", version: "0.1.0", state: "good", isRunning: false },
    ],
  });
});

test("an image that somebody else signed: told by its sentence, nothing is changed, the phone registers", async () => {
  const { lab, machine } = rig;
  const { privateKey } = generateKeyPairSync("ed25519");
  const manifest = readFileSync(join(folder, "update", `${image}.manifest`), "utf8");
  const text = manifest.replace(/^signature .*\n/m, "").replaceAll("0.9.0", "0.9.1");
  const signature = sign(null, Buffer.from(text), privateKey).toString("hex");
  lab.files.set(`${forged}.manifest`, textFile(`${text}signature ${signature}\n`));
  lab.files.set(`${forged}.loads`, textFile(`${forged}.manifest\n${image}.kernel\n`));
  const before = slotFile();
  name(lab, forged);
  await machine.console("reset");
  await says(`image ${forged}: denied the signature does not hold`, bootMs);
  expect(await versions()).toMatchObject({ version: "0.9.0", slots: [{ name: "B" }, { state: "good" }] });
  expect(slotFile()).toBe(before);
  expect(machine.serial()).toContain("image slots: install: the signature does not hold");
  expect(await shown(machine, "show status json")).toContain("load-refused");
});
