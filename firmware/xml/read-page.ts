// Objects of CallManager XML 3.0 to pages (reference cisco-7960-sip 7.2). Whatever the bytes are: a page, or ConfigError
// `unusable` for an object of later phones, `malformed` or `too-large` for everything else.
import { unicodeText } from "#firmware/wire/unicode.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type {
  ServiceBody,
  ServiceField,
  ServiceImage,
  ServiceItem,
  ServiceKey,
  ServicePage,
} from "./notices.ts";
import { elementsAt, readXml, textAt, type XmlElement, type XmlLimits } from "./read.ts";
import { targetOf } from "./url.ts";

/** Limits of a page; the longest object there is, a hundred menu items, stays far below. */
export const pageLimits: XmlLimits = { bytes: 64 * 1024, depth: 8, elements: 2000 };

/** What the reference gives each object; more is left out. Characters of a line: ours. */
const most = {
  text: 4000,
  items: 100,
  name: 64,
  line: 128,
  fields: 5,
  entries: 32,
  graphicItems: 12,
  keys: 8,
} as const;
/** No picture is larger than this: the panel is 240 wide. */
const mostPixels = 640;

/** Reads what the server at `url` sent; `mediaType` as in Content-Type. Addresses on the page are relative to `url`. */
export function readPage(url: string, bytes: Uint8Array, mediaType: string): ServicePage {
  if (/^text\/plain\b/i.test(mediaType)) {
    if (bytes.length > pageLimits.bytes)
      throw new ConfigError("too-large", url, "", `at most ${pageLimits.bytes} bytes belong`);
    const text = textLines(unicodeText(bytes));
    return { title: "", prompt: "", body: { kind: "text", text }, keys: [] };
  }
  const root = readXml(url, bytes, pageLimits);
  return {
    title: lineAt(root, "Title"),
    prompt: lineAt(root, "Prompt"),
    body: bodyOf(url, root),
    keys: keysOf(url, root),
  };
}

/** Line breaks are kept, other control characters are not. */
function textLines(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not reach a panel
  const plain = text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, " ");
  return plain.slice(0, most.text);
}

/** One line of text, whatever breaks the element has. */
function lineAt(from: XmlElement, name: string, longest: number = most.line): string {
  return textLines(textAt(from, name) ?? "")
    .replace(/\s+/g, " ")
    .slice(0, longest);
}

function bodyOf(url: string, root: XmlElement): ServiceBody {
  switch (root.name) {
    case "CiscoIPPhoneText":
      return { kind: "text", text: textLines(textAt(root, "Text") ?? "") };
    case "CiscoIPPhoneMenu":
      return { kind: "menu", items: itemsOf(url, root, most.items) };
    case "CiscoIPPhoneInput":
      return { kind: "input", target: targetOf(textAt(root, "URL") ?? "", url), fields: fieldsOf(root) };
    case "CiscoIPPhoneDirectory":
      return { kind: "directory", entries: entriesOf(root) };
    case "CiscoIPPhoneImage":
      return { kind: "image", image: imageOf(url, root) };
    case "CiscoIPPhoneGraphicMenu":
      return {
        kind: "graphic-menu",
        image: imageOf(url, root),
        items: itemsOf(url, root, most.graphicItems),
      };
    default:
      throw new ConfigError("unusable", url, root.name, "an object of CallManager XML 3.0 belongs here");
  }
}

function itemsOf(url: string, root: XmlElement, count: number): readonly ServiceItem[] {
  return elementsAt(root, "MenuItem")
    .slice(0, count)
    .map((item) => ({
      name: lineAt(item, "Name", most.name),
      target: targetOf(textAt(item, "URL") ?? "", url),
    }));
}

function entriesOf(root: XmlElement): readonly { name: string; number: string }[] {
  return elementsAt(root, "DirectoryEntry")
    .slice(0, most.entries)
    .map((entry) => ({ name: lineAt(entry, "Name"), number: lineAt(entry, "Telephone") }));
}

const kinds: Readonly<Record<string, ServiceField["takes"]>> = {
  A: "text",
  T: "telephone",
  N: "digits",
  E: "equation",
  U: "upper",
  L: "lower",
};

function fieldsOf(root: XmlElement): readonly ServiceField[] {
  return elementsAt(root, "InputItem")
    .slice(0, most.fields)
    .map((item) => {
      const flags = (textAt(item, "InputFlags") ?? "A").toUpperCase();
      const kind = [...flags].find((flag) => kinds[flag] !== undefined) ?? "A";
      return {
        label: lineAt(item, "DisplayName"),
        parameter: lineAt(item, "QueryStringParam"),
        initial: lineAt(item, "DefaultValue"),
        takes: kinds[kind] ?? "text",
        isSecret: flags.includes("P"),
      };
    });
}

function keysOf(url: string, root: XmlElement): readonly ServiceKey[] {
  return elementsAt(root, "SoftKeyItem")
    .slice(0, most.keys)
    .map((key, at) => {
      const position = Number(textAt(key, "Position") ?? at + 1);
      return {
        name: lineAt(key, "Name"),
        target: targetOf(textAt(key, "URL") ?? "", url),
        position: Number.isInteger(position) && position >= 1 && position <= most.keys ? position : at + 1,
      };
    })
    .sort((a, b) => a.position - b.position);
}

/** Four 2-bit pixels a byte, the first in the two lowest bits; no separators, padding at the end (rows XML-016 to XML-020). */
function imageOf(url: string, root: XmlElement): ServiceImage {
  const number = (name: string, least: number, largest: number): number => {
    const text = textAt(root, name) ?? "";
    const value = /^-?\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= largest) return value;
    throw new ConfigError("malformed", url, name, `"${text}" is no number from ${least} to ${largest}`);
  };
  const [width, height] = [number("Width", 1, mostPixels), number("Height", 1, mostPixels)];
  number("Depth", 1, 2);
  const data = (textAt(root, "Data") ?? "").replace(/\s+/g, "");
  const count = width * height;
  const wanted = Math.ceil(count / 4) * 2;
  if (!/^[0-9a-f]*$/i.test(data) || data.length !== wanted) {
    const expected = `${wanted} hex digits belong to ${width} × ${height} pixels, not ${data.length}`;
    throw new ConfigError("malformed", url, "Data", expected);
  }
  const levels = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const byte = Number.parseInt(data.slice((at >> 2) * 2, (at >> 2) * 2 + 2), 16);
    levels[at] = (byte >> ((at & 3) * 2)) & 3;
  }
  const place = (name: string): number => number(name, -1, mostPixels);
  return { x: place("LocationX"), y: place("LocationY"), width, height, levels };
}
