// The keys: pressed and released by mouse, finger, keyboard, and by a screen reader's click.
import { element, make } from "./elements.ts";
import {
  dialFaces,
  functionFaces,
  type KeyFace,
  keyboard,
  modeFaces,
  scrollFaces,
  shortcuts,
  volumeFaces,
} from "./key-faces.ts";
import type { WireText } from "./protocol.ts";

/** Told when a key goes down or comes up. */
export type KeyListener = (key: string, isDown: boolean) => void;

export interface Keys {
  /** Shows the keys that this phone has. */
  setKeys(keys: readonly string[], lamps: readonly string[]): void;
  /** Names soft keys and line keys after what the panel says beside them. */
  setText(text: WireText): void;
}

/** A key held this long at least, so that a click without a press is one the phone can see, in ms. */
const clickMs = 60;

/** Makes all keys and listens to them. `onHook` is the keyboard's key for the handset. */
export function createKeys(listener: KeyListener, onHook: () => void): Keys {
  const buttons = new Map<string, HTMLButtonElement>();
  const held = new Set<string>();
  const change = (key: string, isDown: boolean): void => {
    if (held.has(key) === isDown) return;
    if (isDown) held.add(key);
    else held.delete(key);
    buttons.get(key)?.toggleAttribute("data-down", isDown);
    listener(key, isDown);
  };
  const add = (parent: Element, face: KeyFace): void => {
    const button = makeKey(face);
    listen(button, face.key, change);
    buttons.set(face.key, button);
    parent.append(button);
  };

  layOut(add);
  listenToKeyboard(change, onHook, (key) => buttons.get(key)?.closest("[hidden]") === null);
  const list = element("shortcuts", HTMLDListElement);
  for (const [keys, meaning] of shortcuts) list.append(make("dt", "", keys), make("dd", "", meaning));

  return {
    setKeys(keys, lamps) {
      for (const [key, button] of buttons) {
        const holder =
          button.parentElement?.tagName === "DIV" && /^line/.test(key) ? button.parentElement : button;
        holder.toggleAttribute("hidden", !keys.includes(key));
      }
      for (const lamp of document.querySelectorAll<HTMLElement>(".led"))
        lamp.hidden = !lamps.includes(lamp.id.replace("lamp-", ""));
    },
    setText(text) {
      text.softkeys.forEach((label, index) => {
        const name = `Soft key ${index + 1}`;
        buttons
          .get(`soft${index + 1}`)
          ?.setAttribute("aria-label", label === "" ? name : `${name}: ${label}`);
      });
      text.lines.forEach((label, index) => {
        const name = `Line key ${index + 1}`;
        buttons
          .get(`line${index + 1}`)
          ?.setAttribute("aria-label", label === "" ? name : `${name}: ${label}`);
      });
    },
  };
}

function makeKey(face: KeyFace): HTMLButtonElement {
  const button = make("button", "key");
  button.type = "button";
  button.dataset["key"] = face.key;
  button.setAttribute("aria-label", face.label);
  if (face.text !== undefined) button.append(make("b", "digit", face.text));
  if (face.picture !== undefined) {
    button.title = face.label;
    button.insertAdjacentHTML(
      "beforeend",
      `<svg viewBox="0 0 24 24" aria-hidden="true">${face.picture}</svg>`,
    );
  }
  if (face.letters !== undefined && face.letters !== "")
    button.append(make("small", "letters", face.letters));
  return button;
}

function layOut(add: (parent: Element, face: KeyFace) => void): void {
  const softkeys = element("softkeys", HTMLDivElement);
  for (let n = 1; n <= 4; n++) add(softkeys, { key: `soft${n}`, label: `Soft key ${n}` });
  const lines = element("linekeys", HTMLDivElement);
  for (let n = 1; n <= 6; n++) {
    const row = make("div");
    add(row, { key: `line${n}`, label: `Line key ${n}` });
    row.append(makeLed(`line${n}`));
    lines.append(row);
  }
  const functions = element("functions", HTMLDivElement);
  for (const face of functionFaces) add(functions, face);
  const scroll = make("div", "rocker");
  for (const face of scrollFaces) add(scroll, face);
  functions.append(scroll);
  for (const face of dialFaces) add(element("dial", HTMLDivElement), face);
  for (const face of volumeFaces) add(element("volume", HTMLDivElement), face);
  for (const face of modeFaces) {
    const row = make("div");
    add(row, face);
    row.append(makeLed(face.key));
    element("modes", HTMLDivElement).append(row);
  }
}

function makeLed(lamp: string): HTMLElement {
  const led = make("span", "led");
  led.id = `lamp-${lamp}`;
  return led;
}

function listen(button: HTMLButtonElement, key: string, change: KeyListener): void {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    change(key, true);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"] as const)
    button.addEventListener(end, () => change(key, false));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) change(key, true);
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === "Enter" || event.key === " ") change(key, false);
  });
  button.addEventListener("click", (event) => {
    // Neither pointer nor keyboard: assistive technology presses and releases at once.
    if (event.detail !== 0) return;
    change(key, true);
    setTimeout(() => change(key, false), clickMs);
  });
}

/** Keys of the keyboard, except while somebody types into a field of the page. */
function listenToKeyboard(change: KeyListener, onHook: () => void, exists: (key: string) => boolean): void {
  const meaning = ({ key, target, ctrlKey, altKey, metaKey }: KeyboardEvent): string | undefined => {
    const isTyping = target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
    return isTyping || ctrlKey || altKey || metaKey ? undefined : keyboard[key];
  };
  const down = new Map<string, string>();
  window.addEventListener("keydown", (event) => {
    const key = meaning(event);
    if (key === undefined || (key !== "hook" && !exists(key))) return;
    event.preventDefault();
    if (event.repeat) return;
    if (key === "hook") onHook();
    else {
      down.set(event.code, key);
      change(key, true);
    }
  });
  const release = (code: string): void => {
    const key = down.get(code);
    down.delete(code);
    if (key !== undefined) change(key, false);
  };
  window.addEventListener("keyup", (event) => release(event.code));
  window.addEventListener("blur", () => [...down.keys()].forEach(release));
}
