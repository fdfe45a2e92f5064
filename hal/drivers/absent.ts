// What stands in for a part that is not there: it does nothing and never throws. The board says in `parts` what is
// missing and why; the phone goes on without.
import type { AudioMixer } from "#hal/contract/audio.ts";
import type {
  HookEvent,
  HookSwitch,
  KeyEvent,
  Keypad,
  Lamps,
  Panel,
  PanelGeometry,
} from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";

/** A keypad without keys: nobody can press anything. */
export const absentKeypad = (): Keypad => ({ keys: [], events: new Emitter<KeyEvent>() });

/** A handset that lies on its hook. */
export const absentHook = (): HookSwitch => ({ isOffHook: () => false, events: new Emitter<HookEvent>() });

/** A panel of the right size that shows nothing. */
export const absentPanel = (geometry: PanelGeometry): Panel => ({
  geometry,
  show() {
    // nothing to show it on
  },
  setContrast() {
    // nor to set
  },
});

export const absentLamps = (): Lamps => ({
  lamps: [],
  set() {
    // nothing to light
  },
});

/** A card without controls: sound is as loud as the hardware makes it. */
export const absentMixer = (): AudioMixer => ({
  setPath() {
    // nothing to switch
  },
  setVolume() {
    // nor to turn
  },
  setMicrophoneMuted() {
    // the media engine mutes as well
  },
});
