// The firmware as a process: a board by name, its hardware opened, the phone booted, the console served. Ends with 75 or
// 76 when the phone wants itself or its board started anew (see supervise.ts and flash-image/init), 2 when it cannot begin.
import type { BoardFacts } from "#boards/schema/board.ts";
import { type Profile, profiles } from "#firmware/config/candidates.ts";
import { type DhcpProfile, dhcpProfiles } from "#firmware/dhcp/requests.ts";
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { Hal } from "#hal/contract/hal.ts";
import { type CrashPath, installCrashPath } from "#hal/linux/crash-path.ts";
import { printLogLine } from "#hal/linux/log-sink.ts";
import type { SoundCardSpec } from "#hal/linux/media-protocol.ts";
import type { WorkerPaths } from "#hal/linux/workers.ts";
import { boardNames, loadBoard } from "./boards.ts";
import { oneOf, orExplain, readCommandLine } from "./command-line.ts";
import type { Phone } from "./composed-phone.ts";
import { kernelDoors, openDoors } from "./console-ways.ts";
import { openLinuxMedia } from "./linux-media.ts";
import { bootPhone } from "./phone.ts";
import { product } from "./product.ts";
import { readAhead, recordPhone } from "./recording/phone.ts";
import { openTapeFile } from "./recording/tape-file.ts";
import { openSoundFiles, type SoundFiles } from "./sound-files.ts";

const usage = `npm run phone -- --board NAME --interface IF [options]
  --board NAME        ${boardNames.join(", ")}
  --interface IF      the network port, unless the board has its own; its address, routes and VLANs become the phone's
  --pc-port IF        the port for a computer: bridged to the network port, unless the board has its own
  --mac AA:BB:…       instead of the port's own
  --state DIR         where settings, call logs and the crash record are kept (./phone-state)
  --supervisor SOCKET the image's init: watchdog, image slots, data partition
  --profile NAME      which files are asked for first: ${profiles.join(", ")} (auto)
  --dhcp NAME         how it presents itself to DHCP servers: ${dhcpProfiles.join(", ")} (own)
  --production        test commands only where the configuration allows them
  --console SOCKET    serves the console on this Unix socket
  --serial TTY        serves it on this serial line too
  --capture FILE      writes packets to this file from the beginning (pcapng, secrets masked)
  --tape FILE         writes everything that comes in and goes out through the hardware, for npm run replay; the tape of
                      the boot before becomes FILE.1; it holds passwords
  --card NAME         ALSA device for sound; none: the board's own, else silence, or the two files below
  --microphone WAV    what the microphone hears, again and again (8000 Hz, one channel, 16 bits)
  --ear WAV           where what is heard is written`;

/** Bundles keep their workers beside themselves; the bundler says so. */
declare const OFFHOOK_IS_BUNDLE: boolean | undefined;
const isBundle = typeof OFFHOOK_IS_BUNDLE !== "undefined";
const beside = (name: string): URL => new URL(`./${name}.mjs`, import.meta.url);
const bundled: WorkerPaths | undefined = isBundle
  ? { io: beside("io-worker"), store: beside("store-worker") }
  : undefined;

/** Until there is a phone nobody's CA is believed; one array, as contexts are kept by it. */
const noCertificates: readonly string[] = [];

/** A file is read ahead of its time, so that a main thread that comes late leaves no hole in it. */
const fileAheadMs = 1000;

interface Options {
  readonly board: string;
  readonly interfaceName: string | undefined;
  readonly pcPortName: string | undefined;
  readonly mac: string | undefined;
  readonly stateDirectory: string;
  readonly supervisor: string | undefined;
  readonly console: string | undefined;
  readonly serial: string | undefined;
  readonly capture: string | undefined;
  readonly tape: string | undefined;
  readonly card: SoundCardSpec | undefined;
  readonly microphone: string | undefined;
  readonly ear: string | undefined;
  readonly isDevelopment: boolean;
  readonly profile: Profile;
  readonly dhcpProfile: DhcpProfile;
}

const wrong = (place: string, expected: string): ConfigError =>
  new ConfigError("bad-value", "command line", place, expected);

function readOptions(): Options {
  const { values } = readCommandLine(usage, {
    options: {
      board: { type: "string", default: "linux" },
      interface: { type: "string" },
      "pc-port": { type: "string" },
      mac: { type: "string" },
      state: { type: "string", default: "phone-state" },
      supervisor: { type: "string" },
      console: { type: "string" },
      serial: { type: "string" },
      capture: { type: "string" },
      tape: { type: "string" },
      card: { type: "string" },
      microphone: { type: "string" },
      ear: { type: "string" },
      production: { type: "boolean", default: false },
      profile: { type: "string", default: "auto" },
      dhcp: { type: "string", default: "own" },
    },
  });
  const { mac, card } = values;
  if (mac !== undefined && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac))
    throw wrong("--mac", `is ${mac}, six pairs of hex digits with colons belong`);
  if (values.tape !== undefined && values.capture !== undefined)
    throw wrong("--tape", "goes with no --capture: a capture is no part of what the phone hears");
  return {
    board: values.board,
    interfaceName: values.interface,
    pcPortName: values["pc-port"],
    mac: mac?.toLowerCase(),
    stateDirectory: values.state,
    supervisor: values.supervisor,
    console: values.console,
    serial: values.serial,
    capture: values.capture,
    tape: values.tape,
    card: card === undefined ? undefined : { kind: "alsa", capture: card, playback: card },
    microphone: values.microphone,
    ear: values.ear,
    isDevelopment: !values.production,
    ...orExplain(usage, () => ({
      profile: oneOf("--profile", values.profile, profiles),
      dhcpProfile: oneOf("--dhcp", values.dhcp, dhcpProfiles),
    })),
  };
}

/** Errors that somebody noticed before the hardware is open are thrown; later they end the process with a record. */
class Ending {
  #path: CrashPath | undefined;

  readonly failed = (what: string, error: unknown): void => {
    if (this.#path === undefined) throw error;
    this.#path.die(what, error);
  };

  install(hal: Hal, lastLines: () => readonly string[]): void {
    this.#path = installCrashPath({ record: hal.crash, version: product.version, lastLines });
  }
}

async function openHal(
  options: Options,
  sounds: SoundFiles,
  ending: Ending,
  trusted: () => readonly string[],
) {
  const board = await loadBoard(options.board);
  const interfaceName = options.interfaceName ?? board.facts.networkInterface;
  if (interfaceName === undefined) throw wrong("--interface", "is missing, the name of a port belongs");
  const hal = await board.open({
    interfaceName,
    pcPortName: options.pcPortName ?? board.facts.pcPortInterface,
    ...(options.supervisor === undefined ? {} : { supervisor: options.supervisor }),
    ...(options.mac === undefined ? {} : { mac: options.mac }),
    stateDirectory: options.stateDirectory,
    product,
    ...(bundled === undefined ? {} : { workers: bundled }),
    openMedia(kernel, boardCard) {
      const card = options.card ?? boardCard ?? { kind: "simulated" };
      const open = openLinuxMedia({
        card,
        ...(card.kind === "simulated" ? { sound: sounds.sound, aheadMs: fileAheadMs } : {}),
        ...(isBundle ? { worker: beside("media-worker") } : {}),
        failed: ending.failed,
      });
      return open(kernel);
    },
    trusted,
    failed: ending.failed,
  });
  return { facts: board.facts, hal };
}

/** A phone at work, with a tape or without. */
interface Running {
  readonly phone: Phone;
  /** Opens its console. */
  open(): Promise<void>;
  /** Its farewell to servers, then its end. */
  stop(): Promise<void>;
}

/** Ends in order at the usual signals, and when a supervising parent is gone. */
function stopOnSignals(running: Running, sounds: SoundFiles, ending: Ending): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    running
      .stop()
      .then(() => sounds.keep())
      .then(
        () => process.exit(0),
        (error: unknown) => ending.failed("stop", error),
      );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  process.on("disconnect", stop);
}

async function start(facts: BoardFacts, hal: Hal, options: Options, ending: Ending): Promise<Running> {
  const paths = { socket: options.console, serial: options.serial };
  const phoneOptions = {
    profile: options.profile,
    dhcpProfile: options.dhcpProfile,
    isDevelopment: options.isDevelopment,
    buildUnixMs: product.buildUnixMs,
    fatal: ending.failed,
  };
  if (options.tape === undefined) {
    const phone = bootPhone(facts, hal, phoneOptions);
    const stop = (): Promise<void> => phone.farewell().then(() => phone.stop());
    return { phone, open: () => openDoors(phone, paths), stop };
  }
  await readAhead();
  const tape = openTapeFile(options.tape, () => recorded.end());
  const recorded = recordPhone(facts, hal, phoneOptions, {
    seed: null,
    doors: { paths, open: kernelDoors },
    keep: tape.keep,
  });
  tape.begin(recorded.head);
  return {
    phone: recorded.phone,
    open: () => recorded.opened,
    async stop() {
      await recorded.farewell();
      await recorded.stop();
      tape.close();
    },
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  const sounds = openSoundFiles(options.microphone, options.ear);
  const ending = new Ending();
  let trusting: Phone | undefined;
  const { facts, hal } = await openHal(options, sounds, ending, () => trusting?.trusted() ?? noCertificates);
  const running = await start(facts, hal, options, ending);
  const { phone } = running;
  trusting = phone;
  const { book } = phone.base;
  ending.install(hal, () => book.last(200).map(printLogLine));
  stopOnSignals(running, sounds, ending);
  if (options.capture !== undefined) await phone.captures.start(options.capture);
  await running.open();
}

/** Sentences for mistakes of the person who starts it, stacks for ours. */
function explain(error: unknown): string {
  if (error instanceof HalError && error.code === "denied")
    return `${error.message}\nthe phone needs CAP_NET_RAW and CAP_NET_ADMIN: start it as root, or give them to it`;
  if (error instanceof HalError) return error.message;
  if (error instanceof ConfigError) return `${error.message}\n\n${usage}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(2);
}
