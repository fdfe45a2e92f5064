// One headless SCCP phone: the firmware's client, call control and media engine, without panel, keys and sound card.
import { startCalls } from "#firmware/call/client.ts";
import type { Intent } from "#firmware/call/intents.ts";
import { defaultCallSettings } from "#firmware/call/settings.ts";
import { createMediaEngine } from "#firmware/media/engine.ts";
import { type SccpClient, startSccp } from "#firmware/sccp/client.ts";
import { restartCauses } from "#firmware/sccp/settings.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { createInlineMediaHost } from "#hal/sim/media-host.ts";
import { createSimMixer } from "#hal/sim/power.ts";
import { noSink, silence } from "#hal/sim/sound.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import { ringSpecOf, toneSpecOf } from "#ui/tones/call-tones.ts";
import { builtInRings } from "#ui/tones/rings.ts";
import type { FleetPhone } from "./phone.ts";
import type { FleetPlace } from "./place.ts";
import type { Subscriber } from "./subscriber.ts";

/** RTP ports of one phone: the media host takes them in turn. */
const portsPerPhone = 8;
const firstPort = 20_000;

export function startSkinnyPhone(place: FleetPlace, { deviceName }: Subscriber, index: number): FleetPhone {
  const { runtime, sockets, resolver } = place;
  const { clock, random } = runtime;
  const life = new AbortController();
  const { signal } = life;
  let received = 0;
  const media = createInlineMediaHost({
    clock,
    sockets,
    engine: createMediaEngine({ sampleRateHz: 8000, random }),
    sound: { microphone: silence, speaker: noSink, ringer: noSink },
  });
  media.reports.subscribe(
    (report) => {
      if (report.kind === "statistics") received = Math.max(received, report.statistics.receivedPackets);
    },
    { signal },
  );
  const first = firstPort + index * portsPerPhone;
  const calls = startCalls({
    runtime,
    media,
    mixer: createSimMixer(),
    lamps: { lamps: [], set: () => undefined },
    hook: { isOffHook: () => false, events: { subscribe: () => undefined } },
    storage: createSimStorage(createFlash()),
    portRange: () => ({ first, last: first + portsPerPhone - 1, marking: { dscp: 46 } }),
    toneSpec: toneSpecOf,
    ringSpec: (ring) => ringSpecOf(ring, builtInRings.chirp1),
    session: () => undefined,
    station: (intent) => sccp.perform(intent),
    preference: () => undefined,
    forward: () => undefined,
    openService: () => undefined,
    signal,
  });
  calls.send({ kind: "settings", settings: { ...defaultCallSettings, protocol: "sccp" } });
  let registeredAtMs: number | undefined;
  const sccp: SccpClient = startSccp({
    runtime,
    sockets,
    resolver,
    marking: { dscp: 24 },
    settings: {
      deviceName,
      deviceType: 7,
      servers: [{ host: place.server, port: 2000, isFallback: false }],
      protocolVersion: 17,
      loadName: "offhook-fleet",
      cause: restartCauses.initialised,
      encodings: ["PCMU", "PCMA"],
      monitorSec: 120,
      isHeadsetOn: false,
      rtpPortHint: first,
    },
    notify: (notice) => {
      calls.send({ kind: "sccp", notice });
      if (notice.kind === "configured") registeredAtMs ??= clock.now();
    },
    signal,
  });
  const press = (...intents: readonly Intent[]): void => {
    for (const intent of intents) calls.send({ kind: "intent", intent });
  };
  return {
    registeredAtMs: () => (sccp.state().kind === "registered" ? registeredAtMs : undefined),
    lift: () => press({ kind: "off-hook" }),
    dial(digits) {
      for (const digit of digits as Iterable<DigitKey>)
        press({ kind: "digit", digit }, { kind: "digit-up", digit });
    },
    hangUp: () => press({ kind: "on-hook" }),
    callState: () => calls.view().calls[0]?.state,
    receivedPackets: () => received,
    leave: () => sccp.stop(),
    stop() {
      life.abort(new Error("the fleet ends"));
      media.close();
    },
  };
}
