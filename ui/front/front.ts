// Binds screens and keys to the parts of a handset: a picture at once for a person's press, and no more of them than an eye
// can follow for what the phone does by itself. What the composition root calls; it holds ui's state and nothing else.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { Intent } from "#firmware/call/intents.ts";
import type { LocalTime, PhoneView } from "#firmware/call/view.ts";
import type { Frame, HookSwitch, Keypad, Panel } from "#hal/contract/panel.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import type { Act } from "#ui/input/acts.ts";
import { type InputEvent, inputDeadline, press } from "#ui/input/press.ts";
import { render } from "#ui/screens/render.ts";
import { initialUiState, type UiState } from "#ui/screens/ui-state.ts";
import type { Facts, TextId, Words } from "#ui/words/words.ts";

/** The parts of the handset's front, and time. */
export interface FrontParts {
  readonly panel: Panel;
  readonly keypad: Keypad;
  readonly hook: HookSwitch;
  readonly clock: Clock;
}

/** What the front shows, and whom it asks. */
export interface FrontNeeds {
  /** The language now; another object where words changed. */
  readonly words: () => Words;
  /** The phone now; equal answers cause no work. */
  readonly view: () => PhoneView;
  readonly facts: () => PhoneFacts;
  /** Wall time in the phone's zone, for the call logs. */
  readonly toLocal: (atUnixMs: number) => LocalTime;
  /** What a person wants of calls: to the call control. */
  readonly intend: (intent: Intent) => void;
  /** What a person wants of the phone: the composition root does it. */
  readonly act: (act: Act) => void;
  readonly signal: AbortSignal;
}

export interface Front {
  /** View or facts may have changed: a new picture follows within 40 ms, if it differs. */
  changed(): void;
  /** A press or hook change from elsewhere (page, console), on the same path as the handset's own. */
  press(event: InputEvent): void;
  /** A note on the prompt line: the answer to an act. */
  tell(text: TextId, facts?: Facts): void;
  /** The picture shown now, brought up to date. */
  frame(): Frame;
  /** Each picture that differs from the one before. */
  readonly frames: Stream<Frame>;
}

/**
 * Pictures of what the phone does by itself are so far apart at least. A boot changes the view ten times in 50 ms, and each
 * picture drawn is time that the next packet waits.
 */
const betweenMs = 40;

/** Starts to show and to listen; ends with the signal. */
export function startFront(parts: FrontParts, needs: FrontNeeds): Front {
  const { panel, keypad, hook, clock } = parts;
  const { signal } = needs;
  let ui: UiState = initialUiState;
  let alarm: Alarm | undefined;
  let drawn: Drawn | undefined;
  let drawnAt: MonoMs | undefined;
  let isDue = false;
  let pace: Alarm | undefined;
  const frames = new Emitter<Frame>();

  const draw = (): Frame => {
    isDue = false;
    pace?.cancel();
    pace = undefined;
    const [view, facts, now] = [needs.view(), needs.facts(), clock.now()];
    const words = needs.words();
    const isSame =
      drawn?.view === view &&
      drawn.facts === facts &&
      drawn.ui === ui &&
      drawn.words === words &&
      now < drawn.until;
    if (drawn !== undefined && isSame) return drawn.frame;
    const { toLocal } = needs;
    const { frame: made, again } = render({ view, facts, ui, words, now, toLocal }, panel.geometry);
    const until = Math.min(again ?? Number.POSITIVE_INFINITY, inputDeadline(ui) ?? Number.POSITIVE_INFINITY);
    // A view made anew may look as before: whoever asks for the frame on each frame would ask for ever.
    const last = drawn?.frame;
    const frame = last !== undefined && isSamePicture(last, made) ? last : made;
    drawn = { view, facts, ui, words, until, frame };
    drawnAt = now;
    alarm?.cancel();
    alarm = Number.isFinite(until) ? clock.alarm(until as typeof now, timeCame) : undefined; // the least of two times
    if (frame !== last) {
      panel.show(frame);
      frames.emit(frame);
    }
    return frame;
  };
  const drawDue = (): void => {
    if (isDue && !signal.aborted) draw();
  };
  const schedule = (): void => {
    if (signal.aborted) return;
    isDue = true;
    queueMicrotask(drawDue);
  };
  const changed = (): void => {
    if (isDue || signal.aborted) return;
    const next = drawnAt === undefined ? clock.now() : later(drawnAt, betweenMs);
    if (next > clock.now()) {
      isDue = true;
      pace = clock.alarm(next, drawDue);
    } else schedule();
  };
  const meet = (event: InputEvent): void => {
    if (signal.aborted) return;
    const { toLocal } = needs;
    const seen = {
      view: needs.view(),
      facts: needs.facts(),
      ui,
      words: needs.words(),
      now: clock.now(),
      toLocal,
    };
    const outcome = press({ ...seen, geometry: panel.geometry }, event);
    ui = outcome.ui;
    for (const intent of outcome.intents) needs.intend(intent);
    for (const act of outcome.acts) needs.act(act);
    schedule();
  };
  const timeCame = (): void => {
    alarm = undefined;
    meet({ kind: "timer" });
  };

  keypad.events.subscribe(({ key, isDown }) => meet({ kind: "key", key, isDown }), { signal });
  hook.events.subscribe(({ kind }) => meet({ kind: "hook", hook: kind }), { signal });
  const end = (): void => {
    alarm?.cancel();
    pace?.cancel();
  };
  signal.addEventListener("abort", end, { once: true });
  schedule();
  return {
    changed,
    press: meet,
    tell: (text, facts = {}) => meet({ kind: "told", text, facts }),
    frame: draw,
    frames,
  };
}

interface Drawn {
  readonly view: PhoneView;
  readonly facts: PhoneFacts;
  readonly ui: UiState;
  readonly words: Words;
  readonly until: number;
  readonly frame: Frame;
}

function isSamePicture(a: Frame, b: Frame): boolean {
  if (JSON.stringify(a.text) !== JSON.stringify(b.text)) return false;
  if (a.kind === "cells" || b.kind === "cells")
    return a.kind === "cells" && b.kind === "cells" && a.cells.join("\n") === b.cells.join("\n");
  if (a.pixels.length !== b.pixels.length) return false;
  for (let at = 0; at < a.pixels.length; at++) if (a.pixels[at] !== b.pixels[at]) return false; // 29,000, ten times a boot
  return true;
}
