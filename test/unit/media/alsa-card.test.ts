// The ALSA card against libasound's own devices that need no hardware: `null`, and `file`, which keeps what is played.
// Where there is no libasound the card must say so.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import { AlsaCard } from "#hal/linux/alsa-card.ts";
import { libasound } from "#hal/linux/ffi/alsa.ts";
import { sine } from "./engine-rig.ts";

function hasLibrary(): boolean {
  try {
    libasound();
    return true;
  } catch (error) {
    if (error instanceof HalError && error.code === "missing") return false;
    throw error;
  }
}

const openCard = (capture: string, playback: string): AlsaCard =>
  new AlsaCard({ kind: "alsa", capture, playback }, 8000);

test("a device that does not exist is missing, and so is a library that does not", () => {
  const codeOf = (): string => {
    try {
      openCard("hw:no-such-card", "null").close();
      return "ok";
    } catch (error) {
      return error instanceof HalError ? error.code : String(error);
    }
  };
  expect(codeOf()).toBe("missing");
});

test("40 ms of silence lead, then every sample is played in order; the ringer is mixed in", () => {
  if (!hasLibrary()) {
    expect(() => openCard("null", "null")).toThrow(HalError);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "offhook-"));
  try {
    const file = join(folder, "played.raw");
    const card = openCard("null", `file:${file},raw`);
    card.start();
    expect(card.waited().length).toBeGreaterThan(0);
    const ringer = new Int16Array(160).fill(1000);
    for (let tick = 0; tick < 50; tick++) {
      expect(card.due()).toBeGreaterThanOrEqual(160);
      expect(card.capture(160)).toHaveLength(160);
      card.play(sine(440, 8000, 160, tick * 160), tick < 25 ? undefined : ringer);
    }
    card.stop();
    card.close();
    const bytes = readFileSync(file);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    expect(samples.slice(0, 320)).toEqual(new Int16Array(320));
    const wanted = sine(440, 8000, 8000).map((sample, i) => sample + (i < 4000 ? 0 : 1000));
    expect(samples.slice(320)).toEqual(wanted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
