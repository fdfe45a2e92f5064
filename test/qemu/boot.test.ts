// The flashable image from power-on to a registered phone, in the lab's switch; then a call with the hook lifted and 6 0 0
// pressed on lines driven from outside the guest, its echo through the sound device, and the panel read back.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { createRandom } from "#hal/linux/random.ts";
import { splitTag } from "#hal/sim/net/ethernet.ts";
import { speech } from "#hal/sim/speech.ts";
import { callStates, makeRig, type QemuRig, registered, shown } from "./rig.ts";

const rateHz = 8000;
const spokenSec = 40;
const heardSec = 6;
const said = speech({ random: createRandom() })(spokenSec * rateHz);
const mouth = join(tmpdir(), `offhook-mouth-${process.pid}.raw`);
const ear = join(tmpdir(), `offhook-ear-${process.pid}.raw`);
let rig: QemuRig;
const voiceFrames = new Set<number>();

beforeAll(async () => {
  writeFileSync(mouth, Buffer.from(said.buffer, said.byteOffset, said.byteLength));
  writeFileSync(ear, Buffer.alloc(1 << 20));
  rig = await makeRig({ plainDisks: [mouth, ear] });
  rig.lab.phone.inside.received.subscribe(
    (frame) => {
      const tag = splitTag(frame)?.tag;
      if (tag !== undefined) voiceFrames.add(tag.vlanId);
    },
    { signal: rig.lab.signal },
  );
  await registered(rig.machine);
});
afterAll(() => rig.close());

test("power-on, voice VLAN by CDP, tagged DHCP, files by TFTP, registered", async () => {
  const { lab, machine } = rig;
  const report = await registered(machine);
  expect(report.phases.find(({ name }) => name === "vlan")?.endedBy).toContain("110");
  expect(lab.log.lines({ by: "dhcp voice" }).length).toBeGreaterThan(0);
  expect(lab.log.entries.some(({ by, what }) => by.startsWith("tftp") && what === "read")).toBe(true);
  expect(lab.log.entries.some(({ what }) => what === "registered")).toBe(true);
  expect([...voiceFrames]).toEqual([110]);
});

test("every part of the board works, and the firmware is no root", async () => {
  const { machine } = rig;
  const hal = await shown(machine, "show hal");
  for (const part of ["panel", "keypad", "hook", "lamp", "sound", "storage", "supervisor"])
    expect(hal).toContain(part);
  expect(hal).not.toMatch(/missing|degraded/);
  const status = await machine.shell("cat /proc/$(cat /run/offhook.pid)/status");
  expect(status).toMatch(/Uid:\s+100\s+100\s+100\s+100/);
  expect(status).toMatch(/CapEff:\s+0000000002803000/); // NET_ADMIN, NET_RAW, SYS_NICE, SYS_TIME
});

test("lifted, 6 0 0 by lines from outside: connected, the echo is heard, the panel shows what show lcd says", async () => {
  const { machine } = rig;
  const { outside } = machine;
  await outside.set("hook", true);
  await machine.until("dial tone", 60_000, async () =>
    (await callStates(machine)).includes("off-hook") ? true : undefined,
  );
  for (const key of ["6", "0", "0"] as const) await outside.press(key);
  await machine.until("the call is connected", 60_000, async () =>
    (await callStates(machine)).includes("connected") ? true : undefined,
  );
  await machine.shell(
    "(aplay -q -t raw -f S16_LE -r 8000 -c 1 -D plughw:CARD=Loopback,DEV=1,SUBDEV=1 /dev/vdb &)",
  ); // no job of this shell, which would tell its end in the middle of an answer
  await machine.shell(
    `arecord -q -t raw -f S16_LE -r 8000 -c 1 -d ${heardSec} -D plughw:CARD=Loopback,DEV=1,SUBDEV=0 > /run/ear; dd if=/run/ear of=/dev/vdc bs=64k; sync`,
  );
  const bytes = readFileSync(ear).subarray(0, heardSec * rateHz * 2);
  const heard = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const found = matches(heard);
  process.stdout.write(`audioMatch by half seconds: ${found.map((match) => match.toFixed(2)).join(" ")}\n`);
  const [median = 0] = found.toSorted((a, b) => a - b).slice(Math.floor(found.length / 2));
  expect(median).toBeGreaterThanOrEqual(0.9);

  await machine.until("the panel shows what show lcd says", 60_000, async () => {
    const path = "/run/offhook/lcd.png";
    await machine.console(`show lcd png ${path}`);
    const screen = await outside.screen(); // at once: the call's seconds go on
    const picture = PNG.sync.read(
      Buffer.from((await machine.shell(`base64 ${path}`)).replace(/\s/g, ""), "base64"),
    );
    expect([screen.width, screen.height]).toEqual([picture.width, picture.height]);
    return differing(picture, screen.pixels) === 0 ? true : undefined;
  });
  await outside.set("hook", false);
  await machine.until("the call is over", 60_000, async () =>
    (await callStates(machine)).length === 0 ? true : undefined,
  );
});

/**
 * How well each second of what was heard, begun every half second, is found in what was said. The guest is emulated: on a
 * busy machine packets come in heaps and the jitter buffer must leave some out, so it is the median that must be good.
 */
function matches(heard: Int16Array): readonly number[] {
  const starts = Array.from({ length: 2 * heardSec - 1 }, (_, half) => (half * rateHz) / 2);
  return starts.map((from) => audioMatch(heard.subarray(from, from + rateHz), said, said.length).match);
}

function differing(picture: PNG, pixels: Uint32Array): number {
  let count = 0;
  for (const [index, pixel] of pixels.entries()) if (pixel !== picture.data.readUIntBE(index * 4, 3)) count++;
  return count;
}
