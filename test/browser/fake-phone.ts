// A phone for the page's own tests: the real screens and keys over a toy call control. It boots in steps, and echoes.
import type { PhoneView } from "#firmware/call/view.ts";
import {
  digitKeys,
  functionKeys,
  type KeyId,
  lampIds,
  lineKeys,
  type PanelGeometry,
  softKeys,
} from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { PagePhone, PageServer } from "#test/lab/page-server.ts";
import { idleView, seenOf } from "#test/screens/samples.ts";
import type { PageMessage, PhoneMessage, WireFault, WireLogLine, WirePhase } from "#ui/handset/protocol.ts";
import { changedBands } from "#ui/handset/runs.ts";
import { type InputEvent, inputDeadline, press } from "#ui/input/press.ts";
import { lampsOf } from "#ui/screens/lamps.ts";
import { render } from "#ui/screens/render.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { answered, obey, ringing } from "./fake-calls.ts";

const keys: readonly KeyId[] = [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys];

/** Phases, when each ends in ms since the start, and why. */
const bootPlan = [
  ["power", 3, "adapter"],
  ["image", 9, "slot A, signature good"],
  ["link", 40, "link up, 1000 Mbit/s full duplex"],
  ["vlan", 62, "cdp: voice VLAN 110"],
  ["ip", 118, "dhcp: 10.77.0.23 from 10.77.0.1"],
  ["config", 171, "SIP001122334455.cnf, 1211 bytes"],
  ["load", 171, "not needed: running the load that is named"],
  ["register", 240, "sip: line 1 registered at 10.77.0.10:5060"],
] as const;

const someFaults: readonly WireFault[] = [
  { name: "dhcp-silent", description: "The DHCP server stops answering.", isActive: false },
  { name: "registrar-dead", description: "The first registrar is switched off.", isActive: false },
  { name: "link-flap", description: "The cable is pulled for two seconds.", isActive: false },
];

export interface FakePhoneOptions {
  readonly geometry: PanelGeometry;
  /** How many times slower than planned it boots; 0: it has booted. */
  readonly bootSlowness: number;
}

export class FakePhone implements PagePhone {
  readonly #options: FakePhoneOptions;
  readonly #log: WireLogLine[] = [];
  #timers: NodeJS.Timeout[] = [];
  #alarm: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #seen: Seen = seenOf(idleView);
  #faults = someFaults;
  #server: PageServer | undefined;
  #lastPixels: Uint8Array | Uint32Array | undefined;
  /** What came from the page, for the tests. */
  readonly received: PageMessage[] = [];
  soundBytes = 0;

  constructor(options: FakePhoneOptions) {
    this.#options = options;
    this.#boot();
  }

  attach(server: PageServer): void {
    this.#server = server;
    this.#draw();
  }

  stop(): void {
    clearTimeout(this.#alarm);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  greeting(): readonly PhoneMessage[] {
    const { geometry } = this.#options;
    this.#lastPixels = undefined;
    const lamps = lampIds.filter((lamp) => !lamp.startsWith("line"));
    const name = "7960 · 00:11:22:33:44:55";
    return [
      { type: "hello", version: 1, name, geometry, keys, lamps, nowMs: this.#now() },
      this.#frame(),
      ...this.#state(),
      { type: "faults", faults: this.#faults },
      { type: "log", lines: this.#log },
    ];
  }

  receive(message: PageMessage): void {
    this.received.push(message);
    switch (message.type) {
      case "key": {
        const key = keys.find((one) => one === message.key);
        if (key !== undefined) this.#press({ kind: "key", key, isDown: message.isDown });
        break;
      }
      case "hook":
        this.#press({ kind: "hook", hook: message.isOffHook ? "off-hook" : "on-hook" });
        break;
      case "fault":
        this.#faults = this.#faults.map((fault) =>
          fault.name === message.name ? { ...fault, isActive: message.isActive } : fault,
        );
        this.#server?.send({ type: "faults", faults: this.#faults });
        this.#note("lab", `fault ${message.name} ${message.isActive ? "on" : "off"}`, "warning");
        break;
      case "restart":
        this.#boot();
        break;
      case "hello":
        break;
    }
  }

  /** The echo service. */
  receiveSound(samples: Buffer): void {
    this.soundBytes += samples.length;
    if (this.#seen.view.calls[0]?.state === "connected") this.#server?.sendSound(samples);
  }

  /** Somebody calls. */
  ring(): void {
    this.#setView(ringing(this.#seen.view));
  }

  #boot(): void {
    this.stop();
    const { bootSlowness } = this.#options;
    this.#startedAt = performance.now() - (bootSlowness === 0 ? 240 : 0);
    this.#setView(bootSlowness === 0 ? idleView : inPhase("power"));
    bootPlan.forEach(([name, endMs, endedBy], index) => {
      const next = bootPlan[index + 1]?.[0] ?? "run";
      const reach = (): void => {
        this.#note("boot", `${name} -> ${next} (${endedBy})`);
        if (bootSlowness > 0) this.#setView(next === "run" ? idleView : inPhase(next));
      };
      if (bootSlowness === 0) reach();
      else this.#timers.push(setTimeout(reach, endMs * bootSlowness));
    });
  }

  #now(): MonoMs {
    return (performance.now() - this.#startedAt) as MonoMs; // the fake phone's own clock begins with it
  }

  #press(event: InputEvent): void {
    const { geometry } = this.#options;
    const outcome = press({ ...this.#seen, now: this.#now(), geometry }, event);
    this.#seen = { ...this.#seen, ui: outcome.ui };
    let { view } = this.#seen;
    for (const intent of outcome.intents) {
      this.#note("call", JSON.stringify(intent), "debug");
      view = obey(view, intent, this.#now());
    }
    for (const act of outcome.acts) this.#note("ui", JSON.stringify(act));
    this.#setView(view);
    if (outcome.acts.some((act) => act.kind === "restart")) this.#boot();
  }

  #setView(view: PhoneView): void {
    this.#seen = { ...this.#seen, view };
    if (view.calls[0]?.state === "ring-out")
      this.#timers.push(setTimeout(() => this.#setView(answered(this.#seen.view, this.#now())), 700));
    this.#draw();
  }

  #draw(): void {
    for (const message of [this.#frame(), ...this.#state()]) this.#server?.send(message);
  }

  #frame(): PhoneMessage {
    const { geometry } = this.#options;
    this.#seen = { ...this.#seen, now: this.#now() };
    const { frame, again } = render(this.#seen, geometry);
    this.#setAlarm(again);
    if (frame.kind === "cells") return { type: "cells", cells: frame.cells, text: frame.text };
    const bands = geometry.kind === "pixels" ? changedBands(geometry, this.#lastPixels, frame.pixels) : [];
    this.#lastPixels = frame.pixels;
    return { type: "frame", bands, text: frame.text };
  }

  #state(): readonly PhoneMessage[] {
    const { view } = this.#seen;
    const path = view.audio.path ?? "none";
    return [
      { type: "lamps", lamps: lampsOf(view) },
      { type: "hook", isOffHook: view.isOffHook },
      { type: "audio", path, isOpen: path !== "none", isMuted: view.audio.isMuted },
      { type: "timeline", nowMs: this.#now(), phases: this.#phases() },
    ];
  }

  #phases(): readonly WirePhase[] {
    const scale = Math.max(1, this.#options.bootSlowness);
    const elapsed = this.#now();
    const phases: WirePhase[] = [];
    let startMs = 0;
    for (const [name, plan, endedBy] of bootPlan) {
      if (startMs > elapsed) return phases;
      const endMs = plan * scale;
      const isOver = endMs <= elapsed;
      phases.push({
        name,
        startMs,
        endMs: isOver ? endMs : null,
        endedBy: isOver ? endedBy : null,
        waitedFor: "the lab",
      });
      startMs = endMs;
    }
    const run = { name: "run", startMs, endMs: null, endedBy: null, waitedFor: "" };
    return startMs <= elapsed ? [...phases, run] : phases;
  }

  #setAlarm(again: MonoMs | undefined): void {
    clearTimeout(this.#alarm);
    const times = [again, inputDeadline(this.#seen.ui)].filter((time) => time !== undefined);
    if (times.length === 0) return;
    const waitMs = Math.max(1, Math.min(...times) - this.#now());
    this.#alarm = setTimeout(() => this.#press({ kind: "timer" }), waitMs);
  }

  #note(area: string, text: string, level: WireLogLine["level"] = "info"): void {
    const line = { atMs: this.#now(), level, area, text };
    this.#log.push(line);
    this.#server?.send({ type: "log", lines: [line] });
  }
}

function inPhase(phase: PhoneView["boot"]["phase"]): PhoneView {
  const boot = { ...idleView.boot, phase };
  return { ...idleView, boot, softkeys: [], time: undefined, phoneLabel: "" };
}
