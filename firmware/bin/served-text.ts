// The text object of XML services as a call manager sends it in user data (sccp reference 3.8). Menus, input and execute
// objects are not there yet.
import { readXml, textAt, type XmlLimits } from "#firmware/xml/read.ts";
import { ConfigError } from "#hal/contract/errors.ts";

export interface ServedText {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** As much as SCCP joins of one transaction. */
const limits: XmlLimits = { bytes: 64 * 1024, depth: 8, elements: 1000 };

/** A `CiscoIPPhoneText`: title, text by lines, prompt last. Undefined: another object, or no XML. */
export function servedText(data: string): ServedText | undefined {
  try {
    const root = readXml("user data", new TextEncoder().encode(data), limits);
    if (root.name !== "CiscoIPPhoneText") return undefined;
    const lines = `${textAt(root, "Text") ?? ""}\n${textAt(root, "Prompt") ?? ""}`.split(/\r\n|\r|\n/);
    return {
      title: textAt(root, "Title") ?? "",
      paragraphs: lines.map((line) => line.trim()).filter((line) => line !== ""),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined; // the server had its answer; there is nothing to show
  }
}
