// What a call manager's locale brings by TFTP beside the configuration (reference cisco-7960-sip TFTP-012; boot-and-provisioning
// 6.1): `NETWORK/7960-tones.xml`, the country's tones, and `USER/SCCP-dictionary.xml`, the words of label codes. The form of
// the tones is that of public files: oscillators by their coefficient and first value, parts in ms. That of the dictionary
// (numbered phrases) is assumed; a phrase without a number or text is left out. Fonts and the phone's own screens
// (`7960-font.xml`, `7960-dictionary.xml`, `7960-kate.xml`) belong to another maker's phone: they are not asked for.
import { readXml, type XmlElement, type XmlLimits } from "#firmware/xml/read.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { ToneSegment, ToneSpec } from "#hal/contract/media.ts";

/** Tones that a country's file names and this phone has. */
export const localeTones = ["inside-dial", "outside-dial", "busy", "reorder", "alerting"] as const;
export type LocaleTone = (typeof localeTones)[number];

const nameOf: Readonly<Record<string, LocaleTone>> = {
  idial: "inside-dial",
  odial: "outside-dial",
  busy: "busy",
  reorder: "reorder",
  ringing: "alerting",
};

/** The tones of a file, and the names in it that mean nothing here. */
export interface TonesRead {
  readonly tones: ReadonlyMap<LocaleTone, ToneSpec>;
  readonly ignored: readonly string[];
}

const limits: XmlLimits = { bytes: 64 * 1024, depth: 6, elements: 4000 };
const rateHz = 8000;
/** 16-bit fixed point: one is 32768. */
const one = 32_768;
const mostFrequencies = 8;
const mostParts = 32;
/** Stands for without end, in durations and repeats alike. */
const endless = 65_535;
const mostIgnored = 20;

/** Reads a country's tones. Throws ConfigError for what is no such file. */
export function readTones(file: string, bytes: Uint8Array): TonesRead {
  const root = readXml(file, bytes, limits);
  if (root.name !== "tones") throw new ConfigError("malformed", file, root.name, "<tones> belongs here");
  const tones = new Map<LocaleTone, ToneSpec>();
  const ignored: string[] = [];
  for (const element of root.children) {
    if (element.name !== "tone") continue;
    const id = element.attributes.get("t") ?? "";
    const name = nameOf[id];
    if (name !== undefined) tones.set(name, toneOf(file, name, element));
    else if (ignored.length < mostIgnored) ignored.push(id.slice(0, 32));
  }
  return { tones, ignored };
}

function toneOf(file: string, name: LocaleTone, element: XmlElement): ToneSpec {
  const wrong = (what: string): ConfigError => new ConfigError("bad-value", file, `tone ${name}`, what);
  const number = (from: XmlElement, key: string, least: number, largest: number): number => {
    const text = from.attributes.get(key) ?? "";
    const value = /^-?\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= largest) return value;
    throw wrong(`${key}="${text.slice(0, 16)}": a number from ${least} to ${largest} belongs here`);
  };
  const oscillators: { readonly hz: number; readonly levelDbfs: number }[] = [];
  for (let n = 1; n <= mostFrequencies && element.attributes.has(`c${n}`); n++) {
    const angle = Math.acos(number(element, `c${n}`, 1 - one, one - 1) / one);
    const amplitude = Math.abs(number(element, `i${n}`, -one, one)) / one / Math.sin(angle);
    if (amplitude === 0 || amplitude > 1) throw wrong(`i${n}: no loudness a tone can have`);
    oscillators.push({
      hz: Math.round((angle * rateHz) / (2 * Math.PI)),
      levelDbfs: 20 * Math.log10(amplitude),
    });
  }
  const parts = element.children.filter((child) => child.name === "part").slice(0, mostParts);
  const groups = groupsOf(oscillators, number(element, "d", 0, 0xffff));
  const segments: ToneSegment[] = [];
  for (const part of parts) {
    const ms = number(part, "t", 0, endless);
    const last = segments.at(-1);
    if (part.attributes.get("m") === "on") {
      const group = groups[segments.length % groups.length] ?? [];
      const levelDbfs = Math.max(...group.map((oscillator) => oscillator.levelDbfs));
      const frequenciesHz = group.map(({ hz }) => hz);
      segments.push({ frequenciesHz, levelDbfs, onMs: ms === endless ? 0 : ms, offMs: 0 });
    } else if (last !== undefined) segments[segments.length - 1] = { ...last, offMs: last.offMs + ms };
  }
  if (segments.length === 0 || oscillators.length === 0)
    throw wrong("a frequency and a part that is on belong here");
  const repeat = element.children.find((child) => child.name === "repeat");
  const count = repeat === undefined ? 1 : number(repeat, "c", 0, endless);
  return { name: `${name} of the locale`, segments, repeats: count === endless ? 0 : Math.max(1, count) };
}

/** `d` counts the frequencies of each part that is on, four bits a part, the first in the lowest ones (seen: 2, 17, 34). */
function groupsOf<T>(all: readonly T[], d: number): readonly (readonly T[])[] {
  const groups: (readonly T[])[] = [];
  let from = 0;
  for (let left = d; left > 0 && from < all.length; left >>= 4) {
    const count = left & 15;
    if (count > 0) groups.push(all.slice(from, from + count));
    from += count;
  }
  return groups.length === 0 ? [all] : groups;
}

/** Longest word for a label, and most of them: codes are one byte. */
const most = { characters: 64, code: 255 } as const;

/** Words by label code (sccp reference 4.6). Throws ConfigError for what is no XML or holds none. */
export function readDictionary(file: string, bytes: Uint8Array): ReadonlyMap<number, string> {
  const words = new Map<number, string>();
  const visit = (element: XmlElement): void => {
    const number = element.attributes.get("i") ?? "";
    const { attributes } = element;
    const word = (attributes.get("t") ?? attributes.get("text") ?? element.text).replace(/\s+/g, " ").trim();
    if (element.name === "phrase" && /^\d{1,3}$/.test(number) && Number(number) <= most.code && word !== "")
      words.set(Number(number), word.slice(0, most.characters));
    for (const child of element.children) visit(child);
  };
  visit(readXml(file, bytes, limits));
  if (words.size === 0) throw new ConfigError("unusable", file, "", "numbered phrases belong here");
  return words;
}
