// The cable on a Unix socket that a QEMU guest uses.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCable } from "#hal/sim/net/cable.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { FrameReader, framed, serveFrameSocket } from "#test/lab/frame-socket.ts";
import { collect, virtualClock } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

let folder: string;
let life: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "frames-"));
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  rmSync(folder, { recursive: true });
});

const arp = vector("net", "arp-request-linux").bytes;

test("frames come out of any chunks, and a length that is none is an error", () => {
  const stream = [...framed(arp), ...framed(new Uint8Array(1522)), ...framed(arp)];
  const reader = new FrameReader();
  const lengths: number[] = [];
  for (let at = 0; at < stream.length; at += 7)
    for (const frame of reader.push(Uint8Array.from(stream.slice(at, at + 7)))) lengths.push(frame.length);
  expect(lengths).toEqual([42, 1522, 42]);
  expect(() => new FrameReader().push(Uint8Array.of(0, 1, 0, 0))).toThrow(RangeError);
});

test("a guest's frames reach the cable and the cable's reach the guest; nonsense ends the guest, not the lab", async () => {
  const cable = createCable({ clock: virtualClock(), random: createSeededRandom(1) });
  const path = join(folder, "guest");
  await serveFrameSocket(path, cable.b, life.signal);
  const inside = collect(cable.a.received);
  const guest = connect(path);
  guest.write(framed(arp));
  const heard = once(guest, "data");
  await new Promise<void>((resolve) => cable.a.received.subscribe(() => resolve(), { signal: life.signal }));
  cable.a.send(arp.slice());
  expect(new Uint8Array((await heard)[0])).toEqual(framed(arp));
  expect(inside).toEqual([arp]);
  guest.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  await once(guest, "close");
  const next = connect(path);
  next.write(framed(arp));
  await new Promise<void>((resolve) => cable.a.received.subscribe(() => resolve(), { signal: life.signal }));
  expect(inside).toHaveLength(2);
  next.destroy();
});
