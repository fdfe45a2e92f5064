// `npm start` with the page: the handset in the browser, its faults, its sound, until the process is told to end.
import { createMirror, type Mirror } from "#firmware/bin/mirror.ts";
import { keyIds } from "#hal/contract/panel.ts";
import { FedMicrophone } from "#hal/sim/sound.ts";
import { createFlash } from "#hal/sim/storage.ts";
import type { PageMessage, WireFault } from "#ui/handset/protocol.ts";
import { type DeskPhone, openDeskPhone } from "./desk-phone.ts";
import { faultNames, faults, isFaultName } from "./faults.ts";
import type { Lab } from "./lab.ts";
import { type PagePhone, servePage } from "./page-server.ts";
import { createRealRandom, type RealClock } from "./real-time.ts";
import type { StartOptions } from "./start.ts";

/** Sound from the page that may wait: half a second. */
const mostWaitingSamples = 4000;

/** Serves until SIGINT or SIGTERM. */
export async function runPage(options: StartOptions, lab: Lab, clock: RealClock): Promise<void> {
  const flash = createFlash();
  const microphone = new FedMicrophone(mostWaitingSamples);
  let desk: DeskPhone | undefined;
  let mirror: Mirror | undefined;
  let mirroring = new AbortController();

  const wireFaults = (): readonly WireFault[] =>
    faultNames.map((name) => ({ name, description: faults[name].does, isActive: lab.fault === name }));
  const plugIn = async (): Promise<void> => {
    const plugged = await openDeskPhone({
      clock,
      random: createRealRandom(),
      port: lab.phone,
      handset: lab.handset(),
      model: options.model,
      flash,
      sound: {
        microphone: microphone.source,
        speaker: (samples) => server.sendSound(bytesOf(samples)),
        ringer: (samples) => server.sendSound(bytesOf(samples)),
      },
      restarted: () => powerCycle(),
    });
    desk = plugged;
    mirroring = new AbortController();
    mirror = createMirror(plugged.phone, {
      send: (message) => server.send(message),
      signal: mirroring.signal,
      faults: wireFaults,
      press: (message) => press(plugged, message),
    });
  };
  const powerCycle = (): void => {
    mirroring.abort();
    (desk?.stop() ?? Promise.resolve())
      .then(plugIn)
      .then(() => {
        for (const part of mirror?.greeting() ?? []) server.send(part);
      })
      .catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
        process.kill(process.pid, "SIGTERM");
      });
  };
  const page: PagePhone = {
    greeting: () => mirror?.greeting() ?? [],
    receive(message) {
      if (message.type === "fault") {
        if (isFaultName(message.name)) lab.setFault(message.isActive ? message.name : undefined);
        mirror?.refresh();
      } else if (message.type === "restart" && message.how === "power-cycle") {
        powerCycle();
      } else {
        mirror?.receive(message);
      }
    },
    receiveSound: (bytes) => microphone.feed(samplesOf(bytes)),
  };
  const server = await servePage(options.port, page);
  await plugIn();
  console.log(`the handset is at ${server.url}  (Ctrl-C ends it)`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  mirroring.abort();
  await server.close();
  await desk?.stop();
}

/** The hands at the simulated front: the firmware sees a real key and a real hook. */
function press({ hal }: DeskPhone, message: Extract<PageMessage, { type: "key" | "hook" }>): void {
  if (message.type === "hook") {
    if (message.isOffHook) hal.hands.lift();
    else hal.hands.hangUp();
    return;
  }
  const key = keyIds.find((id) => id === message.key);
  if (key === undefined) return;
  if (message.isDown) hal.hands.press(key);
  else hal.hands.release(key);
}

const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

const samplesOf = (bytes: Buffer): Int16Array =>
  Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2));
