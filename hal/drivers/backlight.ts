// Backlights: dimmed by PWM, or switched on and off by a line.
import type { OutputLine, PwmOutput } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Backlight } from "#hal/contract/panel.ts";

type Failed = ((error: HalError) => void) | undefined;

function guarded(act: () => void, failed: Failed): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    failed?.(error);
  }
}

/** Eyes see ratios: half the percentage is a quarter of the current. */
const shareOf = (percent: number): number => (Math.max(0, Math.min(100, percent)) / 100) ** 2;

/** A dimmed backlight. */
export function createPwmBacklight(pwm: PwmOutput, failed?: (error: HalError) => void): Backlight {
  return { setLevel: (percent) => guarded(() => pwm.setDuty(shareOf(percent)), failed) };
}

/** A backlight that is on or off. */
export function createSwitchedBacklight(line: OutputLine, failed?: (error: HalError) => void): Backlight {
  return { setLevel: (percent) => guarded(() => line.write(percent > 0), failed) };
}
