// Writes test/faults.md and the pictures beside it: `node test/faults/write.ts`.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pageOf, pictureBytes, pictureName, produceAll } from "./page.ts";

const folder = import.meta.dirname;
const all = await produceAll();
for (const name of readdirSync(folder)) if (name.endsWith(".png")) rmSync(join(folder, name));
for (const shown of all) writeFileSync(join(folder, pictureName(shown.code)), pictureBytes(shown));
writeFileSync(join(folder, "..", "faults.md"), pageOf(all));
console.log(`${all.length} entries`);
