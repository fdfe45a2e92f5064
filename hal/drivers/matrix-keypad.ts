// A matrix keypad: scanning, debounce per key with separate down and up times, ghost keys, idle until a row moves.
// The port underneath is three functions (key-matrix.ts); everything a person could feel is here, once for all boards.
import { HalError } from "#hal/contract/errors.ts";
import type { KeyEvent, KeyId, Keypad } from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import type { KeyMatrix } from "./key-matrix.ts";

export interface MatrixKeypadConfig {
  /** Key at [column][row]; undefined where the matrix has no key. */
  readonly map: readonly (readonly (KeyId | undefined)[])[];
  /** Between two scans while keys move. */
  readonly scanEveryMs: number;
  /** A key counts as pressed (released) once its contact was closed (open) so long without a break. */
  readonly debounceDownMs: number;
  readonly debounceUpMs: number;
  /** Between driving a column and reading the rows, for lines that answer slowly (qemu-virt); absent: at once. */
  readonly settleMs?: number;
  /** True for a matrix without diodes: three keys on the corners of a rectangle make a fourth appear. */
  readonly canGhost: boolean;
}

interface KeyState {
  readonly key: KeyId;
  readonly column: number;
  readonly row: number;
  isDown: boolean;
  /** When the contact began to differ from `isDown`; undefined while it agrees. */
  differsSince: MonoMs | undefined;
}

/** Scans while a key is down or moving, sleeps otherwise. A bus that fails reports through `failed` and is tried again. */
export function createMatrixKeypad(options: {
  readonly matrix: KeyMatrix;
  readonly config: MatrixKeypadConfig;
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): Keypad {
  const { matrix, config, clock, signal } = options;
  const events = new Emitter<KeyEvent>();
  const states: KeyState[] = [];
  for (const [column, rows] of config.map.entries()) {
    for (const [row, key] of rows.entries()) {
      if (key !== undefined) states.push({ key, column, row, isDown: false, differsSince: undefined });
    }
  }

  let alarm: Alarm | undefined;
  const after = (ms: number, act: () => void): void => {
    if (alarm !== undefined || signal.aborted) return;
    alarm = clock.alarm(later(clock.now(), ms), () => {
      alarm = undefined;
      act();
    });
  };
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      options.failed?.(error);
      after(config.scanEveryMs, scan);
    }
  };

  const scan = (): void => scanFrom(0, []);
  const scanFrom = (column: number, contacts: readonly number[]): void => {
    guarded(() => {
      if (column === matrix.columns) {
        weigh(contacts);
        return;
      }
      const read = (): void => guarded(() => scanFrom(column + 1, [...contacts, matrix.readRows()]));
      matrix.drive(column);
      if (config.settleMs === undefined) read();
      else after(config.settleMs, read);
    });
  };
  const weigh = (contacts: readonly number[]): void => {
    const isGhost = config.canGhost && hasGhost(contacts);
    const now = clock.now();
    for (const state of states) settle(state, contacts, isGhost, now);
    if (states.some((state) => state.isDown || state.differsSince !== undefined))
      after(config.scanEveryMs, scan);
    else matrix.drive("all");
  };

  const settle = (state: KeyState, contacts: readonly number[], isGhost: boolean, now: MonoMs): void => {
    const isClosed = (((contacts[state.column] ?? 0) >> state.row) & 1) === 1;
    // While a ghost is possible no new key is believed; those that are down may still be released.
    if (isClosed === state.isDown || (isClosed && isGhost)) {
      state.differsSince = undefined;
      return;
    }
    state.differsSince ??= now;
    const neededMs = isClosed ? config.debounceDownMs : config.debounceUpMs;
    if (now - state.differsSince < neededMs) return;
    state.isDown = isClosed;
    state.differsSince = undefined;
    events.emit({ key: state.key, isDown: isClosed, at: now });
  };

  matrix.wakeUps.subscribe(
    () => {
      if (alarm === undefined) scan();
    },
    { signal },
  );
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  scan(); // a key may be held while the phone starts
  return { keys: states.map(({ key }) => key), events };
}

/** True when two columns share two or more closed rows: one of those contacts may not be a key. */
function hasGhost(contacts: readonly number[]): boolean {
  for (const [i, first] of contacts.entries()) {
    for (const second of contacts.slice(i + 1)) {
      const shared = first & second;
      if ((shared & (shared - 1)) !== 0) return true;
    }
  }
  return false;
}
