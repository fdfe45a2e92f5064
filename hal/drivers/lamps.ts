// Lamps on output lines or PWM, with the cadences of the lamp modes.
import type { OutputLine } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { LampColour, LampId, LampMode, Lamps } from "#hal/contract/panel.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";

/** On and off times per mode, in milliseconds (the project's choice: no source states the 7960's own). */
export const lampCadences: Readonly<
  Record<Exclude<LampMode, "on" | "off">, { readonly onMs: number; readonly offMs: number }>
> = {
  wink: { onMs: 900, offMs: 100 },
  flash: { onMs: 100, offMs: 400 },
  blink: { onMs: 500, offMs: 500 },
};

/** Lights one lamp; a lamp of one colour ignores `colour`. */
export type LampSwitch = (isLit: boolean, colour: LampColour | undefined) => void;

/** A lamp of one colour on one line. */
export function lineLamp(line: OutputLine, options: { readonly isLitHigh: boolean }): LampSwitch {
  return (isLit) => line.write(isLit === options.isLitHigh);
}

/** A red and a green lamp behind one window; amber is both, red where no colour was asked for. */
export function twoColourLamp(
  lines: { readonly red: OutputLine; readonly green: OutputLine },
  options: { readonly isLitHigh: boolean },
): LampSwitch {
  return (isLit, colour = "red") => {
    lines.red.write((isLit && colour !== "green") === options.isLitHigh);
    lines.green.write((isLit && colour !== "red") === options.isLitHigh);
  };
}

/** All lamps of one mode change together, so that the front panel does not look like a fairground. */
export function createLamps(options: {
  readonly switches: ReadonlyMap<LampId, LampSwitch>;
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): Lamps {
  const { switches, clock, signal } = options;
  const wanted = new Map<LampId, { readonly mode: LampMode; readonly colour: LampColour | undefined }>();
  let alarm: Alarm | undefined;

  const light = (lamp: LampId, isLit: boolean, colour: LampColour | undefined): void => {
    try {
      switches.get(lamp)?.(isLit, colour);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      options.failed?.(error);
    }
  };
  const refresh = (): void => {
    const now = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [lamp, { mode, colour }] of wanted) {
      if (mode === "on" || mode === "off") continue;
      const { onMs, offMs } = lampCadences[mode];
      const phaseMs = now % (onMs + offMs);
      const isLit = phaseMs < onMs;
      light(lamp, isLit, colour);
      nextMs = Math.min(nextMs, isLit ? onMs - phaseMs : onMs + offMs - phaseMs);
    }
    alarm?.cancel();
    alarm = Number.isFinite(nextMs) && !signal.aborted ? clock.alarm(later(now, nextMs), refresh) : undefined;
  };
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });

  return {
    lamps: [...switches.keys()],
    set(lamp, mode, colour) {
      const present = wanted.get(lamp);
      if (present?.mode === mode && present.colour === colour) return;
      wanted.set(lamp, { mode, colour });
      if (mode === "on" || mode === "off") light(lamp, mode === "on", colour);
      refresh();
    },
  };
}
