// Layers of names and texts become values: the strongest layer that names a parameter decides, and a wrong value
// falls back to the built-in one (CFGG-014). Every value knows where it came from.
import type { StatusMessage } from "./notices.ts";
import {
  isBeyondLineKeys,
  type LineParameters,
  type ManagerParameters,
  type Parameter,
  type ProxyParameters,
  parameterTable,
  type Scalars,
  type SpeedParameters,
  type ValueOf,
} from "./parameters.ts";
import type { Lockable, ShownValue, ValueSource } from "./phone-config.ts";

/** What one source says, e.g. a file. */
export interface Layer {
  readonly source: Exclude<ValueSource, "built-in">;
  /** File name; of the local layer any name. */
  readonly file: string;
  /** Later entries win. An undefined value means "no value". */
  readonly entries: readonly { readonly name: string; readonly value: string | undefined }[];
  /** Lines of the file that could not be read. */
  readonly problemCount: number;
}

interface Held {
  readonly parameter: Parameter<unknown>;
  readonly value: unknown;
  readonly source: ValueSource;
}

export interface Resolved {
  readonly values: Values;
  readonly statuses: readonly StatusMessage[];
  readonly unknown: readonly { readonly file: string; readonly name: string }[];
}

/** The values of all parameters. */
export class Values {
  readonly #held: ReadonlyMap<string, Held>;

  constructor(held: ReadonlyMap<string, Held>) {
    this.#held = held;
  }

  /** A parameter with a fixed name. */
  get<K extends keyof Scalars>(name: K): ValueOf<Scalars[K]> {
    return this.#value(name) as ValueOf<Scalars[K]>; // the table made it with this parameter's own type
  }

  /** `line<n>_<key>`; undefined beyond the line keys. */
  line<K extends keyof LineParameters>(n: number, key: K): ValueOf<LineParameters[K]> {
    return this.#value(`line${n}_${key}`) as ValueOf<LineParameters[K]>; // as above
  }

  /** `proxy<n>_<key>`. */
  proxy<K extends keyof ProxyParameters>(n: number, key: K): ValueOf<ProxyParameters[K]> {
    return this.#value(`proxy${n}_${key}`) as ValueOf<ProxyParameters[K]>; // as above
  }

  /** `call_manager<n>_<key>`. */
  manager<K extends keyof ManagerParameters>(n: number, key: K): ValueOf<ManagerParameters[K]> {
    return this.#value(`call_manager${n}_${key}`) as ValueOf<ManagerParameters[K]>; // as above
  }

  /** `speed_<key><n>`. */
  speed<K extends keyof SpeedParameters>(n: number, key: K): ValueOf<SpeedParameters[K]> {
    return this.#value(`speed_${key}${n}`) as ValueOf<SpeedParameters[K]>; // as above
  }

  #value(name: string): unknown {
    return this.#held.get(name)?.value;
  }

  /** Where a value came from. */
  source(name: string): ValueSource {
    return this.#held.get(name)?.source ?? "built-in";
  }

  /** Some layer names it, if only to say "no value". */
  isNamed(name: string): boolean {
    return this.source(name) !== "built-in";
  }

  /** Whether the user may change it on the phone: not what is absent there, nor what a file has locked (LOCK-003, 004). */
  mayChange(name: string): boolean {
    const held = this.#held.get(name);
    if (held === undefined) return false;
    return held.parameter.isOnMenu && !isLockedValue(held.value);
  }

  /** The lines of `show config`, secrets as stars. */
  shown(): readonly ShownValue[] {
    return [...this.#held].map(([name, { parameter, value, source }]) => ({
      name,
      text: value === undefined || value === null ? "UNPROVISIONED" : parameter.type.print(value),
      source,
      isLocked: isLockedValue(value),
    }));
  }
}

/** Whether a value is one that a file has locked. */
export function isLockedValue(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "isLocked" in value && (value as Lockable).isLocked // only a Lockable has it
  );
}

/** A hostile file may hold thousands of wrong names: so many are told and kept, the rest is only counted. */
const mostTold = 100;

/** Resolves layers, the weakest first, for a phone with so many line keys. */
export function resolve(layers: readonly Layer[], lineKeys: number): Resolved {
  const table = parameterTable(lineKeys);
  const statuses: StatusMessage[] = [];
  const unknown: { file: string; name: string }[] = [];
  const held = new Map<string, Held>(
    [...table].map(([name, parameter]) => [
      name,
      { parameter, value: parameter.fallback, source: "built-in" },
    ]),
  );
  for (const layer of layers) {
    let wrong = layer.problemCount;
    // Within one file the last occurrence wins (CFGG-012).
    const last = new Map(layer.entries.map((entry) => [entry.name, entry.value]));
    for (const [name, text] of last) {
      const parameter = table.get(name);
      if (parameter === undefined) {
        if (isBeyondLineKeys(name, lineKeys)) {
          if (statuses.length < mostTold) statuses.push(about("line-out-of-range", layer, name));
        } else {
          if (unknown.length < mostTold) unknown.push({ file: layer.file, name });
          wrong++;
        }
      } else if (parameter.files === "none" && layer.source !== "local") {
        statuses.push(about("not-from-file", layer, name));
      } else {
        held.set(name, {
          parameter,
          source: layer.source,
          value: read(parameter, text, layer, name, statuses),
        });
      }
    }
    if (wrong > 0) statuses.push({ code: "parse-errors", facts: { name: layer.file, count: wrong } });
  }
  return { values: new Values(held), statuses, unknown };
}

function about(code: StatusMessage["code"], layer: Layer, parameter: string): StatusMessage {
  return { code, facts: { file: layer.file, parameter } };
}

function read(
  parameter: Parameter<unknown>,
  text: string | undefined,
  layer: Layer,
  name: string,
  statuses: StatusMessage[],
): unknown {
  if (text === undefined) return parameter.fallback;
  try {
    return parameter.type.parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    statuses.push({
      code: "bad-value",
      facts: { file: layer.file, parameter: name, expected: error.message },
    });
    return parameter.fallback;
  }
}
