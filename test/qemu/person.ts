// The person at the handset: hook and keys by lines from outside the guest; mouth and ear by the far side of the guest's
// sound loop, where a player and a recorder of the development image read and write plain disks, or files of the guest.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { createRandom } from "#hal/linux/random.ts";
import { speech } from "#hal/sim/speech.ts";
import type { Machine } from "./machine.ts";
import type { OutsideLine } from "./outside.ts";
import { callsAre } from "./rig.ts";

const rateHz = 8000;
const spokenSec = 40;
const heardSec = 6;
const format = "-q -t raw -f S16_LE -r 8000 -c 1";

/** How a machine's hook and keys are reached. */
export interface Hands<Key> {
  setHook(machine: Machine, isLifted: boolean): Promise<void>;
  press(machine: Machine, key: Key): Promise<unknown>;
}

/** On the PL061 of `virt`. */
export const pl061Hands: Hands<OutsideLine> = {
  setHook: ({ outside }, isLifted) => outside.set("hook", isLifted),
  press: ({ outside }, key) => outside.press(key),
};

export interface PersonOptions<Key> {
  readonly hands: Hands<Key>;
  /** Where the guest has what is said; the first disk unless told. */
  readonly mouth?: string;
  /** What the ear heard comes back over the root shell instead of on the second disk. */
  readonly hearsByShell?: boolean;
}

export interface Person<Key> {
  /** For the machine's `plainDisks`, first of all: /dev/vdb is the mouth, /dev/vdc the ear. */
  readonly disks: readonly string[];
  /** Lifts the handset and presses keys; resolves when the call is connected. */
  call(machine: Machine, keys: readonly Key[]): Promise<void>;
  /** Speaks and listens for six seconds of the guest's: the median of how well each second of it is found in what was said. */
  hearsItself(machine: Machine): Promise<number>;
  hangUp(machine: Machine): Promise<void>;
  close(): void;
}

/** Makes the disks; a file has one person. */
export function createPerson<Key>({ hands, mouth: place, hearsByShell }: PersonOptions<Key>): Person<Key> {
  const said = speech({ random: createRandom() })(spokenSec * rateHz);
  const mouth = join(tmpdir(), `offhook-mouth-${process.pid}.raw`);
  const ear = join(tmpdir(), `offhook-ear-${process.pid}.raw`);
  writeFileSync(mouth, Buffer.from(said.buffer, said.byteOffset, said.byteLength));
  writeFileSync(ear, Buffer.alloc(1 << 20));
  /**
   * How well each second of what was heard, begun every half second, is found in what was said. The guest is emulated: on a
   * busy machine packets come in heaps and the jitter buffer must leave some out, so it is the median that must be good.
   */
  const matches = (heard: Int16Array): readonly number[] => {
    const starts = Array.from({ length: 2 * heardSec - 1 }, (_, half) => (half * rateHz) / 2);
    return starts.map((from) => audioMatch(heard.subarray(from, from + rateHz), said, said.length).match);
  };
  const heard = async (machine: Machine): Promise<Buffer> => {
    if (hearsByShell === true) return Buffer.from(await machine.shell("base64 /run/ear"), "base64");
    await machine.shell("dd if=/run/ear of=/dev/vdc bs=64k; sync");
    return readFileSync(ear);
  };
  return {
    disks: [mouth, ear],
    async call(machine, keys) {
      await hands.setHook(machine, true);
      await callsAre(machine, "dial tone", (calls) => calls.includes("off-hook"));
      for (const key of keys) await hands.press(machine, key);
      await callsAre(machine, "the call is connected", (calls) => calls.includes("connected"));
    },
    async hearsItself(machine) {
      await machine.shell(
        `(aplay ${format} -D plughw:CARD=Loopback,DEV=1,SUBDEV=1 ${place ?? "/dev/vdb"} & echo $! > /run/mouth.pid)`,
      ); // no job of this shell, which would tell its end in the middle of an answer
      await machine.shell(
        `arecord ${format} -d ${heardSec} -D plughw:CARD=Loopback,DEV=1,SUBDEV=0 > /run/ear; kill $(cat /run/mouth.pid)`,
      );
      const bytes = (await heard(machine)).subarray(0, heardSec * rateHz * 2);
      const found = matches(
        new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
      );
      process.stdout.write(
        `audioMatch by half seconds: ${found.map((match) => match.toFixed(2)).join(" ")}\n`,
      );
      return found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
    },
    async hangUp(machine) {
      await hands.setHook(machine, false);
      await callsAre(machine, "the call is over", (calls) => calls.length === 0);
    },
    close() {
      for (const path of [mouth, ear]) rmSync(path, { force: true });
    },
  };
}
