// Parameters of header values: `;name=value`, names without case (RFC 3261 §25.1 `generic-param`).
import { isToken, type Scanner } from "./scanner.ts";

/** Names in lower case; undefined for a parameter without value. Order is kept. */
export type Parameters = ReadonlyMap<string, string | undefined>;

export const noParameters: Parameters = new Map();

/** Reads `;name=value;…` to the end of the item. */
export function scanParameters(scanner: Scanner): Parameters {
  if (!scanner.accept(";")) return noParameters;
  const parameters = new Map<string, string | undefined>();
  do {
    const name = scanner.token("a parameter name").toLowerCase();
    let value: string | undefined;
    if (scanner.accept("=")) {
      scanner.skipSpace();
      value =
        scanner.text[scanner.at] === '"'
          ? scanner.quoted(`parameter ${name}`)
          : scanner.run(';,"<>', `the value of ${name}`);
    }
    if (!parameters.has(name)) parameters.set(name, value);
  } while (scanner.accept(";"));
  return parameters;
}

/** A quoted string of `text`. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** `;name=value…`; values that are no token, host or number are quoted. */
export function printParameters(parameters: Parameters): string {
  let text = "";
  for (const [name, value] of parameters) {
    text += `;${name}`;
    if (value === undefined) continue;
    text += `=${isToken(value) || /^[\w.:[\]@/+-]+$/.test(value) ? value : quoted(value)}`;
  }
  return text;
}
