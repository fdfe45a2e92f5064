// The phones a call manager of the lab knows, and how their buttons are numbered in the template.

/** What stands beside one key of a phone. */
export type LabButton =
  | { readonly kind: "line"; readonly number: string; readonly name: string; readonly label: string }
  | { readonly kind: "speed-dial"; readonly number: string; readonly label: string }
  /** Shows how the line of somebody else is. */
  | { readonly kind: "hint"; readonly number: string; readonly label: string }
  | { readonly kind: "feature"; readonly stimulus: number; readonly label: string }
  | { readonly kind: "service"; readonly url: string; readonly label: string };

export interface LabDevice {
  readonly buttons: readonly LabButton[];
}

/** Device name → device. */
export type LabDevices = Readonly<Record<string, LabDevice>>;

/** A button with its place in the template: instances count per type, from 1. */
export interface PlacedButton {
  readonly button: LabButton;
  readonly instance: number;
  /** Button type, which is also its stimulus. */
  readonly type: number;
}

export const stimuli = {
  redial: 0x01,
  speedDial: 0x02,
  hold: 0x03,
  transfer: 0x04,
  forwardAll: 0x05,
  line: 0x09,
  messages: 0x0f,
  service: 0x14,
  busyLamp: 0x15,
  park: 0x7e,
} as const;

/** Hints count on with the lines (chan_skinny, chan-sccp below 15), or are busy lamps that count with the speed dials. */
export function placeButtons(device: LabDevice, hasBusyLamps: boolean): readonly PlacedButton[] {
  const counts = new Map<string, number>();
  const next = (counter: string): number => {
    const instance = (counts.get(counter) ?? 0) + 1;
    counts.set(counter, instance);
    return instance;
  };
  const place = (button: LabButton): PlacedButton => {
    switch (button.kind) {
      case "line":
        return { button, instance: next("line"), type: stimuli.line };
      case "speed-dial":
        return { button, instance: next("speed-dial"), type: stimuli.speedDial };
      case "hint":
        return hasBusyLamps
          ? { button, instance: next("speed-dial"), type: stimuli.busyLamp }
          : { button, instance: next("line"), type: stimuli.line };
      case "feature":
        return { button, instance: next(`feature ${button.stimulus}`), type: button.stimulus };
      case "service":
        return { button, instance: next("service"), type: stimuli.service };
    }
  };
  return device.buttons.map(place);
}
