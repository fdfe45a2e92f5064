// Binds the machine of the calls to the hardware and to the protocols through functions the composition root gives.
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { AudioMixer } from "#hal/contract/audio.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { MediaHost, PortRange, ToneSpec } from "#hal/contract/media.ts";
import type { HookSwitch, Lamps } from "#hal/contract/panel.ts";
import type { Storage } from "#hal/contract/storage.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { defaultVolumes, type Volumes } from "./audio.ts";
import { decodeLog, encodeLog } from "./call-log.ts";
import type { CallEffect, CallEvent } from "./desk.ts";
import type { RingOrder, SessionIntent, StationIntent, ToneName } from "./intents.ts";
import { createCallMachine, type PhoneState, viewOf } from "./machine.ts";
import type { PreferenceName } from "./settings.ts";
import type { CallLog, PhoneView } from "./view.ts";

/** What calls use of the hardware, and where what they want goes. */
export interface CallOptions {
  readonly runtime: Runtime;
  readonly media: MediaHost;
  readonly mixer: AudioMixer;
  readonly lamps: Lamps;
  readonly hook: HookSwitch;
  readonly storage: Storage;
  /** Ports and marking of the media now; asked for each call. */
  portRange(): PortRange;
  /** The cadence of a name, from the tables of ui/tones. */
  toneSpec(tone: ToneName): ToneSpec | undefined;
  ringSpec(ring: RingOrder): ToneSpec | undefined;
  session(intent: SessionIntent): void;
  station(intent: StationIntent): void;
  /** A key changed a preference, or where calls are forwarded to: it is kept and comes back with the next settings. */
  preference(name: PreferenceName, isOn: boolean): void;
  forward(target: string | undefined): void;
  openService(url: string): void;
  readonly signal: AbortSignal;
}

/** The calls at work. */
export interface Calls {
  send(event: CallEvent): void;
  view(): PhoneView;
  /** Every new view; equal views are not repeated. */
  readonly views: Stream<PhoneView>;
  state(): PhoneState;
}

const shelf = "calls";
const logKey = "log";
const volumeKey = "volumes";

/** Starts with what was kept; every call ends and every port goes back when the signal aborts. */
export function startCalls(options: CallOptions): Calls {
  const { runtime, storage, media, hook, signal } = options;
  const log = runtime.log("call");
  const views = new Emitter<PhoneView>();
  let shown = "";
  const runner = new Runner<PhoneState, CallEvent>({
    machine: createCallMachine({
      log: decodeLog(storage.read(shelf, logKey)),
      volumes: decodeVolumes(storage.read(shelf, volumeKey)),
      isHandsetUp: hook.isOffHook(),
    }),
    runtime,
    perform: (effect: CallEffect) => perform(effect),
    changed: (state) => {
      const view = viewOf(state);
      const text = JSON.stringify(view);
      if (text === shown) return;
      shown = text;
      views.emit(view);
    },
    signal,
  });

  const volumes = runner.state.desk.audio.volumes;
  for (const output of ["handset", "headset", "speaker", "ringer"] as const)
    options.mixer.setVolume(output, volumes[output]);
  media.reports.subscribe((report) => runner.send({ kind: "media", report }), { signal });
  const held = new Set<number>();
  signal.addEventListener("abort", () => releaseAll(), { once: true });

  function perform(effect: CallEffect): void {
    switch (effect.kind) {
      case "session":
        options.session(effect.intent);
        break;
      case "station":
        options.station(effect.intent);
        break;
      case "reserve":
        reserve(effect.owner);
        break;
      case "release":
        held.delete(effect.portsId);
        media.release(effect.portsId);
        break;
      case "media":
        media.command(effect.command);
        break;
      case "tone":
        media.command({ kind: "tone", tone: effect.tone && options.toneSpec(effect.tone) });
        break;
      case "ring":
        media.command({ kind: "ring", ring: effect.ring && options.ringSpec(effect.ring) });
        break;
      case "path":
        options.mixer.setPath(effect.path);
        break;
      case "microphone":
        options.mixer.setMicrophoneMuted(effect.isMuted);
        break;
      case "volume":
        options.mixer.setVolume(effect.output, effect.percent);
        break;
      case "lamp":
        options.lamps.set(effect.lamp, effect.mode);
        break;
      case "store":
        store(effect.log, effect.volumes);
        break;
      case "preference":
        options.preference(effect.name, effect.isOn);
        break;
      case "forward":
        options.forward(effect.target);
        break;
      case "open-service":
        options.openService(effect.url);
        break;
    }
  }

  function reserve(owner: string): void {
    media.reserve(options.portRange()).then(
      ({ id, rtpPort }) => {
        if (signal.aborted) {
          media.release(id);
          return;
        }
        held.add(id);
        runner.send({ kind: "ports", owner, local: { portsId: id, rtpPort } });
      },
      (error: unknown) => {
        if (!(error instanceof HalError)) runtime.fail("call reserve", error);
        log.warning(`${owner}: no RTP ports: ${String(error)}`);
        runner.send({ kind: "ports", owner, local: undefined });
      },
    );
  }

  function store(calls: CallLog, levels: Volumes): void {
    storage
      .write([
        { shelf, key: logKey, value: encodeLog(calls) },
        { shelf, key: volumeKey, value: new TextEncoder().encode(JSON.stringify(levels)) },
      ])
      .catch((error: unknown) => log.warning(`call log not written: ${String(error)}`));
  }

  /** The runner takes no more events: streams and ports of a phone that goes down are given back here. */
  function releaseAll(): void {
    for (const { id } of runner.state.shown.streams) media.command({ kind: "end-stream", id });
    for (const id of held) media.release(id);
    held.clear();
    media.command({ kind: "tone", tone: undefined });
    media.command({ kind: "ring", ring: undefined });
    options.mixer.setPath(undefined);
  }

  return {
    send: (event) => runner.send(event),
    view: () => viewOf(runner.state),
    views,
    state: () => runner.state,
  };
}

/** Volumes kept before; anything else is as from the factory. */
function decodeVolumes(bytes: Uint8Array | undefined): Volumes {
  if (bytes === undefined) return defaultVolumes;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return defaultVolumes; // a torn record is no reason not to start
  }
  const kept = new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  const level = (output: keyof Volumes): number => {
    const percent: unknown = kept.get(output);
    return typeof percent === "number" && percent >= 0 && percent <= 100 ? percent : defaultVolumes[output];
  };
  return {
    handset: level("handset"),
    headset: level("headset"),
    speaker: level("speaker"),
    ringer: level("ringer"),
  };
}
