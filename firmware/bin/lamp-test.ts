// The lamps of a phone that got power light briefly (reference cisco-7960-sip START-002): a person sees which one is dead.
import type { LampId, Lamps } from "#hal/contract/panel.ts";
import { later } from "#hal/contract/time.ts";
import type { Base } from "./base.ts";

/** How long (decision): long enough to be seen, gone before there is anything to tell. */
const testMs = 400;
/** The lamps of the guide's start: those of the line keys tell lines alone. */
const tested: readonly LampId[] = ["message", "mute", "headset", "speaker"];

/** Lights the lamps now. What is given is used instead of the hardware: it shows what was set when the test is over. */
export function testLamps({ hal, runtime, signal }: Base): Lamps {
  const { lamps } = hal;
  const wanted = new Map<LampId, Parameters<Lamps["set"]>>();
  const under = new Set(tested.filter((lamp) => lamps.lamps.includes(lamp)));
  for (const lamp of under) lamps.set(lamp, "on");
  const alarm = runtime.timers.start("lamps", "lamp test", later(hal.clock.now(), testMs), () => {
    const done = [...under];
    under.clear();
    for (const lamp of done) lamps.set(...(wanted.get(lamp) ?? [lamp, "off"]));
  });
  signal.addEventListener("abort", () => alarm.cancel(), { once: true });
  return {
    lamps: lamps.lamps,
    set(...order) {
      const [lamp] = order;
      if (under.has(lamp)) wanted.set(lamp, order);
      else lamps.set(...order);
    },
  };
}
