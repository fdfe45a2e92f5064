// The whole phone as a person starts it, a process of its own in the phone's namespace. It speaks a known sound again and
// again, and what it hears is a file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSeededRandom } from "#hal/sim/random.ts";
import { speech } from "#hal/sim/speech.ts";
import { encodeWav } from "#hal/sim/wav.ts";
import { decodeWav } from "./baresip.ts";
import { type Host, type Net, phoneMac } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";
import { askPhone } from "./phone-console.ts";

const sampleRateHz = 8000;
/** Longer than any measurement, so that no part of it comes twice in one. */
const spokenSec = 10;

export interface PhoneProcess extends Peer {
  /** One console command. */
  command(line: string): Promise<string>;
  /** What it says, from its beginning to its repetition. */
  readonly said: Int16Array;
  /** What it heard since it was started. */
  heard(): Int16Array;
}

export interface PhoneProcessOptions {
  /** Of its folder and socket, where a net has more than one, or one that is started anew with the same state. */
  readonly name?: string;
  /** The program; the sources unless told. */
  readonly program?: readonly string[];
  /** Where it stands; the net's first phone unless told. */
  readonly at?: { readonly host: Host; readonly mac: string };
  /** Whose voice it has: phones that talk to each other are told apart by it. */
  readonly voice?: number;
  /** Further words of its command line. */
  readonly words?: readonly string[];
  /** How long its console may take; 30 s unless told. */
  readonly withinMs?: number;
}

const sources = [join(import.meta.dirname, "../../firmware/bin/main.ts")];

/** Starts it; its console answers when this resolves. What it keeps survives in the net's folder under `name`. */
export async function startPhone(net: Net, options: PhoneProcessOptions = {}): Promise<PhoneProcess> {
  const { name = "phone", program = sources, voice = 1 } = options;
  const { host, mac } = options.at ?? { host: net.phone, mac: phoneMac };
  const folder = join(net.folder, name);
  mkdirSync(folder, { recursive: true });
  const at = {
    socket: join(folder, "console"),
    microphone: join(folder, "said.wav"),
    ear: join(folder, "heard.wav"),
  };
  const said = speech({ random: createSeededRandom(voice) })(spokenSec * sampleRateHz);
  writeFileSync(at.microphone, encodeWav({ sampleRateHz, samples: said }));
  const words = [
    ...program,
    ...["--board", "linux", "--interface", host.interfaceName, "--mac", mac],
    ...["--state", join(folder, "state"), "--console", at.socket],
    ...["--microphone", at.microphone, "--ear", at.ear],
    ...(options.words ?? []),
  ];
  const peer = await startPeer({
    name,
    host,
    program: process.execPath,
    words,
    isReady: () => answers(at.socket),
    withinMs: options.withinMs ?? 30_000, // a busy machine, and more than one of them
  });
  return net.keep({
    ...peer,
    command: (line) => askPhone(at.socket, line),
    said,
    heard: () => (existsSync(at.ear) ? decodeWav(readFileSync(at.ear)) : new Int16Array(0)),
  });
}

/** False while nobody listens there, or while the one who did is dead. */
async function answers(socket: string): Promise<boolean> {
  if (!existsSync(socket)) return false;
  try {
    await askPhone(socket, "show version");
    return true;
  } catch {
    return false; // not listening yet
  }
}
