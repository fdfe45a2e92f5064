// The programs of firmware/bin as a person meets them before any hardware is open.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkBoard } from "#boards/schema/board.ts";
import { boardNames, loadBoard } from "#firmware/bin/boards.ts";
import { product } from "#firmware/bin/product.ts";
import { openSoundFiles } from "#firmware/bin/sound-files.ts";
import { decodeWav, encodeWav } from "#hal/sim/wav.ts";

const folder = mkdtempSync(join(tmpdir(), "offhook-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, ...words: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [`firmware/bin/${program}`, ...words], {
    encoding: "utf8",
  });
  return { status, stderr };
}

describe("the phone's command line", () => {
  test("without an interface it names what is missing and how it is used", () => {
    const { status, stderr } = run("main.ts");
    expect(status).toBe(2);
    expect(stderr).toContain("--interface: is missing");
    expect(stderr).toContain("--state DIR");
  });

  test("a supervised phone that cannot begin is not started again", () => {
    const { status, stderr } = run("supervise.ts", "--interface", "lo", "--board", "toaster");
    expect(status).toBe(2);
    expect(stderr).toContain("--board: is toaster");
    expect(stderr.match(/toaster/g)).toHaveLength(1);
  });

  test("a console without a phone says which socket did not answer", () => {
    const path = join(folder, "nobody.sock");
    const { status, stderr } = run("console-client.ts", "--socket", path, "show", "boot");
    expect(status).toBe(2);
    expect(stderr).toContain(path);
  });
});

test("every board of the table opens under its own name and is sound", async () => {
  for (const name of boardNames) {
    const { facts } = await loadBoard(name);
    expect(facts.name).toBe(name);
    checkBoard(facts);
  }
  expect(() => loadBoard("desktop")).toThrow("npm start");
});

test("the version is the package's", () => {
  const text = readFileSync("package.json", "utf8");
  expect(product.version).toBe((JSON.parse(text) as { version: string }).version);
});

describe("sound from and to files", () => {
  const said = Int16Array.from({ length: 160 }, (_, i) => i * 100);

  test("the microphone repeats its file, the ear keeps what it heard", async () => {
    const microphone = join(folder, "said.wav");
    const ear = join(folder, "heard.wav");
    writeFileSync(microphone, encodeWav({ sampleRateHz: 8000, samples: said }));
    const { sound, keep } = openSoundFiles(microphone, ear);
    sound.speaker(sound.microphone(320));
    await keep();
    expect(decodeWav(readFileSync(ear)).samples).toEqual(Int16Array.from([...said, ...said]));
  });

  test("a file of another rate is refused with what belongs", () => {
    const path = join(folder, "wide.wav");
    writeFileSync(path, encodeWav({ sampleRateHz: 16_000, samples: said }));
    expect(() => openSoundFiles(path, undefined)).toThrow("has 16000 Hz; 8000 Hz");
  });
});
