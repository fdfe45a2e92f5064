// Small XML documents as a tree of plain values. One reader with one set of limits, for configuration files and for
// whatever else comes as XML (reference boot-and-provisioning 6.3).
import { SaxesParser } from "saxes";
import { unicodeText } from "#firmware/wire/unicode.ts";
import { ConfigError } from "#hal/contract/errors.ts";

/** An element; comments and processing instructions are gone. */
export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, trimmed; that of its children is theirs. */
  readonly text: string;
}

/** What a document may cost. */
export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
}

/** Limits of a configuration file. */
export const configLimits: XmlLimits = { bytes: 256 * 1024, depth: 32, elements: 20_000 };

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly text: string[];
}

/**
 * Reads a whole document. Throws ConfigError (place: line and column, `3:14`) `too-large` for what exceeds a limit, `malformed` for what is not
 * well-formed, is not text, declares a document type, or uses an entity beyond the five predefined ones.
 */
export function readXml(file: string, bytes: Uint8Array, limits: XmlLimits = configLimits): XmlElement {
  const tooLarge = (place: string, expected: string): ConfigError =>
    new ConfigError("too-large", file, place, expected);
  if (bytes.length > limits.bytes)
    throw tooLarge("", `${bytes.length} bytes, at most ${limits.bytes} belong`);
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new ConfigError("malformed", file, `@${nul}`, "XML belongs here, this is binary");
  // Namespaces on: an unbound prefix is an error, as in the standard.
  const parser = new SaxesParser({ xmlns: true, position: true });
  const place = (): string => `${parser.line}:${parser.column}`;
  const malformed = (what: string): ConfigError => new ConfigError("malformed", file, place(), what);
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  parser.on("error", (error) => {
    throw malformed(error.message.replace(/^[0-9]+:[0-9]+: /, ""));
  });
  parser.on("doctype", () => {
    throw malformed("a document type declaration does not belong here");
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++count > limits.elements) throw tooLarge(place(), `at most ${limits.elements} elements belong`);
    if (open.length >= limits.depth) throw tooLarge(place(), `at most ${limits.depth} levels belong`);
    const named = Object.entries(attributes).map(([key, { value }]) => [key, value] as const);
    open.push({ name, attributes: new Map(named), children: [], text: [] });
  });
  const takeText = (text: string): void => void open.at(-1)?.text.push(text);
  parser.on("text", takeText);
  parser.on("cdata", takeText);
  parser.on("closetag", () => {
    const done = open.pop();
    if (done === undefined) return; // saxes reports such a tag as an error before
    const element = { ...done, text: done.text.join("").trim() };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(unicodeText(bytes)).close();
  if (root === undefined) throw malformed("an element belongs here");
  return root;
}

/** The first child at a path of names, e.g. `devicePool/callManagerGroup`. */
export function elementAt(from: XmlElement, path: string): XmlElement | undefined {
  let at: XmlElement | undefined = from;
  for (const name of path.split("/")) at = at?.children.find((child) => child.name === name);
  return at;
}

/** Every child at a path, the last name repeated. */
export function elementsAt(from: XmlElement, path: string): readonly XmlElement[] {
  const names = path.split("/");
  const last = names.pop();
  const parent = names.length === 0 ? from : elementAt(from, names.join("/"));
  return parent?.children.filter((child) => child.name === last) ?? [];
}

/** Text at a path; undefined where there is no such element or nothing in it. */
export function textAt(from: XmlElement, path: string): string | undefined {
  const text = elementAt(from, path)?.text;
  return text === "" ? undefined : text;
}
