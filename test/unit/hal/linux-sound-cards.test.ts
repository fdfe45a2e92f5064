// Sound cards by name, in a folder that stands for the kernel's.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findMissingCard } from "#hal/linux/sound-cards.ts";

test("a card that the devices name and the kernel lacks is known by its name; one by no name is not judged", () => {
  const folder = mkdtempSync(join(tmpdir(), "offhook-cards-"));
  mkdirSync(join(folder, "Loopback"));
  const find = (capture: string, playback: string) =>
    findMissingCard({ kind: "alsa", capture, playback }, folder);
  expect(find("plughw:CARD=Loopback,DEV=0,SUBDEV=1", "plughw:CARD=Loopback,DEV=0,SUBDEV=0")).toBeUndefined();
  expect(find("plughw:CARD=Loopback", "plughw:CARD=Device")).toBe("Device");
  expect(find("default", "hw:0")).toBeUndefined();
  expect(findMissingCard({ kind: "simulated" }, folder)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
