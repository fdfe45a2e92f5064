// A phone's front for tests: presses go through `press`, time moves, what was asked is kept.

import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { Intent } from "#firmware/call/intents.ts";
import type { PhoneView } from "#firmware/call/view.ts";
import type { KeyId } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { idleView, sampleFacts, sampleNow, seenOf } from "#test/screens/samples.ts";
import { drawing, panel } from "#test/unit/screens/drawing.ts";
import type { Act } from "#ui/input/acts.ts";
import { type InputEvent, inputDeadline, press } from "#ui/input/press.ts";
import type { Seen } from "#ui/screens/seen.ts";

export class Front {
  seen: Seen;
  intents: Intent[] = [];
  acts: Act[] = [];

  constructor(view: Partial<PhoneView> = {}, facts: Partial<PhoneFacts> = {}) {
    this.seen = seenOf({ ...idleView, ...view }, { facts: { ...sampleFacts, ...facts } });
  }

  event(event: InputEvent): void {
    const outcome = press({ ...this.seen, geometry: panel("7960") }, event);
    this.seen = { ...this.seen, ui: outcome.ui };
    this.intents.push(...outcome.intents);
    this.acts.push(...outcome.acts);
  }

  down(key: KeyId): void {
    this.event({ kind: "key", key, isDown: true });
  }

  up(key: KeyId): void {
    this.event({ kind: "key", key, isDown: false });
  }

  /** Presses and releases, one after the other. */
  tap(...keys: KeyId[]): void {
    for (const key of keys) {
      this.down(key);
      this.up(key);
    }
  }

  /** Each character of a text is a digit key. */
  type(text: string): void {
    for (const key of text) this.tap(key as KeyId); // the tests type digits, * and # only
  }

  hook(hook: "off-hook" | "on-hook" | "flash"): void {
    this.event({ kind: "hook", hook });
  }

  /** Time passes; deadlines on the way are met. */
  wait(ms: number): void {
    const end = (this.seen.now + ms) as MonoMs;
    for (;;) {
      const deadline = inputDeadline(this.seen.ui);
      if (deadline === undefined || deadline > end) break;
      this.seen = { ...this.seen, now: deadline };
      this.event({ kind: "timer" });
    }
    this.seen = { ...this.seen, now: end };
  }

  /** The rows of the screen without the top one, and the soft keys. */
  screen(): string[] {
    return drawing(this.seen).slice(1);
  }

  /** What was asked since the last time. */
  asked(): Intent[] {
    return this.intents.splice(0);
  }

  acted(): Act[] {
    return this.acts.splice(0);
  }
}

export { sampleNow };
