// baresip 1.0: the other phone, on a host of its own. It says a 1 kHz tone and writes down what it hears.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host, Net } from "./namespaces.ts";
import { type Peer, startPeer, writeConfiguration } from "./peer.ts";

export interface BaresipOptions {
  readonly host: Host;
  readonly address: string;
  readonly user: string;
  readonly registrar: string;
  /** Whether it takes calls by itself. */
  readonly answers: "auto" | "manual";
  /** How long it has something to say in a call; then it hangs up. 60 s unless told. */
  readonly saysSec?: number;
}

export interface Baresip extends Peer {
  dial(uri: string): void;
  hangUp(): void;
  accept(): void;
  /** Its calls as it lists them: `[line 1]  0:00:00   INCOMING             sip:…`. */
  calls(): readonly string[];
  /** What it heard in its newest call so far: 16-bit samples at 8 kHz. */
  heard(): Int16Array;
}

const sampleRateHz = 8000;
/** What it says, in every call. */
export const baresipToneHz = 1000;

/** A WAV file of 16-bit mono samples at 8 kHz. */
export function encodeWav(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // mono
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** Samples after the head of a WAV file; an unfinished one has a wrong length there and is read to its end. */
export function decodeWav(file: Buffer): Int16Array {
  const body = file.subarray(44, file.length - (file.length % 2));
  return Int16Array.from({ length: Math.max(0, body.length / 2) }, (_, index) => body.readInt16LE(index * 2));
}

function tone(frequencyHz: number, seconds: number): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return Int16Array.from({ length: seconds * sampleRateHz }, (_, index) => 8000 * Math.sin(step * index));
}

/** Reads netstrings, whose lengths are in bytes, until one is the response; events come between. */
const controlScript = `
LC_ALL=C
exec 3<>/dev/tcp/127.0.0.1/4444
printf %s "$1" >&3
while IFS= read -r -d: -t 5 length <&3 && IFS= read -r -N $((length + 1)) -t 5 text <&3; do
  case $text in *'"response":true'*) printf %s "\${text%,}"; exit;; esac
  seen="$seen$text"
done
echo "no response in: $seen$length$text" >&2
exit 1`;

/** Says one command to its control port: netstrings with JSON (module ctrl_tcp). Throws when it says nothing in 5 s. */
function control(host: Host, command: string, params = ""): string {
  const text = JSON.stringify({ command, params, token: "1" });
  const answer = host.run("bash", "-c", controlScript, "bash", `${Buffer.byteLength(text)}:${text},`);
  return (JSON.parse(answer) as { readonly data: string }).data; // as its module writes it
}

/** Starts it and waits until it is registered. */
export async function startBaresip(net: Net, options: BaresipOptions): Promise<Baresip> {
  const name = "baresip";
  const folder = writeConfiguration(net.folder, name, {
    ADDRESS: options.address,
    USER: options.user,
    REGISTRAR: options.registrar,
    ANSWER: options.answers,
    FOLDER: join(net.folder, name),
  });
  writeFileSync(join(folder, "said.wav"), encodeWav(tone(baresipToneHz, options.saysSec ?? 60)));
  writeFileSync(join(folder, "alert.wav"), encodeWav(tone(400, 1)));
  const peer = await startPeer({
    name,
    host: options.host,
    program: "baresip",
    words: ["-f", folder],
    isReady: (output) => /200 OK/.test(output),
  });
  return net.keep({
    ...peer,
    dial: (uri) => void control(options.host, "dial", uri),
    hangUp: () => void control(options.host, "hangup"),
    accept: () => void control(options.host, "accept"),
    calls: () =>
      control(options.host, "listcalls")
        .split("\n")
        .filter((line) => line.includes("[line ")),
    heard() {
      const files = readdirSync(folder)
        .filter((file) => file.endsWith("-dec.wav"))
        .sort();
      const newest = files.at(-1);
      return newest === undefined ? new Int16Array(0) : decodeWav(readFileSync(join(folder, newest)));
    },
  });
}
