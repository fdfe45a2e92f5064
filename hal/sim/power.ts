// Power, health, watchdog and mixer of a simulated board: values a test sets, and what the firmware did with them.
import type { AudioMixer, AudioPath } from "#hal/contract/audio.ts";
import type { BoardHealth, HealthMonitor, PoePd, PowerState, Watchdog } from "#hal/contract/power.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";

/** A desktop machine has no PD: unknown, never a made-up number. */
export const unknownPower: PowerState = {
  sources: ["unknown"],
  limitMilliwatts: undefined,
  drawMilliwatts: undefined,
  health: "unknown",
  evidence: [],
};

/** A PD whose state a test changes. */
export function createSimPower(initial: PowerState): { pd: PoePd; set(state: PowerState): void } {
  const changes = new Emitter<PowerState>();
  let state = initial;
  return {
    pd: { read: () => Promise.resolve(state), changes },
    set(next) {
      state = next;
      changes.emit(next);
    },
  };
}

/** Health readings a test changes. */
export function createSimHealth(): { monitor: HealthMonitor; set(health: BoardHealth): void } {
  let health: BoardHealth = { socTemperatureC: undefined, isThrottled: undefined, isUnderVoltage: undefined };
  return {
    monitor: { read: () => health },
    set(next) {
      health = next;
    },
  };
}

/** Bites by calling `bite` when it was not fed for `timeoutMs`. Begins with the first feeding. */
export function createSimWatchdog(clock: Clock, timeoutMs: number, bite: () => void): Watchdog {
  let alarm: Alarm | undefined;
  return {
    timeoutMs,
    feed() {
      alarm?.cancel();
      alarm = clock.alarm(later(clock.now(), timeoutMs), bite);
    },
    disarm() {
      alarm?.cancel();
      alarm = undefined;
    },
  };
}

/** What the firmware asked of the codec. */
export interface SimMixer extends AudioMixer {
  path(): AudioPath | undefined;
  volume(output: AudioPath | "ringer"): number | undefined;
  isMicrophoneMuted(): boolean;
}

/** A mixer that remembers. */
export function createSimMixer(): SimMixer {
  const volumes = new Map<AudioPath | "ringer", number>();
  let path: AudioPath | undefined;
  let isMuted = false;
  return {
    setPath(next) {
      path = next;
    },
    setVolume: (output, percent) => void volumes.set(output, percent),
    setMicrophoneMuted(muted) {
      isMuted = muted;
    },
    path: () => path,
    volume: (output) => volumes.get(output),
    isMicrophoneMuted: () => isMuted,
  };
}
