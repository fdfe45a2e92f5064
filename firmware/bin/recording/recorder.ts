// Records a phone: everything that crosses the hardware contracts goes through here and onto a tape. What comes in is
// handed on one thing at a time, each when the one before has had all its consequences, and at one moment of the clock:
// so the tape has an order that playing it again can keep.
import type { Hal } from "#hal/contract/hal.ts";
import type { Alarm, Clock, MonoMs } from "#hal/contract/time.ts";
import type { TapeEntry, TapeInput } from "./tape.ts";
import { encodeValue, givenSpecial, isPort, type Plain } from "./values.ts";

/** A part of the hardware as it is used here: any property, any function. */
type Part = Record<string | symbol, unknown>;

type Method = (...args: unknown[]) => unknown;

/** A value on its way through: what the tape holds of it, what is handed on. */
interface Given {
  readonly plain: Plain;
  readonly value: unknown;
  /** For functions: it is not called any more. */
  readonly stop?: () => void;
}

type WithoutTime<T> = T extends unknown ? Omit<T, "atMs"> : never;

interface Waiting {
  readonly what: WithoutTime<TapeInput>;
  /** False: nobody waits for it any more. */
  isWanted(): boolean;
  deliver(): void;
}

/** Lets the firmware finish what an input began. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Where the contracts take a signal it stands in the options, or in the request. */
function signalIn(args: readonly unknown[]): AbortSignal | undefined {
  for (const arg of args) {
    if (typeof arg === "object" && arg !== null && "signal" in arg && arg.signal instanceof AbortSignal)
      return arg.signal;
  }
  return undefined;
}

/** One phone being recorded. */
export class Recorder {
  /** What the firmware is given instead of the hardware. */
  readonly hal: Hal;
  readonly #clock: Clock;
  readonly #keep: (entry: TapeEntry) => void;
  readonly #waiting: Waiting[] = [];
  readonly #parts = new WeakMap<object, { readonly path: string; readonly part: object }>();
  readonly #handedOut = new WeakMap<object, string>();
  readonly #known = new Set<string>();
  /** Parts the firmware closed: nothing but their end comes from them any more. */
  readonly #closed = new Set<string>();
  #now: MonoMs;
  #functions = 0;
  #promises = 0;
  #objects = 0;
  #pumping: Promise<void> | undefined;
  #isOver = false;

  /** `keep` is given each line of the tape as it comes. */
  constructor(hal: Hal, keep: (entry: TapeEntry) => void) {
    this.#clock = hal.clock;
    this.#keep = keep;
    this.#now = hal.clock.now();
    keep({ in: "begin", atMs: this.#now });
    this.hal = this.#part(hal, "hal") as Hal; // the same shape, each part replaced by one that tells
  }

  /** Something beside the hardware through which things come in: the doors of the console. */
  beside<T extends object>(name: string, part: T): T {
    return this.#part(part, name) as T; // the same shape, each part replaced by one that tells
  }

  /** Ends the recording; the phone works on. */
  end(): void {
    this.#isOver = true;
  }

  /** Resolves when nothing that came in waits to be handed on. */
  async idle(): Promise<void> {
    await turn();
    while (this.#pumping !== undefined) await this.#pumping;
  }

  /** Hands on something that comes from beside the hardware, and resolves with what it gave. */
  input<T>(
    what: { readonly in: "line"; readonly line: string } | { readonly in: "farewell" | "stop" },
    act: () => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const deliver = (): void => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
      this.#queue({ what, isWanted: () => true, deliver });
    });
  }

  #queue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    await turn();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (!next.isWanted()) continue;
      this.#now = this.#clock.now();
      this.#write({ ...next.what, atMs: this.#now } as TapeInput); // the time is what was left out
      next.deliver();
      await turn();
    }
    this.#pumping = undefined;
  }

  #write(entry: TapeEntry): void {
    if (!this.#isOver) this.#keep(entry);
  }

  /** The part that stands for `target`; the same one each time. */
  #part(target: object, path: string): object {
    const known = this.#parts.get(target);
    if (known !== undefined) return known.part;
    const methods = new Map<string, unknown>();
    const part = new Proxy(
      {},
      {
        get: (_, name) => {
          if (typeof name === "symbol" || name === "then") return undefined; // asked by promises, not by the firmware
          const method = methods.get(name);
          if (method !== undefined) return method;
          const value = (target as Part)[name]; // any property, see Part
          const at = `${path}.${name}`;
          if (typeof value === "function") {
            const made = this.#method(target, value as Method, path, at); // whatever it takes and gives
            methods.set(name, made);
            return made;
          }
          return this.#property(at, value);
        },
      },
    );
    this.#parts.set(target, { path, part });
    this.#handedOut.set(part, path);
    return part;
  }

  #property(at: string, value: unknown): unknown {
    if (typeof value === "object" && value !== null && isPort(value)) {
      const part = this.#part(value, at);
      if (!this.#known.has(at)) this.#write({ get: at, is: this.#encode(value) });
      this.#known.add(at);
      return part;
    }
    this.#write({ get: at, is: this.#encode(value) });
    return value;
  }

  #method(target: object, method: Method, path: string, at: string): unknown {
    this.#write({ get: at, is: { $: "method" } });
    if (at === "hal.clock.now") return () => (this.#isOver ? this.#clock.now() : this.#now);
    const isEnd = /^#\d+\.(close|reset)$/.test(at);
    return (...args: unknown[]): unknown => {
      const signal = signalIn(args);
      const given = args.map((arg) => this.#argument(arg, at, signal));
      if (isEnd) this.#closed.add(path);
      const entry = { do: at, args: given.map(({ plain }) => plain) };
      let result: unknown;
      try {
        result = method.apply(
          target,
          given.map(({ value }) => value),
        );
      } catch (error) {
        this.#write({ ...entry, threw: this.#encode(error) });
        throw error;
      }
      const { plain, value } =
        at === "hal.clock.alarm" ? this.#alarm(result, given) : this.#result(result, path);
      this.#write({ ...entry, is: plain });
      return value;
    };
  }

  /** Functions given to the hardware are called through the queue, and not once their signal has aborted. */
  #argument(arg: unknown, at: string, signal: AbortSignal | undefined): Given {
    if (typeof arg !== "function") return { plain: this.#encodeGiven(arg), value: arg };
    const id = this.#functions++;
    const [owner = ""] = at.split(".");
    const isEnd = at.endsWith(".closed.subscribe");
    let isStopped = false;
    const isWanted = (): boolean =>
      !isStopped && signal?.aborted !== true && (isEnd || !this.#closed.has(owner));
    const value = (...args: unknown[]): void => {
      if (this.#isOver) {
        if (!isStopped) arg(...args);
        return;
      }
      const handed = args.map((each) => this.#result(each, `${at}#${id}`));
      const what = { in: "call", id, args: handed.map(({ plain }) => plain) } as const;
      this.#queue({
        what,
        isWanted,
        deliver: () => arg(...handed.map((each) => each.value)),
      });
    };
    return {
      plain: { $: "function", id },
      value,
      stop: () => {
        isStopped = true;
      },
    };
  }

  /** A cancelled alarm does not ring, even if it was about to. */
  #alarm(result: unknown, given: readonly Given[]): Given {
    const alarm = result as Alarm; // what Clock.alarm returns
    const cancel = (): void => {
      given.find(({ stop }) => stop !== undefined)?.stop?.();
      alarm.cancel();
    };
    return { plain: { $: "alarm" }, value: { cancel } };
  }

  #result(result: unknown, path: string): Given {
    if (result instanceof Promise) return this.#promise(result, path);
    if (typeof result !== "object" || result === null) return { plain: this.#encode(result), value: result };
    return { plain: this.#encode(result), value: this.#handed(result) };
  }

  #promise(promise: Promise<unknown>, path: string): Given {
    const id = this.#promises++;
    const value = new Promise((resolve, reject) => {
      const settle = (how: "kept" | "broken", settled: unknown): void => {
        const { plain, value: given } = this.#result(settled, path);
        const deliver = (): void => (how === "kept" ? resolve(given) : reject(given));
        this.#queue({ what: { in: how, id, value: plain }, isWanted: () => true, deliver });
      };
      promise.then(
        (kept) => settle("kept", kept),
        (broken: unknown) => settle("broken", broken),
      );
    });
    return { plain: { $: "promise", id }, value };
  }

  /** What the firmware gets of an answer: parts in it tell, data stays as it is. */
  #handed(value: object): unknown {
    const known = this.#parts.get(value);
    if (known !== undefined) return known.part;
    if (ArrayBuffer.isView(value) || value instanceof Error) return value;
    if (Array.isArray(value)) return value.map((entry) => this.#handedAny(entry));
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, this.#handedAny(held)]));
  }

  #handedAny(value: unknown): unknown {
    return typeof value === "object" && value !== null ? this.#handed(value) : value;
  }

  /** What the firmware gives: long arrays by their digest, objects it made itself without a name. */
  #encodeGiven(value: unknown): Plain {
    return encodeValue(value, {
      isWhole: false,
      special: (held) => givenSpecial(held, this.#handedOut.get(held)),
    });
  }

  /** What the hardware gives: whole; parts get a name when they are first seen. */
  #encode(value: unknown): Plain {
    return encodeValue(value, { isWhole: true, special: (held) => this.#special(held) });
  }

  #special(value: object): Plain | undefined {
    const known = this.#parts.get(value);
    if (known !== undefined) return { $: "part", path: known.path };
    if (!isPort(value)) return undefined;
    const path = `#${this.#objects++}`;
    this.#part(value, path);
    return { $: "part", path };
  }
}
