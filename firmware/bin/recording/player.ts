// Plays a tape to the firmware: hands it what came in then, and holds each use it makes of the hardware against what it
// did then. The first difference ends the play: a use that was not made, another one, or another argument.
import type { Hal } from "#hal/contract/hal.ts";
import type { Tape, TapeInput, TapeUse } from "./tape.ts";
import { decodeValue, encodeValue, givenSpecial, type Plain } from "./values.ts";

/** The firmware did something else than on the tape. */
export class TapeDiffers extends Error {
  /** Line of the tape, counted from 1 with the head. */
  readonly line: number;

  constructor(line: number, then: string, now: string) {
    super(`line ${line}: the tape has ${then}; now it is ${now}`);
    this.name = "TapeDiffers";
    this.line = line;
  }
}

/** What the phone that hears the tape can do beside using its hardware. */
export interface PlayedPhone {
  line(line: string): void;
  farewell(): void;
  stop(): void;
}

interface Promised {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Callback = (...args: unknown[]) => void;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Something that was recorded beside the hardware, by its name. */
export type Beside = (name: string) => object;

/** Plays the whole tape to the phone that `boot` starts. Rejects with TapeDiffers; resolves with the uses compared. */
export async function playTape(tape: Tape, boot: (hal: Hal, beside: Beside) => PlayedPhone): Promise<number> {
  const player = new Player(tape);
  await player.play(boot);
  return player.uses;
}

class Player {
  readonly #tape: Tape;
  readonly #parts = new Map<string, object>();
  readonly #partPaths = new WeakMap<object, string>();
  readonly #callbacks = new Map<number, Callback>();
  readonly #promised = new Map<number, Promised>();
  readonly #first = new Map<string, TapeUse>();
  #at = 0;
  #nowMs = 0;
  #functions = 0;
  #difference: TapeDiffers | undefined;
  uses = 0;

  constructor(tape: Tape) {
    this.#tape = tape;
    for (const entry of tape.entries) {
      if ("in" in entry) continue;
      const what = "get" in entry ? entry.get : `${entry.do}()`;
      if (!this.#first.has(what)) this.#first.set(what, entry);
    }
  }

  async play(boot: (hal: Hal, beside: Beside) => PlayedPhone): Promise<void> {
    const hal = this.#part("hal") as Hal; // whatever it is asked for is on the tape, or is a difference
    let phone: PlayedPhone | undefined;
    const { entries } = this.#tape;
    while (this.#at < entries.length) {
      const entry = entries[this.#at];
      if (entry === undefined || !("in" in entry)) throw this.#differs(JSON.stringify(entry), "nothing");
      this.#at++;
      this.#nowMs = entry.atMs;
      try {
        if (entry.in === "begin") phone = boot(hal, (name) => this.#part(name));
        else this.#deliver(entry, phone);
      } catch (error) {
        throw this.#difference ?? error;
      }
      await turn();
      if (this.#difference !== undefined) throw this.#difference;
    }
  }

  #deliver(entry: TapeInput, phone: PlayedPhone | undefined): void {
    switch (entry.in) {
      case "begin":
        return;
      case "line":
        phone?.line(entry.line);
        return;
      case "farewell":
        phone?.farewell();
        return;
      case "stop":
        phone?.stop();
        return;
      case "call": {
        const callback = this.#callbacks.get(entry.id);
        if (callback === undefined) throw this.#differs(`a call of function ${entry.id}`, "not given yet");
        callback(...entry.args.map((arg) => this.#decode(arg)));
        return;
      }
      case "kept":
        this.#promised.get(entry.id)?.resolve(this.#decode(entry.value));
        return;
      case "broken":
        this.#promised.get(entry.id)?.reject(this.#decode(entry.value));
        return;
    }
  }

  #differs(then: string, now: string): TapeDiffers {
    this.#difference ??= new TapeDiffers(this.#at + 2, shortened(then), shortened(now));
    return this.#difference;
  }

  /**
   * The use the tape has here, if it is this one. After the first difference nothing is compared any more: what the
   * firmware still does in this turn gets the answer that such a use had first.
   */
  #next(what: string, now: () => string, isIt: (use: TapeUse) => boolean): TapeUse {
    const entry = this.#tape.entries[this.#at];
    if (this.#difference === undefined && (entry === undefined || "in" in entry || !isIt(entry)))
      this.#differs(entry === undefined ? "its end" : JSON.stringify(entry), now());
    if (this.#difference !== undefined) return this.#first.get(what) ?? { get: what, is: { $: "method" } };
    this.#at++;
    this.uses++;
    return entry as TapeUse; // or there would have been a difference
  }

  #part(path: string): object {
    const known = this.#parts.get(path);
    if (known !== undefined) return known;
    const kept = new Map<string, unknown>();
    const part = new Proxy(
      {},
      {
        get: (_, name) => {
          if (typeof name === "symbol" || name === "then") return undefined;
          if (kept.has(name)) return kept.get(name);
          const { value, isKept } = this.#get(`${path}.${name}`);
          if (isKept) kept.set(name, value);
          return value;
        },
      },
    );
    this.#parts.set(path, part);
    this.#partPaths.set(part, path);
    return part;
  }

  #get(at: string): { readonly value: unknown; readonly isKept: boolean } {
    const use = this.#next(
      at,
      () => `a look at ${at}`,
      (entry) => "get" in entry && entry.get === at,
    );
    const plain = "get" in use ? use.is : null;
    const kind = typeof plain === "object" && plain !== null && "$" in plain ? plain["$"] : undefined;
    if (kind === "method") return { value: this.#method(at), isKept: true };
    return { value: this.#decode(plain), isKept: kind === "part" };
  }

  #method(at: string): unknown {
    if (at === "hal.clock.now") return () => this.#nowMs;
    return (...args: unknown[]): unknown => {
      const given = args.map((arg) => this.#encode(arg));
      const use = this.#next(
        `${at}()`,
        () => `${at}(${JSON.stringify(given).slice(1, -1)})`,
        (entry) => "do" in entry && entry.do === at && JSON.stringify(entry.args) === JSON.stringify(given),
      );
      if ("threw" in use) throw this.#decode(use.threw);
      return "do" in use ? this.#decode(use.is) : undefined;
    };
  }

  #encode(arg: unknown): Plain {
    if (typeof arg === "function") {
      const id = this.#functions++;
      this.#callbacks.set(id, arg as Callback); // called with what the hardware gave then
      return { $: "function", id };
    }
    return encodeValue(arg, {
      isWhole: false,
      special: (held) => givenSpecial(held, this.#partPaths.get(held)),
    });
  }

  #decode(plain: Plain): unknown {
    return decodeValue(plain, (special) => {
      switch (special["$"]) {
        case "part":
          return this.#part(String(special["path"]));
        case "promise":
          return new Promise((resolve, reject) =>
            this.#promised.set(Number(special["id"]), { resolve, reject }),
          );
        case "alarm":
          return { cancel: () => undefined };
        default:
          return undefined;
      }
    });
  }
}

const mostShown = 300;
const shortened = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);
