// Unplugs a cable: on demand, or once when the lab's log shows what the settings wait for.
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { LabLog } from "./log.ts";
import type { FlapSettings } from "./settings.ts";
import type { SwitchPort } from "./switch.ts";

export interface Flapping {
  /** Unplugs now; plugs in again after `downMs`. */
  flap(downMs: number): void;
  /** Waits for a new cause; undefined: for none. Each setting flaps once. */
  set(settings: FlapSettings | undefined): void;
}

/** Flaps the cable of one port until the signal. */
export function createFlapping(port: SwitchPort, clock: Clock, log: LabLog, signal: AbortSignal): Flapping {
  const tell = log.teller("cable");
  let wanted: FlapSettings | undefined;
  const alarms = new Set<Alarm>();
  const after = (spanMs: number, work: () => void): void => {
    const alarm = clock.alarm(later(clock.now(), spanMs), () => {
      alarms.delete(alarm);
      work();
    });
    alarms.add(alarm);
  };
  const flap = (downMs: number): void => {
    tell("unplugged", { port: port.name });
    port.cable.unplug();
    after(downMs, () => {
      tell("plugged", { port: port.name });
      port.cable.plug();
    });
  };
  const begin = ({ afterMs, downMs }: FlapSettings): void => {
    wanted = undefined;
    if (afterMs === 0) flap(downMs);
    else after(afterMs, () => flap(downMs));
  };
  log.added.subscribe(
    ({ what }) => {
      if (wanted?.at === what) begin(wanted);
    },
    { signal },
  );
  signal.addEventListener(
    "abort",
    () => {
      for (const alarm of alarms) alarm.cancel();
    },
    { once: true },
  );
  return {
    flap,
    set(settings) {
      wanted = settings;
      if (settings?.at === "start") begin(settings);
    },
  };
}
