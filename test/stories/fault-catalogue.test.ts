// The fault catalogue: each entry is produced by its fault in the lab, and the page with the sentences and pictures of
// the panel is true. After a change of words or screens: `node test/faults/write.ts`, and look at the pictures.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { pageOf, pictureBytes, pictureName, produce, type Shown, sectionOf } from "#test/faults/page.ts";
import { pixelsOf } from "#test/faults/png.ts";
import { faultCodes } from "#test/lab/catalogue.ts";
import { deskTest } from "./kit/story.ts";

const folder = join(import.meta.dirname, "..");
const page = readFileSync(join(folder, "faults.md"), "utf8");
const produced: Shown[] = [];

for (const code of faultCodes)
  deskTest(`${code} comes on the screen by its fault, and the page shows it as it is`, async () => {
    const shown = await produce(code);
    produced.push(shown);
    expect(page).toContain(sectionOf(shown));
    const picture = readFileSync(join(folder, "faults", pictureName(code)));
    const now = pictureBytes(shown);
    expect(pixelsOf(picture), "the picture of the page").toEqual(pixelsOf(now));
    expect(picture.length, "bytes of the picture").toBeLessThan(4000);
  });

deskTest("the page holds every entry once, in order, and no picture is left over", () => {
  expect(produced.map(({ code }) => code)).toEqual(faultCodes);
  expect(faultCodes.length).toBeGreaterThanOrEqual(40);
  expect(page).toBe(pageOf(produced));
  const pictures = readdirSync(join(folder, "faults")).filter((name) => name.endsWith(".png"));
  expect(pictures.sort()).toEqual(faultCodes.map(pictureName).sort());
});
