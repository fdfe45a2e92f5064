// A handset's front in memory: what the phone shows and lights, and the hands that press and lift.
import type { HeadsetJack } from "#hal/contract/audio.ts";
import type {
  Backlight,
  Frame,
  HookEvent,
  HookSwitch,
  KeyEvent,
  KeyId,
  Keypad,
  LampColour,
  LampId,
  LampMode,
  Lamps,
  Panel,
  PanelGeometry,
} from "#hal/contract/panel.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";

/** How a lamp is lit now. */
export interface LampState {
  readonly mode: LampMode;
  readonly colour: LampColour | undefined;
}

/** The parts, as the firmware gets them. */
export interface FrontPanelParts {
  readonly panel: Panel;
  readonly keypad: Keypad;
  readonly hook: HookSwitch;
  readonly lamps: Lamps;
  readonly backlight: Backlight;
  readonly headset: HeadsetJack;
}

/** The hands and eyes of the person in front of it. */
export interface FrontPanelHands {
  press(key: KeyId): void;
  release(key: KeyId): void;
  lift(): void;
  hangUp(): void;
  plugHeadset(isPlugged: boolean): void;
  /** The newest frame; undefined before the first. */
  shown(): Frame | undefined;
  lamp(id: LampId): LampState;
  backlightPercent(): number;
  contrastPercent(): number;
  /** Each new frame. */
  readonly frames: Stream<Frame>;
  /** Each lamp change. */
  readonly lampChanges: Stream<{ readonly lamp: LampId; readonly state: LampState }>;
}

export interface FrontPanel {
  readonly parts: FrontPanelParts;
  readonly hands: FrontPanelHands;
}

export interface FrontPanelOptions {
  readonly clock: Clock;
  readonly geometry: PanelGeometry;
  readonly keys: readonly KeyId[];
  readonly lamps: readonly LampId[];
}

const dark: LampState = { mode: "off", colour: undefined };

/** Makes a front panel; both ends share nothing but this. */
export function createFrontPanel(options: FrontPanelOptions): FrontPanel {
  const { clock, geometry, keys } = options;
  const keyEvents = new Emitter<KeyEvent>();
  const hookEvents = new Emitter<HookEvent>();
  const jackEvents = new Emitter<{ readonly isPlugged: boolean }>();
  const frames = new Emitter<Frame>();
  const lampChanges = new Emitter<{ readonly lamp: LampId; readonly state: LampState }>();
  const lampStates = new Map<LampId, LampState>();
  let frame: Frame | undefined;
  let isOffHook = false;
  let isPlugged = false;
  let backlight = 100;
  let contrast = 50;

  const key = (id: KeyId, isDown: boolean): void => {
    if (keys.includes(id)) keyEvents.emit({ key: id, isDown, at: clock.now() });
  };
  const move = (nowOffHook: boolean): void => {
    if (isOffHook === nowOffHook) return;
    isOffHook = nowOffHook;
    hookEvents.emit({ kind: nowOffHook ? "off-hook" : "on-hook", at: clock.now() });
  };

  return {
    parts: {
      panel: {
        geometry,
        show(next) {
          frame = next;
          frames.emit(next);
        },
        setContrast(percent) {
          contrast = percent;
        },
      },
      keypad: { keys, events: keyEvents },
      hook: { isOffHook: () => isOffHook, events: hookEvents },
      lamps: {
        lamps: options.lamps,
        set(lamp, mode, colour) {
          const state: LampState = { mode, colour };
          lampStates.set(lamp, state);
          lampChanges.emit({ lamp, state });
        },
      },
      backlight: {
        setLevel(percent) {
          backlight = percent;
        },
      },
      headset: { isPlugged: () => isPlugged, events: jackEvents },
    },
    hands: {
      press: (id) => key(id, true),
      release: (id) => key(id, false),
      lift: () => move(true),
      hangUp: () => move(false),
      plugHeadset(nowPlugged) {
        if (isPlugged === nowPlugged) return;
        isPlugged = nowPlugged;
        jackEvents.emit({ isPlugged });
      },
      shown: () => frame,
      lamp: (id) => lampStates.get(id) ?? dark,
      backlightPercent: () => backlight,
      contrastPercent: () => contrast,
      frames,
      lampChanges,
    },
  };
}
