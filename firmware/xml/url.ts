// Addresses in service pages: those of other pages, relative ones too, and those the phone itself follows
// (reference cisco-7960-sip XML-006, XML-010).
import type { ServiceTarget } from "./notices.ts";

/** Longest address on a page. */
const mostCharacters = 512;
/** Longest address that is asked for: five typed fields are in it, every character escaped. */
export const mostAsked = 4096;

/** Reads an address as it stands on the page at `base`. */
export function targetOf(text: string, base: string): ServiceTarget {
  const wanted = text.trim();
  const bad = { kind: "bad", text: wanted.slice(0, mostCharacters) } as const;
  if (wanted.length > mostCharacters) return bad;
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/is.exec(wanted) ?? [];
  switch (scheme.toLowerCase()) {
    case "dial":
      return rest === "" ? bad : { kind: "dial", number: rest };
    case "editdial":
      return { kind: "edit-dial", number: rest };
    case "softkey":
      return { kind: "softkey", name: rest.toLowerCase() };
    case "key":
      return { kind: "key", name: rest.toLowerCase() };
    case "querystringparam":
      return { kind: "query", query: visible(rest) };
    default: {
      const url = wanted === "" ? undefined : resolveUrl(wanted, base);
      return url === undefined ? bad : { kind: "page", url };
    }
  }
}

interface Parts {
  /** Scheme and authority: `http://10.0.0.1:8080`. */
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Of an absolute address; no user and no password can be in it. */
function partsOf(url: string): Parts | undefined {
  const [, scheme, host, port, path = "", query = ""] =
    /^(https?:\/\/)([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(\/[^?#\s]*)?(\?[^#\s]*)?(?:#\S*)?$/i.exec(url) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  const origin = `${scheme}${host}${port === undefined ? "" : `:${Number(port)}`}`.toLowerCase();
  return { origin, host: host.toLowerCase(), path: path === "" ? "/" : path, query };
}

/** Who is asked for an address: `10.0.0.1:8080` without its port; empty where it is none. */
export function hostOf(url: string): string {
  return partsOf(url)?.host ?? "";
}

/** Scheme, host and port. */
export function originOf(url: string): string {
  return partsOf(url)?.origin ?? "";
}

/** An absolute http or https address; undefined where it is none or too long (RFC 3986 section 5.2, without other schemes). */
export function resolveUrl(
  reference: string,
  base: string | undefined,
  longest = mostCharacters,
): string | undefined {
  if (reference.length > longest) return undefined;
  const url = resolved(visible(reference), base);
  return url === undefined || url.length > longest ? undefined : url;
}

function resolved(wanted: string, base: string | undefined): string | undefined {
  const whole = partsOf(wanted);
  if (whole !== undefined) return whole.origin + whole.path + whole.query;
  const from = base === undefined ? undefined : partsOf(base);
  if (from === undefined || /^[a-z][a-z0-9+.-]*:/i.test(wanted)) return undefined;
  if (wanted.startsWith("//")) return resolved(`${/^https?:/i.exec(from.origin)?.[0]}${wanted}`, undefined);
  const [, path = "", query = ""] = /^([^?#\s]*)(\?[^#\s]*)?(?:#\S*)?$/.exec(wanted) ?? [];
  if (path === "") return from.origin + from.path + (query === "" ? from.query : query);
  const folder = path.startsWith("/") ? "" : from.path.replace(/[^/]*$/, "");
  return from.origin + withoutDots(folder + path) + query;
}

/** RFC 3986 section 5.2.4. */
function withoutDots(path: string): string {
  const out: string[] = [];
  const parts = path.split("/").slice(1);
  parts.forEach((part, at) => {
    const isLast = at === parts.length - 1;
    if (part === "..") out.pop();
    else if (part !== ".") out.push(part);
    if (isLast && (part === ".." || part === ".")) out.push("");
  });
  return `/${out.join("/")}`;
}

/** An address with a query added, behind one that is there. */
export function withQuery(url: string, query: string): string {
  return query === "" ? url : url + (url.includes("?") ? "&" : "?") + query;
}

/** `a=b&c=d`, everything but letters, digits and `-._~` escaped (UTF-8). */
export function queryOf(values: readonly (readonly [name: string, value: string])[]): string {
  return values.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&");
}

function escaped(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(character) ? character : percent(byte);
    })
    .join("");
}

/** Only what may stand in a request line: spaces, control and foreign characters are escaped, escapes stay. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not reach a request line
  return text.replace(/[\u0000-\u0020"<>\\^`{|}\u007F-\u{10FFFF}]/gu, (character) =>
    [...new TextEncoder().encode(character)].map(percent).join(""),
  );
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
