// Cookies of one visit to the services (reference cisco-7960-sip XML-006): a server finds its session again while the
// pages are open. Sent to nobody but the server that set them, in memory only, gone with the last page. Attributes are
// not looked at (RFC 6265 has more; a host-only session cookie is all these services use).
import { originOf } from "./url.ts";

/** Most cookies of a visit, and most characters of one: the oldest go, longer ones are not taken. */
const most = { count: 16, characters: 512 } as const;

interface Cookie {
  readonly origin: string;
  readonly name: string;
  readonly value: string;
}

/** What a visit remembers. */
export class Cookies {
  #kept: readonly Cookie[] = [];

  /** Takes a `Set-Cookie` field; several of them joined by commas, as headers come. */
  take(url: string, field: string | undefined): void {
    const origin = originOf(url);
    for (const one of (field ?? "").split(/,(?=\s*[^;,=\s]+=)/)) {
      const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21-\x3A\x3C-\x7E]*)/.exec(one) ?? [];
      if (name === undefined || value === undefined || name.length + value.length > most.characters) continue;
      const others = this.#kept.filter((cookie) => cookie.origin !== origin || cookie.name !== name);
      this.#kept = [...others, { origin, name, value }].slice(-most.count);
    }
  }

  /** The `Cookie` field for a request there; undefined: none is known. */
  field(url: string): string | undefined {
    const origin = originOf(url);
    const own = this.#kept.filter((cookie) => cookie.origin === origin);
    return own.length === 0 ? undefined : own.map(({ name, value }) => `${name}=${value}`).join("; ");
  }
}
