// One person at the console as a machine: password, prompt, typed line, a command under way, idle time. Whatever way
// in is used, the grammar is the same; what differs is who must show a password and who may test.
import type { Machine, Moment, Step, TimerEvent } from "#firmware/runtime/machine.ts";
import { go, ignore, stay } from "#firmware/runtime/machine.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { Command, Level } from "./command.ts";
import type { SessionChange } from "./execute.ts";
import { parseLine } from "./grammar.ts";
import { mostLineCharacters } from "./words.ts";

/** Serial and the local socket are on the phone itself; telnet comes over the network. */
export type Way = "socket" | "serial" | "telnet";

export interface SessionSettings {
  readonly way: Way;
  /** Shown before each line, with `>` behind it. */
  readonly prompt: string;
  readonly password: string;
  /** `telnet_level`: 0 refuses, 1 sees, 2 may do everything. */
  readonly telnetLevel: 0 | Level;
  /** Test functions need no `test open` on a development image. */
  readonly isDevelopmentImage: boolean;
}

/** The password as shipped: good for nothing over the network. */
export const defaultPassword = "cisco";

/** An idle telnet session ends then, unless `tty timeout` says otherwise. */
const telnetIdleMs = 10 * 60_000;

const mostFailures = 3;

/** Most that is kept of what is typed while a command runs. */
const mostAhead = 4096;

interface Seat {
  readonly typed: string;
  /** The last character was a return: a line feed behind it is part of it. */
  readonly sawReturn: boolean;
  readonly level: Level;
  readonly isTestOpen: boolean;
  readonly hasFeedback: boolean;
  readonly isEchoing: boolean;
  readonly isMonitoring: boolean;
  readonly idleMs: number;
  readonly idleAt: MonoMs | undefined;
}

/** A command under way, and what was typed meanwhile. */
interface Running {
  readonly command: Command;
  readonly ahead: string;
}

interface AtPassword {
  readonly kind: "password";
  readonly seat: Seat;
  readonly failures: number;
  readonly purpose: "login" | "test";
}

/** Commands may be typed; `running` undefined: none is under way. */
interface Open {
  readonly kind: "open";
  readonly seat: Seat;
  readonly running: Running | undefined;
}

type Seated = AtPassword | Open;

export type SessionState = { readonly kind: "opening" } | Seated | { readonly kind: "closed" };

export type SessionEvent =
  | { readonly kind: "open" }
  | { readonly kind: "text"; readonly text: string }
  /** The command is done; `failure` undefined: it did what it should. */
  | { readonly kind: "done"; readonly failure: string | undefined }
  | { readonly kind: "change"; readonly change: SessionChange }
  | { readonly kind: "log"; readonly line: string };

export type SessionEffect =
  | { readonly kind: "write"; readonly text: string }
  | { readonly kind: "run"; readonly command: Command; readonly level: Level; readonly hasFeedback: boolean }
  /** The command under way is to stop; its end is not waited for. */
  | { readonly kind: "interrupt" }
  | { readonly kind: "mirror-input"; readonly line: string }
  | { readonly kind: "close" };

type SessionStep = Step<SessionState, SessionEffect>;
export type SessionMachine = Machine<SessionState, SessionEvent, SessionEffect>;

/** Ends a line on this way in. */
export const endOfLine = (way: Way): string => (way === "socket" ? "\n" : "\r\n");

export function createSessionMachine(settings: SessionSettings): SessionMachine {
  return {
    name: `console ${settings.way}`,
    initial: { kind: "opening" },
    timers: (state) => {
      if (!("seat" in state) || (state.kind === "open" && state.running !== undefined)) return [];
      return state.seat.idleAt === undefined ? [] : [{ name: "idle", at: state.seat.idleAt }];
    },
    step: (state, event, moment) => new Sitting(settings, moment).step(state, event),
  };
}

const write = (text: string): SessionEffect => ({ kind: "write", text });

/** Typed characters that do something. */
const interrupt = "\u0003";
const endOfInput = "\u0004";
const eraseLine = "\u0015";
const erases = ["\b", "\u007f"];

/** One step: collects effects while the characters of an event are worked through. */
class Sitting {
  readonly #settings: SessionSettings;
  readonly #now: MonoMs;
  readonly #effects: SessionEffect[] = [];

  constructor(settings: SessionSettings, { now }: Moment) {
    this.#settings = settings;
    this.#now = now;
  }

  step(state: SessionState, event: SessionEvent | TimerEvent): SessionStep {
    if (state.kind === "closed") return ignore(state, event.kind);
    switch (event.kind) {
      case "open":
        return state.kind === "opening" ? this.#open() : ignore(state, "open");
      case "text":
        return state.kind === "opening" ? ignore(state, "text") : this.#settle(this.#hear(state, event.text));
      case "done":
        return state.kind === "open" && state.running !== undefined
          ? this.#done(state, state.running, event.failure)
          : ignore(state, "done");
      case "change":
        return "seat" in state
          ? stay({ ...state, seat: changed(state.seat, event.change) })
          : ignore(state, "change");
      case "log":
        if (!("seat" in state) || !state.seat.isMonitoring) return ignore(state, "log");
        return stay(state, [this.#line(event.line)]);
      case "timer":
        return this.#settle(this.#close("idle for too long"));
    }
  }

  #line(text: string): SessionEffect {
    return write(text + endOfLine(this.#settings.way));
  }

  #settle(state: SessionState): SessionStep {
    return { state, effects: this.#effects };
  }

  #open(): SessionStep {
    const { way, telnetLevel, password } = this.#settings;
    const seat: Seat = {
      typed: "",
      sawReturn: false,
      level: way === "telnet" && telnetLevel === 1 ? 1 : 2,
      isTestOpen: false,
      hasFeedback: false,
      isEchoing: way !== "socket",
      isMonitoring: false,
      idleMs: way === "telnet" ? telnetIdleMs : 0,
      idleAt: undefined,
    };
    if (way !== "telnet") return go(this.#ready(seat), "at the phone", this.#effects);
    if (telnetLevel === 0) return go(this.#close("telnet is switched off"), "telnet_level 0", this.#effects);
    if (password === "" || password === defaultPassword)
      return go(
        this.#close("refused: phone_password is still the default"),
        "default password",
        this.#effects,
      );
    this.#effects.push(write("Password :"));
    return go(
      { kind: "password", seat: this.#awake(seat), failures: 0, purpose: "login" },
      "telnet",
      this.#effects,
    );
  }

  #close(why: string): SessionState {
    this.#effects.push(this.#line(why), { kind: "close" });
    return { kind: "closed" };
  }

  #awake(seat: Seat): Seat {
    return { ...seat, idleAt: seat.idleMs === 0 ? undefined : later(this.#now, seat.idleMs) };
  }

  #ready(seat: Seat): Open {
    this.#effects.push(write(`${this.#settings.prompt}> `));
    return { kind: "open", seat: { ...this.#awake(seat), typed: "" }, running: undefined };
  }

  /** Characters one by one; while a command runs they wait, but an interrupt does not. */
  #hear(before: Seated, text: string): SessionState {
    let state: SessionState = { ...before, seat: this.#awake(before.seat) };
    for (let at = 0; at < text.length; at++) {
      if (state.kind === "open" && state.running !== undefined && state.running.command.kind !== "mirror") {
        const rest = text.slice(at);
        const { running } = state;
        if (!rest.includes(interrupt))
          return { ...state, running: { ...running, ahead: (running.ahead + rest).slice(0, mostAhead) } };
        at += rest.lastIndexOf(interrupt);
      }
      if (!("seat" in state)) return state;
      state = this.#character(state, text.charAt(at));
    }
    return state;
  }

  #character(state: Seated, character: string): SessionState {
    const { seat } = state;
    if (character === "\n" && seat.sawReturn) return { ...state, seat: { ...seat, sawReturn: false } };
    const next = { ...state, seat: { ...seat, sawReturn: character === "\r" } };
    if (character === interrupt) return this.#interrupted(next);
    if (character === "\r" || character === "\n") return this.#submitted(next);
    if (character === endOfInput && seat.typed === "") return this.#close("exit");
    if (character === eraseLine) return this.#retype(next, "");
    if (erases.includes(character)) return this.#retype(next, seat.typed.slice(0, -1));
    if (character < " " || seat.typed.length >= mostLineCharacters) return next;
    this.#echo(next, character);
    return { ...next, seat: { ...next.seat, typed: seat.typed + character } };
  }

  /** A password comes back as stars, whatever echo is set to. */
  #echo({ kind, seat }: Seated, character: string): void {
    if (kind === "password") this.#effects.push(write("*"));
    else if (seat.isEchoing) this.#effects.push(write(character));
  }

  #retype(state: Seated, typed: string): Seated {
    const erased = state.seat.typed.length - typed.length;
    const isVisible = state.kind === "password" || state.seat.isEchoing;
    if (isVisible && erased > 0) this.#effects.push(write("\b \b".repeat(erased)));
    return { ...state, seat: { ...state.seat, typed } };
  }

  #interrupted(state: Seated): SessionState {
    if (state.kind === "password" && state.purpose === "login") return this.#close("");
    if (state.kind === "open" && state.running !== undefined) this.#effects.push({ kind: "interrupt" });
    this.#effects.push(this.#line("^C"));
    return this.#ready(state.seat);
  }

  #submitted(state: Seated): SessionState {
    const { typed } = state.seat;
    const seat = { ...state.seat, typed: "" };
    if (state.kind === "password" || seat.isEchoing) this.#effects.push(this.#line(""));
    if (state.kind === "password") return this.#password({ ...state, seat }, typed);
    if (state.running === undefined) return this.#command(seat, typed);
    this.#effects.push({ kind: "mirror-input", line: typed });
    return { ...state, seat };
  }

  #password(state: AtPassword, typed: string): SessionState {
    const isRight = typed === this.#settings.password && typed !== "";
    if (isRight) return this.#ready({ ...state.seat, isTestOpen: state.purpose === "test" });
    const failures = state.failures + 1;
    if (failures >= mostFailures && state.purpose === "login") return this.#close("wrong password");
    this.#effects.push(this.#line("wrong password"));
    if (failures >= mostFailures) return this.#ready(state.seat);
    this.#effects.push(write("Password :"));
    return { ...state, failures };
  }

  #command(seat: Seat, line: string): SessionState {
    const parsed = parseLine(line);
    if (parsed.kind === "mistake") return this.#failed(seat, parsed.text);
    const { command, level } = parsed;
    if (level > seat.level) return this.#failed(seat, "this session may only look (telnet_level 1)");
    if (command.kind === "nothing") return this.#ready(seat);
    if (command.kind === "exit") return this.#close("exit");
    if (command.kind === "test") {
      if (command.test.kind === "open") return this.#openTest(seat);
      if (command.test.kind === "close") return this.#ready({ ...seat, isTestOpen: false });
      if (!this.#canTest(seat)) return this.#failed(seat, "test functions are closed; test open allows them");
    }
    this.#effects.push({ kind: "run", command, level: seat.level, hasFeedback: seat.hasFeedback });
    return { kind: "open", seat, running: { command, ahead: "" } };
  }

  #failed(seat: Seat, why: string): Open {
    this.#effects.push(this.#line(`error: ${why}`));
    return this.#ready(seat);
  }

  /** At the phone's own socket and on development images always, elsewhere after `test open`. */
  #canTest({ isTestOpen }: Seat): boolean {
    return mayTest(this.#settings) || isTestOpen;
  }

  /** Telnet has shown the password at login; the serial console shows it now. */
  #openTest(seat: Seat): SessionState {
    if (this.#settings.way !== "serial" || mayTest(this.#settings))
      return this.#ready({ ...seat, isTestOpen: true });
    this.#effects.push(write("Password :"));
    return { kind: "password", seat, failures: 0, purpose: "test" };
  }

  #done(state: Open, { ahead }: Running, failure: string | undefined): SessionStep {
    const ready = failure === undefined ? this.#ready(state.seat) : this.#failed(state.seat, failure);
    return this.#settle(ahead === "" ? ready : this.#hear(ready, ahead));
  }
}

/** Whether log lines are copied to this session. */
export function isMonitoring(state: SessionState): boolean {
  return "seat" in state && state.seat.isMonitoring;
}

/** Whether test functions need no `test open`. */
export function mayTest({ way, isDevelopmentImage }: SessionSettings): boolean {
  return way === "socket" || isDevelopmentImage;
}

function changed(seat: Seat, change: SessionChange): Seat {
  switch (change.kind) {
    case "feedback":
      return { ...seat, hasFeedback: change.isOn };
    case "echo":
      return { ...seat, isEchoing: change.isOn };
    case "monitor":
      return { ...seat, isMonitoring: !seat.isMonitoring };
    case "timeout":
      return { ...seat, idleMs: change.minutes * 60_000 };
  }
}
