// The fault catalogue as a page for people: each entry produced by the lab on the virtual handset, with the sentence on
// its panel and a picture of it. `node test/faults/write.ts` writes it, a test keeps it true.

import { desktop7960 } from "#boards/desktop/desktop.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import type { Frame } from "#hal/contract/panel.ts";
import { catalogue, type FaultCode, faultCodes, leadsTo } from "#test/lab/catalogue.ts";
import { faults } from "#test/lab/faults.ts";
import { pictureOf } from "#test/screens/picture.ts";
import { openDesk } from "#test/stories/kit/desk.ts";
import { english } from "#ui/words/english.ts";
import { sentenceText } from "#ui/words/fill.ts";
import { greyPng } from "./png.ts";

/** An entry as the handset shows it. */
export interface Shown {
  readonly code: FaultCode;
  readonly atMs: number;
  readonly phase: string;
  readonly title: string;
  /** Why, and what to do. */
  readonly text: string;
  readonly frame: Frame;
}

/** The sentence of this code, if the phone has it to tell now. */
function sentenceOf(phone: Phone, code: FaultCode): { title: string; text: string } | undefined {
  const view = phone.view();
  const { trouble, warnings } = view.boot;
  const told = [...(trouble === undefined ? [] : [trouble]), ...warnings].find((one) => one.code === code);
  if (told !== undefined) return sentenceText(english, english.troubles[told.code], told.facts);
  for (const [index, key] of view.lineKeys.entries()) {
    if (key.kind !== "line" || key.state.kind !== "failed" || `line-${key.state.failure}` !== code) continue;
    const { failure, status, reason } = key.state;
    return sentenceText(english, english.lineFailures[failure], {
      line: index + 1,
      status: status ?? "",
      reason,
    });
  }
  return undefined;
}

const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

/** True once the panel holds heading and the first words of the sentence. */
function isOnPanel(phone: Phone, { title, text }: { title: string; text: string }): boolean {
  const shown = spaced(phone.front.frame().text.rows.join(" "));
  return shown.includes(spaced(title)) && shown.includes(spaced(text).split(" ").slice(0, 3).join(" "));
}

/** Plays the entry's fault until its sentence is on the panel; throws when it does not come in time. */
export async function produce(code: FaultCode): Promise<Shown> {
  const { fault, withinMs } = catalogue[code];
  const drive = await openDesk({ fault });
  try {
    const { phone } = drive.desk();
    const isShown = (): boolean => {
      const sentence = sentenceOf(phone, code);
      return sentence !== undefined && isOnPanel(phone, sentence);
    };
    await drive.clock.runUntil(`${code} by --fault ${fault}`, isShown, withinMs);
    const sentence = sentenceOf(phone, code);
    if (sentence === undefined) throw new Error(`${code}: was shown, and is not told any more`);
    const { phase } = phone.boot.view();
    const shown = { code, atMs: Math.round(drive.now()), phase, ...sentence, frame: phone.front.frame() };
    if (drive.fatal.length > 0) throw new Error(`${code}: ${drive.fatal.join("; ")}`);
    return shown;
  } finally {
    await drive.close();
  }
}

/** Every entry, in the table's order. */
export async function produceAll(): Promise<readonly Shown[]> {
  const all: Shown[] = [];
  for (const code of faultCodes) all.push(await produce(code));
  return all;
}

/** File name of a picture, beside this file. */
export const pictureName = (code: FaultCode): string => `${code}.png`;

export function pictureBytes({ frame }: Shown): Buffer {
  return greyPng(pictureOf(frame, desktop7960.panel));
}

/** The text of test/faults.md. */
export function pageOf(all: readonly Shown[]): string {
  return [head, ...all.map(sectionOf), codesSection()].join("\n");
}

const head = `# What can stop a phone, and what it says

Written by \`node test/faults/write.ts\` from \`test/lab/catalogue.ts\`; a test keeps it true. Each entry was produced by
\`npm start -- --fault NAME\` with the name given, on the virtual handset; times are those of a simulated network.
`;

/** One entry on the page. */
export function sectionOf({ code, atMs, phase, title, text }: Shown): string {
  const { cause, fault } = catalogue[code];
  return `## ${code}

![${title}](faults/${pictureName(code)})

**${title}.** ${text}

- Behind it: ${cause}
- In phase \`${phase}\`, after ${atMs} ms, by \`--fault ${fault}\`: ${faults[fault].does}.
`;
}

function codesSection(): string {
  const tables = Object.entries(leadsTo).map(([part, codes]) => {
    const rows = Object.entries(codes).map(([code, leads]) => `- \`${code}\`: [${leads}](#${leads})`);
    return `### ${part}\n\n${rows.join("\n")}\n`;
  });
  return `## Codes of the parts\n\n${tables.join("\n")}`;
}
