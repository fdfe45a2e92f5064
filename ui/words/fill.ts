// Puts facts into templates, and words in place of a call manager's label codes.
import type { Facts, Sentence, Template, Words } from "./words.ts";

/** Longest fact shown; what the network sent may be of any length. */
const longestFact = 80;

/**
 * Fills the places. An unknown fact inside brackets takes the brackets' part away; outside it leaves nothing behind.
 * Facts are data: control characters in them become spaces, and a very long one is cut.
 */
export function fill(template: Template, facts: Facts): string {
  const whole = template.replace(/\[([^[\]]*)\]/g, (_, part: string) =>
    placesOf(part).every((name) => isKnown(facts[name])) ? part : "",
  );
  const text = whole.replace(/\{(\w+)\}/g, (_, name: string) => plain(facts[name]));
  return text.replace(/ {2,}/g, " ").trim();
}

/** Names of the facts a template has places for. */
export function placesOf(template: Template): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}

/** A sentence with its facts, as heading and running text. */
export function sentenceText(
  words: Words,
  sentence: Sentence,
  codes: Facts,
): { title: string; text: string } {
  const facts = Object.fromEntries(
    Object.entries(codes).map(([name, value]) => [name, words.factWords[name]?.[String(value)] ?? value]),
  );
  const parts = [fill(sentence.why, facts), fill(sentence.todo, facts)];
  return { title: fill(sentence.what, facts), text: parts.filter((part) => part !== "").join(" ") };
}

/** Replaces U+E000 + n and U+E100 + n by the words of a call manager's codes; unknown codes leave nothing. */
export function expandLabels(words: Words, text: string): string {
  return text.replace(/[\uE000-\uE1FF]/g, (character) => {
    const code = character.charCodeAt(0) - 0xe000;
    return (code < 0x100 ? words.labels[code] : words.extendedLabels[code - 0x100]) ?? "";
  });
}

function isKnown(value: string | number | undefined): boolean {
  return value !== undefined && value !== "";
}

function plain(value: string | number | undefined): string {
  if (value === undefined) return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not reach a panel
  const text = String(value).replace(/[\u0000-\u001F\u007F-\u009F]+/g, " ");
  return text.length > longestFact ? `${text.slice(0, longestFact - 1)}…` : text;
}
