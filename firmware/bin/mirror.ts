// The phone as the handset page sees it: frames, lamps, timeline and log as messages, keys and hook the other way.
// The same messages go over the console's `mirror` and over the WebSocket of `npm start`.
import type { PixelGeometry } from "#hal/contract/panel.ts";
import { keyIds } from "#hal/contract/panel.ts";
import {
  type PageMessage,
  type PhoneMessage,
  protocolVersion,
  readPageMessage,
  type WireFault,
  type WireLogLine,
} from "#ui/handset/protocol.ts";
import { changedBands } from "#ui/handset/runs.ts";
import { lampsOf } from "#ui/screens/lamps.ts";
import type { Phone } from "./composed-phone.ts";
import { shownPhases } from "./shown.ts";

/** Log lines a page gets when it connects. */
const greetingLines = 200;

export interface MirrorOptions {
  send(message: PhoneMessage): void;
  readonly signal: AbortSignal;
  /** Faults that the page can switch; none where the network is a real one. */
  faults?(): readonly WireFault[];
  /** Presses on the simulated front where there is one; else on the firmware's own path. */
  press?(message: Extract<PageMessage, { type: "key" | "hook" }>): void;
}

export interface Mirror {
  /** Everything a page that just connected must know, `hello` first. */
  greeting(): readonly PhoneMessage[];
  receive(message: PageMessage): void;
  /** A line of text from the other end; what is no message is dropped. */
  receiveText(line: string): void;
  /** Faults have changed. */
  refresh(): void;
}

/** Sends changes as they come, from the first `hello` of the other end on. */
export function createMirror(phone: Phone, options: MirrorOptions): Mirror {
  const { base } = phone;
  const { hal } = base;
  const { geometry } = hal.panel;
  const { send, signal } = options;
  let last: Uint8Array | Uint32Array | undefined;
  let isGreeted = false;
  const sent = new Map<string, string>();
  let lines: WireLogLine[] = [];
  let isDue = false;

  const frame = (): PhoneMessage => {
    const now = phone.front.frame();
    if (now.kind === "cells") return { type: "cells", cells: now.cells, text: now.text };
    // A pixel panel gives pixels.
    const bands = changedBands(geometry as PixelGeometry, last, now.pixels);
    last = now.pixels;
    return { type: "frame", bands, text: now.text };
  };
  const state = (): readonly PhoneMessage[] => {
    const view = phone.view();
    const path = view.audio.path ?? "none";
    const phases = shownPhases(phone);
    return [
      { type: "lamps", lamps: lampsOf(view) },
      { type: "hook", isOffHook: view.isOffHook },
      { type: "audio", path, isOpen: path !== "none", isMuted: view.audio.isMuted },
      { type: "timeline", nowMs: hal.clock.now() - phone.startedAt, phases },
    ];
  };
  const update = (): void => {
    isDue = false;
    if (!isGreeted || signal.aborted) return;
    const picture = frame();
    if (picture.type === "cells" || (picture.type === "frame" && picture.bands.length > 0)) send(picture);
    for (const message of state()) {
      const text = message.type === "timeline" ? JSON.stringify(message.phases) : JSON.stringify(message);
      if (sent.get(message.type) === text) continue;
      sent.set(message.type, text);
      send(message);
    }
    if (lines.length > 0) send({ type: "log", lines });
    lines = [];
  };
  const schedule = (): void => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(update);
  };
  phone.front.frames.subscribe(schedule, { signal });
  phone.calls.views.subscribe(schedule, { signal });
  base.logLines.subscribe(
    (line) => {
      if (isGreeted) lines.push(line);
      schedule();
    },
    { signal },
  );

  const press = (message: Extract<PageMessage, { type: "key" | "hook" }>): void => {
    if (options.press !== undefined) {
      options.press(message);
    } else if (message.type === "hook") {
      phone.front.press({ kind: "hook", hook: message.isOffHook ? "off-hook" : "on-hook" });
    } else {
      const key = keyIds.find((id) => id === message.key);
      if (key !== undefined) phone.front.press({ kind: "key", key, isDown: message.isDown });
    }
  };
  const faults = (): PhoneMessage => ({ type: "faults", faults: options.faults?.() ?? [] });

  const mirror: Mirror = {
    greeting() {
      isGreeted = true;
      last = undefined;
      sent.clear();
      const model = base.facts.lineKeyCount > 2 ? "7960" : "7940";
      return [
        {
          type: "hello",
          version: protocolVersion,
          name: `${model} · ${hal.link.mac}`,
          geometry,
          keys: base.facts.keys,
          lamps: base.facts.lamps,
          nowMs: hal.clock.now() - phone.startedAt,
        },
        frame(),
        ...state(),
        faults(),
        { type: "log", lines: base.book.last(greetingLines) },
      ];
    },
    receive(message) {
      switch (message.type) {
        case "key":
        case "hook":
          press(message);
          break;
        case "restart":
          phone.order(message.how === "power-cycle" ? "hard-reset" : message.how);
          break;
        case "hello":
        case "fault":
          break;
      }
    },
    receiveText(line) {
      const message = readPageMessage(line);
      if (message.type === "hello") for (const part of mirror.greeting()) send(part);
      if (message.type !== "bad") mirror.receive(message);
    },
    refresh() {
      send(faults());
    },
  };
  return mirror;
}
