// `npm run screens`: every screen × panel × language as PNG, with contact sheets, into test/screens/out.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "#ui/screens/render.ts";
import { english } from "#ui/words/english.ts";
import { panels } from "./panels.ts";
import { contactSheet, enlarge, pictureOf, pngBytes } from "./picture.ts";
import { situations } from "./situations.ts";

const out = join(import.meta.dirname, "out");
rmSync(out, { recursive: true, force: true });
let count = 0;
for (const words of [english]) {
  for (const [panel, geometry] of panels) {
    const folder = join(out, words.language, panel);
    mkdirSync(folder, { recursive: true });
    const times = geometry.kind === "pixels" && geometry.width <= 160 ? 3 : 2;
    const items = situations.map(([name, seen]) => {
      const { frame } = render({ ...seen, words }, geometry);
      const picture = enlarge(pictureOf(frame, geometry), geometry.kind === "cells" ? 1 : times);
      writeFileSync(join(folder, `${name}.png`), pngBytes(picture));
      writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(frame.text, undefined, 1)}\n`);
      count++;
      return [name, picture] as const;
    });
    const perSheet = 24;
    for (let at = 0; at < items.length; at += perSheet) {
      const sheet = contactSheet(items.slice(at, at + perSheet), 3);
      writeFileSync(join(out, `${words.language}-${panel}-${1 + at / perSheet}.png`), pngBytes(sheet));
    }
  }
}
process.stdout.write(`${count} screens in ${out}\n`);
