// The firmware's SCCP client and call control on a simulated stack in the lab, without a screen: presses go in as the
// keys would send them, what the phone plays and shows comes out. For whole phones see test/stories.
import { type Calls, startCalls } from "#firmware/call/client.ts";
import type { CallEvent } from "#firmware/call/desk.ts";
import type { Intent, StationIntent } from "#firmware/call/intents.ts";
import { defaultCallSettings } from "#firmware/call/settings.ts";
import type { PhoneView } from "#firmware/call/view.ts";
import { createMediaEngine } from "#firmware/media/engine.ts";
import { type SccpClient, startSccp } from "#firmware/sccp/client.ts";
import type { SccpNotice } from "#firmware/sccp/notices.ts";
import { restartCauses, type SccpSettings } from "#firmware/sccp/settings.ts";
import type { LampId, LampMode } from "#hal/contract/panel.ts";
import type { VirtualClock } from "#hal/sim/clock.ts";
import { createInlineMediaHost } from "#hal/sim/media-host.ts";
import { createSimulatedNetwork } from "#hal/sim/network.ts";
import { createSimMixer, type SimMixer } from "#hal/sim/power.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { Recorder, recorded } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import { sccpPort } from "#test/lab/call-managers.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { labRuntime } from "#test/lab/runtime.ts";
import type { CallManagerPlay } from "#test/lab/sccp/play.ts";
import { defaultSettings, type LabSettings, place } from "#test/lab/settings.ts";
import { virtualClock } from "#test/unit/hal/sim-net-rig.ts";
import { ringSpecOf, toneSpecOf } from "#ui/tones/call-tones.ts";
import { builtInRings } from "#ui/tones/rings.ts";

export interface LabRigOptions {
  readonly play?: CallManagerPlay;
  readonly settings?: (settings: LabSettings) => LabSettings;
  readonly sccp?: Partial<SccpSettings>;
  readonly seed?: number;
}

const mostSamples = 60 * 8000;
export const deviceName = "SEP001122334455";

/** A phone that is registering. */
export class LabRig {
  readonly clock: VirtualClock;
  readonly lab: Lab;
  readonly sccp: SccpClient;
  readonly calls: Calls;
  readonly notices: SccpNotice[] = [];
  readonly intents: StationIntent[] = [];
  readonly lamps = new Map<LampId, LampMode>();
  readonly mixer: SimMixer;
  readonly said = new Recorder(mostSamples);
  heard = new Recorder(mostSamples);
  /** What goes wrong that nobody handles. */
  readonly failures: unknown[] = [];
  readonly #life = new AbortController();
  readonly #end: () => void;

  static async open(options: LabRigOptions = {}): Promise<LabRig> {
    const clock = virtualClock();
    const seed = options.seed ?? 1;
    const base: LabSettings = { ...defaultSettings, protocol: "sccp" };
    const played = { ...base, sccp: { ...base.sccp, play: options.play ?? base.sccp.play } };
    const settings = (options.settings ?? ((same: LabSettings) => same))(played);
    const lab = await createLab({ clock, random: createSeededRandom(seed), settings });
    return new LabRig(clock, lab, options);
  }

  private constructor(clock: VirtualClock, lab: Lab, options: LabRigOptions) {
    this.clock = clock;
    this.lab = lab;
    const random = createSeededRandom((options.seed ?? 1) + 1);
    const found = {
      vlan: { vlanId: place.voiceVlan, priority: 5 },
      address: { address: "10.77.110.20", prefix: 24 },
      router: place.router,
    };
    const end = lab.phone.plug;
    const network = createSimulatedNetwork({
      name: "eth0",
      mac: "00:11:22:33:44:55",
      end,
      clock,
      random,
      found,
    });
    const runtime = {
      ...labRuntime(clock, random),
      fail: (_: string, error: unknown) => this.failures.push(error),
    };
    const { signal } = this.#life;
    this.mixer = createSimMixer();
    const media = createInlineMediaHost({
      clock,
      sockets: network.sockets,
      engine: createMediaEngine({ sampleRateHz: 8000, random }),
      sound: {
        microphone: recorded(speech({ random: createSeededRandom(7) }), this.said),
        speaker: (samples) => this.heard.sink(samples),
        ringer: () => undefined,
      },
    });
    this.calls = startCalls({
      runtime,
      media,
      mixer: this.mixer,
      lamps: { lamps: [], set: (lamp, mode) => void this.lamps.set(lamp, mode) },
      hook: { isOffHook: () => false, events: { subscribe: () => undefined } },
      storage: createSimStorage(createFlash()),
      portRange: () => ({ first: 16_384, last: 16_483, marking: { dscp: 46 } }),
      toneSpec: toneSpecOf,
      ringSpec: (ring) => ringSpecOf(ring, builtInRings.chirp1),
      session: () => undefined,
      station: (intent) => {
        this.intents.push(intent);
        this.sccp.perform(intent);
      },
      preference: () => undefined,
      forward: () => undefined,
      openService: () => undefined,
      signal,
    });
    this.calls.send({ kind: "settings", settings: { ...defaultCallSettings, protocol: "sccp" } });
    this.calls.views.subscribe(
      ({ calls }) => this.sccp.setCalls(calls.filter(({ state }) => state !== "remote-in-use").length),
      { signal },
    );
    this.sccp = startSccp({
      runtime,
      sockets: network.sockets,
      resolver: network.resolver,
      marking: { dscp: 24 },
      settings: {
        deviceName,
        deviceType: 7,
        servers: [place.server, place.second, place.third].map((host) => ({
          host,
          port: sccpPort,
          isFallback: false,
        })),
        protocolVersion: 17,
        loadName: "offhook-test",
        cause: restartCauses.initialised,
        encodings: ["PCMU", "PCMA"],
        monitorSec: 120,
        isHeadsetOn: false,
        rtpPortHint: 16_384,
        ...options.sccp,
      },
      notify: (notice) => {
        this.notices.push(notice);
        this.calls.send({ kind: "sccp", notice });
      },
      signal,
    });
    this.#end = () => {
      this.#life.abort(new Error("the test ends"));
      media.close();
      network.close();
      lab.close();
    };
  }

  get view(): PhoneView {
    return this.calls.view();
  }

  /** States of the calls shown. */
  get states(): readonly string[] {
    return this.view.calls.map(({ state }) => state);
  }

  /** The prompt as a code or text. */
  get prompt(): string {
    const { prompt } = this.view;
    return prompt === undefined ? "" : prompt.kind === "code" ? prompt.code : prompt.text;
  }

  get keys(): readonly string[] {
    return this.view.softkeys.map(({ id }) => id);
  }

  get tone(): string | undefined {
    const { shown } = this.calls.state();
    return shown.tone;
  }

  get ring(): string | undefined {
    return this.calls.state().shown.ring?.name;
  }

  wait(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Waits until it holds; fails with what is shown. */
  async until(what: string, check: () => boolean, withinMs = 10_000): Promise<void> {
    const end = this.clock.now() + withinMs;
    while (!check()) {
      if (this.clock.now() >= end)
        throw new Error(`${what}: not within ${withinMs} ms; ${this.states.join()} "${this.prompt}"`);
      await this.wait(10);
    }
  }

  async registered(withinMs = 5000): Promise<void> {
    await this.until(
      "registered",
      () => this.sccp.state().kind === "registered" && this.notices.some(({ kind }) => kind === "configured"),
      withinMs,
    );
  }

  /** Keys as a person presses them, with time for the server to answer each. */
  async do(...intents: readonly Intent[]): Promise<void> {
    for (const intent of intents) {
      this.send({ kind: "intent", intent });
      await this.wait(20);
    }
  }

  /** Forgets what was heard so far. */
  hearAnew(): void {
    this.heard = new Recorder(mostSamples);
  }

  send(event: CallEvent): void {
    this.calls.send(event);
  }

  lift(): Promise<void> {
    return this.do({ kind: "off-hook" });
  }

  rest(): Promise<void> {
    return this.do({ kind: "on-hook" });
  }

  async dial(digits: string): Promise<void> {
    for (const digit of digits as Iterable<"0">)
      await this.do({ kind: "digit", digit }, { kind: "digit-up", digit });
  }

  /** The soft key with this function, where it stands. */
  async soft(id: PhoneView["softkeys"][number]["id"]): Promise<void> {
    const key = this.view.softkeys.find((entry) => entry.id === id);
    if (key === undefined) throw new Error(`no key ${id}; there are ${this.keys.join()}`);
    await this.do({ kind: "softkey", id, place: key.place });
  }

  /** Stops the phone; every alarm of phone and lab must be gone. */
  close(): number {
    this.#end();
    return this.clock.alarmCount;
  }
}
