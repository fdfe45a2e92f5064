// SCCP tone ids: what must exist does, and every tone with frequencies sounds.
import { expect, test } from "vitest";
import { ToneGenerator } from "#firmware/media/tone-generator.ts";
import { powerDbfs } from "#test/unit/media/spectrum.ts";
import { progressTones } from "#ui/tones/progress.ts";
import { sccpTone } from "#ui/tones/sccp.ts";

test("SCCP-035 the tones a 7960 must make are the ones of the tables", () => {
  const ids = [0x00, 0x21, 0x22, 0x23, 0x24, 0x25, 0x29, 0x2a, 0x2d, 0x2e, 0x31, 0x32, 0x33, 0x7f];
  expect(ids.map((id) => sccpTone(id)?.name)).toEqual([
    progressTones.silence.name,
    progressTones.insideDial.name,
    progressTones.outsideDial.name,
    progressTones.busy.name,
    progressTones.alerting.name,
    progressTones.reorder.name,
    progressTones.offHookWarning.name,
    progressTones.messageWaitingDial.name,
    progressTones.callWaiting.name,
    progressTones.confirmation.name,
    progressTones.zipZip.name,
    progressTones.zip.name,
    progressTones.beepBonk.name,
    progressTones.silence.name,
  ]);
  expect(sccpTone(0x28)).toBeDefined(); // reverting
});

test("digits 1 to 9, 0, star, pound and A to D have their ids", () => {
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 19];
  expect(ids.map((id) => sccpTone(id)?.name)).toEqual([..."1234567890*#ABCD"].map((key) => `key ${key}`));
  expect(sccpTone(0x0b)).toBeUndefined();
});

test("every id has a tone that sounds without clipping, or none", () => {
  const without: number[] = [];
  for (let id = 1; id <= 0x89; id++) {
    const tone = sccpTone(id);
    if (tone === undefined || tone === progressTones.silence) {
      without.push(id);
      continue;
    }
    const samples = new Int16Array(1600);
    new ToneGenerator(tone, 8000).addTo(samples);
    expect(powerDbfs(samples), tone.name).toBeGreaterThan(-40);
    expect(Math.max(...samples), tone.name).toBeLessThan(32767);
  }
  expect(without).not.toContain(0x5e);
  expect(without).toContain(0x80); // an announcement
});
