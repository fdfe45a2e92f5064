// Addresses in service pages: those of other pages, relative ones too, and those the phone itself follows
// (reference cisco-7960-sip XML-006, XML-010).

/** Where a row or soft key leads. */
export type Target =
  | { readonly kind: "page"; readonly url: string }
  | { readonly kind: "dial"; readonly number: string }
  | { readonly kind: "edit-dial"; readonly number: string }
  /** One of the soft keys that the object has anyway, by its name in lower case. */
  | { readonly kind: "softkey"; readonly name: string }
  /** Added to the address of the row that is chosen. */
  | { readonly kind: "query"; readonly query: string }
  | { readonly kind: "bad"; readonly text: string };

/** Longest address that is followed. */
const mostCharacters = 512;

/** Reads an address as it stands on the page at `base`. */
export function targetOf(text: string, base: string | undefined): Target {
  const wanted = text.trim();
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/is.exec(wanted) ?? [];
  switch (scheme.toLowerCase()) {
    case "dial":
      return rest === "" ? { kind: "bad", text: wanted } : { kind: "dial", number: rest };
    case "editdial":
      return { kind: "edit-dial", number: rest };
    case "softkey":
      return { kind: "softkey", name: rest.toLowerCase() };
    case "querystringparam":
      return { kind: "query", query: rest };
    default: {
      const url = resolveUrl(wanted, base);
      return url === undefined ? { kind: "bad", text: wanted } : { kind: "page", url };
    }
  }
}

interface Parts {
  /** Scheme and authority: `http://10.0.0.1:8080`. */
  readonly origin: string;
  readonly path: string;
  readonly query: string;
}

function partsOf(url: string): Parts | undefined {
  const [, origin, path = "", query = ""] =
    /^(https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(\/[^?#\s]*)?(\?[^#\s]*)?(?:#\S*)?$/i.exec(url) ?? [];
  return origin === undefined ? undefined : { origin, path: path === "" ? "/" : path, query };
}

/** An absolute http or https address; undefined where it is none (RFC 3986 section 5.2, without other schemes). */
export function resolveUrl(reference: string, base: string | undefined): string | undefined {
  const wanted = reference.replaceAll(" ", "%20");
  if (wanted.length > mostCharacters) return undefined;
  const whole = partsOf(wanted);
  if (whole !== undefined) return whole.origin + whole.path + whole.query;
  const from = base === undefined ? undefined : partsOf(base);
  if (from === undefined || /^[a-z][a-z0-9+.-]*:/i.test(wanted)) return undefined;
  if (wanted.startsWith("//")) return resolveUrl(`${/^https?:/i.exec(from.origin)?.[0]}${wanted}`, undefined);
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
      return /[A-Za-z0-9._~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
