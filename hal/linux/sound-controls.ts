// A sound card's volumes and switches through libasound, by the names its driver gives them.
import type { SoundControls } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { mustPcm } from "./ffi/alsa.ts";
import { type AlsaControl, allocated, control, libasoundControl } from "./ffi/alsa-control.ts";

/** The controls and their end. */
export interface LinuxSoundControls extends SoundControls {
  /** Values as the card has them now; undefined without such a control. */
  get(name: string): readonly number[] | undefined;
  close(): void;
}

interface Shape {
  readonly isSwitch: boolean;
  readonly channels: number;
  readonly min: number;
  readonly max: number;
}

class CardControls implements LinuxSoundControls {
  readonly #card: string;
  readonly #lib: AlsaControl;
  readonly #ctl: bigint;
  readonly #shapes = new Map<string, Shape | undefined>();

  constructor(card: string) {
    this.#card = card;
    this.#lib = libasoundControl();
    const { result, handle } = allocated((out) => this.#lib.snd_ctl_open(out, card, 0));
    mustPcm(result, `sound card ${card}`, "open controls");
    this.#ctl = handle;
  }

  range(name: string): Shape | undefined {
    if (!this.#shapes.has(name)) this.#shapes.set(name, this.#ask(name));
    return this.#shapes.get(name);
  }

  set(name: string, values: readonly number[]): void {
    const shape = this.range(name);
    if (shape === undefined)
      throw new HalError("missing", `sound card ${this.#card}`, "set", `no control "${name}"`);
    this.#withValue(name, (element) => {
      for (let channel = 0; channel < shape.channels; channel++) {
        const value = values[Math.min(channel, values.length - 1)] ?? shape.min;
        if (shape.isSwitch) this.#lib.snd_ctl_elem_value_set_boolean(element, channel, value);
        else this.#lib.snd_ctl_elem_value_set_integer(element, channel, value);
      }
      const result = this.#lib.snd_ctl_elem_write(this.#ctl, element);
      mustPcm(result, `sound card ${this.#card}`, `set "${name}" to ${values.join(" ")}`);
    });
  }

  get(name: string): readonly number[] | undefined {
    const shape = this.range(name);
    if (shape === undefined) return undefined;
    return this.#withValue(name, (element) => {
      const result = this.#lib.snd_ctl_elem_read(this.#ctl, element);
      mustPcm(result, `sound card ${this.#card}`, `read "${name}"`);
      return Array.from({ length: shape.channels }, (_, channel) =>
        shape.isSwitch
          ? this.#lib.snd_ctl_elem_value_get_boolean(element, channel)
          : this.#lib.snd_ctl_elem_value_get_integer(element, channel),
      );
    });
  }

  close(): void {
    this.#lib.snd_ctl_close(this.#ctl);
  }

  #ask(name: string): Shape | undefined {
    const lib = this.#lib;
    const { result, handle: info } = allocated((out) => lib.snd_ctl_elem_info_malloc(out));
    mustPcm(result, `sound card ${this.#card}`, "allocate");
    try {
      lib.snd_ctl_elem_info_set_interface(info, control.SND_CTL_ELEM_IFACE_MIXER);
      lib.snd_ctl_elem_info_set_name(info, name);
      if (lib.snd_ctl_elem_info(this.#ctl, info) < 0) return undefined;
      const type = lib.snd_ctl_elem_info_get_type(info);
      const channels = lib.snd_ctl_elem_info_get_count(info);
      if (type === control.SND_CTL_ELEM_TYPE_BOOLEAN) return { isSwitch: true, channels, min: 0, max: 1 };
      if (type !== control.SND_CTL_ELEM_TYPE_INTEGER) return undefined;
      const min = lib.snd_ctl_elem_info_get_min(info);
      return { isSwitch: false, channels, min, max: lib.snd_ctl_elem_info_get_max(info) };
    } finally {
      lib.snd_ctl_elem_info_free(info);
    }
  }

  #withValue<Result>(name: string, use: (element: bigint) => Result): Result {
    const lib = this.#lib;
    const { result, handle: element } = allocated((out) => lib.snd_ctl_elem_value_malloc(out));
    mustPcm(result, `sound card ${this.#card}`, "allocate");
    try {
      lib.snd_ctl_elem_value_set_interface(element, control.SND_CTL_ELEM_IFACE_MIXER);
      lib.snd_ctl_elem_value_set_name(element, name);
      return use(element);
    } finally {
      lib.snd_ctl_elem_value_free(element);
    }
  }
}

/** Opens the controls of a card, e.g. `hw:wm8960`. HalError `missing` (no such card), `denied`. */
export function openSoundControls(card: string): LinuxSoundControls {
  return new CardControls(card);
}
