// Runs an engine that nobody hears for a while, so that the first packets of a call do not meet code that has never
// run: unprepared, a first step takes milliseconds where a later one takes microseconds.
import type { MediaEngine, MediaPacket, StreamSpec } from "#hal/contract/media.ts";
import type { MonoMs } from "#hal/contract/time.ts";

const steps = 150;
const tickMs = 20;
const samplesPerTick = 160;
/** Long enough for the concealment to run as well. */
const echoEvery = 7;

const pcmu = { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 };
const nobody = { address: "192.0.2.1", port: 4000 };

/** Lets `engine` hold a call with its own echo. The engine is of no use afterwards. */
export function warmUp(engine: MediaEngine): void {
  const spec: StreamSpec = {
    id: "warm-up",
    portsId: 1,
    remote: nobody,
    remoteRtcp: undefined,
    direction: "sendrecv",
    send: pcmu,
    receive: [pcmu],
    telephoneEvent: undefined,
    packetMs: tickMs,
    hasSilenceSuppression: false,
  };
  const commands = [
    { kind: "stream", spec },
    { kind: "listen", ids: [spec.id] },
  ] as const;
  let echo: readonly MediaPacket[] = [];
  for (let step = 0; step < steps; step++) {
    const now = (step * tickMs) as MonoMs; // a time of its own
    const captured = Int16Array.from(
      { length: samplesPerTick },
      (_, i) => ((step * 77 + i * 131) % 8000) - 4000,
    );
    const output = engine.step({
      now,
      commands: step === 0 ? commands : [],
      packets: step % echoEvery === 0 ? [] : echo,
      refusedPorts: [],
      captured,
    });
    echo = output.packets;
  }
}
