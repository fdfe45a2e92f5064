// Backlights: eyes see ratios, so PWM is squared; a switched one is on or off; a dead one is told.
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import { createPwmBacklight, createSwitchedBacklight } from "#hal/drivers/backlight.ts";
import { fakeOutput } from "./fake-bus.ts";

test("half the percentage is a quarter of the current", () => {
  const duties: number[] = [];
  const backlight = createPwmBacklight({ setDuty: (share) => duties.push(share) });
  for (const percent of [0, 50, 100, 120]) backlight.setLevel(percent);
  expect(duties).toEqual([0, 0.25, 1, 1]);
});

test("a switched one is on above zero", () => {
  const line = fakeOutput();
  const backlight = createSwitchedBacklight(line.line);
  backlight.setLevel(0);
  expect(line.level()).toBe(false);
  backlight.setLevel(10);
  expect(line.level()).toBe(true);
});

test("a channel that refuses is told", () => {
  const failures: string[] = [];
  const setDuty = (): void => {
    throw new HalError("io", "pwm", "write", "EIO");
  };
  createPwmBacklight({ setDuty }, (error) => failures.push(error.code)).setLevel(50);
  expect(failures).toEqual(["io"]);
});
