// Local time for the screens: the zone of the configuration, told at each minute and whenever the clock was set.
import type { LocalTime } from "#firmware/call/view.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { chooseZone } from "#firmware/time/choose-zone.ts";
import { localTime, type Zone } from "#firmware/time/zone.ts";
import type { Alarm, UnixMs } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";
import type { Base } from "./base.ts";

const minuteMs = 60_000;

/** Time for people. */
export interface LocalClock {
  /** The configuration may have changed the zone. */
  configure(config: PhoneConfig): void;
  /** The wall clock was set. */
  wasSet(): void;
  toLocal(unixMs: number): LocalTime;
}

/** Tells `tick` the time once it is known, and at each full minute after that. */
export function createLocalClock(base: Base, tick: (time: LocalTime, unixMs: number) => void): LocalClock {
  const { hal, runtime, signal } = base;
  let zone: Zone = chooseZone({ name: undefined, isDstAllowed: true, dst: undefined }).zone;
  let alarm: Alarm | undefined;

  const toLocal = (unixMs: number): LocalTime => localTime(unixMs as UnixMs, zone); // milliseconds since 1970 by every caller
  const tell = (): void => {
    alarm?.cancel();
    const wall = hal.clock.wall();
    if (wall === undefined || signal.aborted) return;
    tick(toLocal(wall), wall);
    const untilMinuteMs = minuteMs - (wall % minuteMs);
    alarm = runtime.timers.start("time", "next minute", later(hal.clock.now(), untilMinuteMs), tell);
  };
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  return {
    configure(config) {
      const { zone: name, isDstAllowed, dst } = config.time;
      const answer = chooseZone({ name, isDstAllowed, dst });
      zone = answer.zone;
      if (!answer.isKnown) runtime.log("time").warning(`time zone ${name ?? ""} is not known, UTC is shown`);
      tell();
    },
    wasSet: tell,
    toLocal,
  };
}
