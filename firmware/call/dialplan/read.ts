// Reads `dialplan.xml` (reference cisco-7960-sip 3.1). A bad rule is skipped and told with its place, the others stay.
import type { CallRoute, ToneName } from "#firmware/call/intents.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { type DialPlan, type PlanError, parsePattern, type Rule, toneNamed, type UserMode } from "./plan.ts";
import { type Attribute, type Place, scanTags, type Token } from "./scan.ts";

/** A longer file is refused as a whole. */
export const mostPlanBytes = 8192;

const mostValueCharacters = 63;
const mostTones = 3;
const mostTimeoutSec = 3600;

const routes: Readonly<Record<string, CallRoute>> = {
  default: "default",
  emergency: "emergency",
  fqdn: "url",
};
const users: Readonly<Record<string, UserMode>> = { phone: "phone", ip: "ip" };

/** Reads a plan. ConfigError `too-large` for a file above 8 KB; anything else gives a plan, perhaps with errors. */
export function readDialPlan(name: string, bytes: Uint8Array): DialPlan {
  if (bytes.length > mostPlanBytes)
    throw new ConfigError("too-large", name, `${bytes.length} bytes`, `expected at most ${mostPlanBytes}`);
  const reader = new PlanReader();
  for (const token of scanTags(new TextDecoder().decode(bytes))) reader.take(token);
  return reader.finish(name);
}

/** How often a plan was wrong, as the phone's status messages say it; undefined: never. */
export function planStatus({ name, errors }: DialPlan): string | undefined {
  return errors.length === 0 ? undefined : `${errors.length} Error(s) Parsing: ${name}`;
}

type Where = "before" | "inside" | "rule" | "version" | "after";

class PlanReader {
  readonly #rules: Rule[] = [];
  readonly #errors: PlanError[] = [];
  #where: Where = "before";
  #versionStamp = "";
  /** A rule whose tag is open; undefined: it was bad. */
  #open: Rule | undefined;

  take(token: Token): void {
    switch (token.kind) {
      case "mistake":
        this.#error(token, token.expected);
        return;
      case "text":
        if (this.#where === "version") this.#versionStamp += token.text;
        else this.#error(token, "a tag");
        return;
      case "open":
        this.#opened(token);
        return;
      case "close":
        this.#closed(token);
        return;
    }
  }

  finish(name: string): DialPlan {
    if (this.#where !== "after")
      this.#errors.push({ line: 0, column: 0, expected: "</DIALTEMPLATE> at the end" });
    return { name, rules: this.#rules, errors: this.#errors, versionStamp: this.#versionStamp };
  }

  #error({ line, column }: Place, expected: string): void {
    this.#errors.push({ line, column, expected });
  }

  #opened(token: Token & { kind: "open" }): void {
    if (this.#where === "rule" || this.#where === "version") {
      this.#error(token, this.#where === "rule" ? "</TEMPLATE>" : "</versionStamp>");
      this.#where = "inside";
    }
    switch (token.name) {
      case "DIALTEMPLATE":
        if (this.#where !== "before") this.#error(token, "one DIALTEMPLATE only");
        this.#where = token.isEmpty ? "after" : "inside";
        return;
      case "TEMPLATE":
        this.#template(token);
        return;
      case "versionStamp":
        if (!token.isEmpty && this.#where === "inside") this.#where = "version";
        return;
      default:
        this.#error(token, `TEMPLATE or DIALTEMPLATE, found ${token.name}`);
    }
  }

  #template(token: Token & { kind: "open" }): void {
    if (this.#where !== "inside") {
      this.#error(token, "TEMPLATE inside DIALTEMPLATE");
      return;
    }
    const rule = this.#rule(token);
    if (token.isEmpty) {
      if (rule !== undefined) this.#rules.push(rule);
      return;
    }
    this.#open = rule;
    this.#where = "rule";
  }

  #closed(token: Token & { kind: "close" }): void {
    if (token.hasSlash) this.#error(token, `</${token.name}> without a second slash`);
    if (token.name === "DIALTEMPLATE" && this.#where !== "before" && this.#where !== "after")
      this.#where = "after";
    else if (token.name === "TEMPLATE" && this.#where === "rule") {
      if (this.#open !== undefined) this.#rules.push(this.#open);
      this.#where = "inside";
    } else if (token.name === "versionStamp" && this.#where === "version") this.#where = "inside";
    else this.#error(token, `no </${token.name}> here`);
  }

  /** The rule of a tag; undefined after telling what is wrong with it. */
  #rule(token: Token & { kind: "open" }): Rule | undefined {
    const draft: Draft = {
      match: "",
      timeoutSec: undefined,
      user: undefined,
      rewrite: "",
      route: "default",
      tones: [],
      line: 0,
    };
    const seen = new Set<string>();
    for (const attribute of token.attributes) {
      const name = attribute.name.toLowerCase();
      const problem =
        seen.has(name) && name !== "tone"
          ? `${attribute.name} only once`
          : setAttribute(draft, name, attribute);
      seen.add(name);
      if (problem === undefined) continue;
      this.#error(attribute, problem);
      return undefined;
    }
    if (draft.match === "") {
      this.#error(token, "a MATCH that is not empty");
      return undefined;
    }
    return { ...draft, pattern: parsePattern(draft.match) };
  }
}

/** A rule while its attributes are read. */
interface Draft {
  match: string;
  timeoutSec: number | undefined;
  user: UserMode | undefined;
  rewrite: string;
  route: CallRoute;
  tones: ToneName[];
  line: number;
}

/** Takes one attribute; returns what was expected in place of a bad one. */
function setAttribute(draft: Draft, name: string, { value, name: written }: Attribute): string | undefined {
  if (value.length > mostValueCharacters) return `at most ${mostValueCharacters} characters for ${written}`;
  switch (name) {
    case "match":
      draft.match = value;
      return undefined;
    case "rewrite":
      draft.rewrite = value;
      return undefined;
    case "timeout": {
      const timeoutSec = wholeNumber(value);
      draft.timeoutSec = timeoutSec;
      return timeoutSec <= mostTimeoutSec
        ? undefined
        : `seconds from 0 to ${mostTimeoutSec} for ${written}, found "${value}"`;
    }
    case "line": {
      draft.line = wholeNumber(value);
      return draft.line <= 6 ? undefined : `a line from 1 to 6, or 0, for ${written}, found "${value}"`;
    }
    case "user":
      draft.user = named(users, value);
      return draft.user === undefined ? `Phone or IP for ${written}, found "${value}"` : undefined;
    case "route": {
      const route = named(routes, value);
      draft.route = route ?? "default";
      return route === undefined ? `Default, Emergency or FQDN for ${written}, found "${value}"` : undefined;
    }
    case "tone": {
      const tone = toneNamed(value);
      if (tone === undefined) return `the name of a tone for ${written}, found "${value}"`;
      draft.tones.push(tone);
      return draft.tones.length > mostTones ? `at most ${mostTones} tones` : undefined;
    }
    default:
      return `MATCH, Timeout, User, Rewrite, Route, Tone or Line, found ${written}`;
  }
}

/** Looks a word up in any case. */
function named<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Infinity for what is none. */
function wholeNumber(value: string): number {
  return /^[0-9]{1,6}$/.test(value) ? Number(value) : Number.POSITIVE_INFINITY;
}
