// Whole frames over a real wire: tags in and out, filters in the kernel, times of arrival, floods.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FrameKind, LinkPort, ReceivedFrame } from "#hal/contract/link.ts";
import { startIo } from "#hal/linux/io/io.ts";
import { openLinkPort } from "#hal/linux/link-port.ts";
import { monitorChanges, Rtnetlink } from "#hal/linux/netlink/rtnetlink.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { vector } from "#test/vectors/load.ts";
import { type KernelRig, openKernelRig } from "./kernel-rig.ts";
import { eventually } from "./peer.ts";

let rig: KernelRig;
/** A second wire inside the phone's namespace, so that both ends are in this process. */
let far: LinkPort;
let near: LinkPort;
let closeWires: () => Promise<void>;
beforeAll(async () => {
  rig = await openKernelRig();
  rig.net.phone.run("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0");
  for (const name of ["near0", "far0"]) rig.net.phone.run("ip", "link", "set", name, "up");
  const io = startIo({
    worker: sourceWorkers().io,
    originNs: rig.kernel.originNs,
    failed: (error) => {
      throw error;
    },
  });
  const netlink = new Rtnetlink();
  const { messages, close } = monitorChanges(io);
  const open = (name: string) =>
    openLinkPort({ name, io, netlink, messages, signal: new AbortController().signal });
  const [nearPort, farPort] = [open("near0"), open("far0")];
  [near, far] = [nearPort, farPort];
  closeWires = async () => {
    nearPort.close();
    farPort.close();
    close();
    netlink.close();
    await io.close();
  };
  await eventually("carrier", () => near.state().isUp && far.state().isUp);
});
afterAll(async () => {
  await closeWires();
  await rig.close();
});

const arp = vector("net", "arp-reply-linux").bytes;
const cdp = vector("cdp/frames", "switch-voice-vlan-100").bytes;

/** Collects frames of a kind at the far end until `count` are there. */
function collect(kind: FrameKind, count: number): Promise<ReceivedFrame[]> {
  const controller = new AbortController();
  const frames: ReceivedFrame[] = [];
  return new Promise((resolve) => {
    const take = (frame: ReceivedFrame): void => {
      frames.push(frame);
      if (frames.length < count) return;
      controller.abort();
      resolve(frames);
    };
    far.listen(kind, take, { signal: controller.signal });
  });
}

test("a frame arrives as it was sent, at a time between sending and now", async () => {
  const arrival = collect("arp", 1);
  const before = rig.kernel.clock.now();
  near.send(arp);
  const [frame] = await arrival;
  expect(frame).toMatchObject({ bytes: arp, tag: undefined, isOwn: false });
  expect(frame?.at).toBeGreaterThanOrEqual(before - 0.1);
  expect(frame?.at).toBeLessThanOrEqual(rig.kernel.clock.now());
});

test("an 802.1Q tag crosses the wire beside the bytes, also where the kernel has no VLANs", async () => {
  const arrival = collect("cdp", 2);
  near.send(cdp, { vlanId: 110, priority: 5 });
  near.send(cdp, { vlanId: 0, priority: 7 });
  const frames = await arrival;
  expect(frames.map(({ tag }) => tag)).toEqual([
    { vlanId: 110, priority: 5 },
    { vlanId: 0, priority: 7 },
  ]);
  expect(frames[0]?.bytes).toEqual(cdp);
});

test("a longest tagged frame passes, a longer one is refused with its length", async () => {
  const frame = new Uint8Array(1514);
  frame.set(arp);
  const arrival = collect("arp", 1);
  near.send(frame, { vlanId: 4094, priority: 0 });
  expect((await arrival)[0]?.bytes).toHaveLength(1514);
  expect(() => near.send(new Uint8Array(1515))).toThrow("1515 bytes, 14 to 1514 belong");
});

test("each listener gets its kind alone; a capture gets both directions", async () => {
  const kinds: string[] = [];
  const controller = new AbortController();
  for (const kind of ["cdp", "lldp", "arp", "dhcp"] as const)
    far.listen(kind, () => kinds.push(kind), { signal: controller.signal });
  const all = collect("all", 3);
  near.send(arp);
  near.send(cdp, { vlanId: 100, priority: 3 });
  far.send(cdp, { vlanId: 100, priority: 3 });
  const frames = await all;
  expect(frames.map(({ isOwn, tag }) => [isOwn, tag?.vlanId])).toEqual([
    [false, undefined],
    [false, 100],
    [true, 100],
  ]);
  await eventually("both kinds", () => kinds.length === 2);
  controller.abort();
  expect(kinds.sort()).toEqual(["arp", "cdp"]);
});

test("a frame sent while the wire is down is lost without an error, and the next one after it arrives", async () => {
  rig.net.phone.run("ip", "link", "set", "near0", "down");
  near.send(arp);
  rig.net.phone.run("ip", "link", "set", "near0", "up");
  await eventually("carrier", () => near.state().isUp);
  const arrival = collect("arp", 1);
  near.send(arp);
  expect(await arrival).toHaveLength(1);
});

test("a flood of 20000 frames neither stops the thread nor loses the listener", async () => {
  let seen = 0;
  const controller = new AbortController();
  far.listen("arp", () => seen++, { signal: controller.signal });
  for (let count = 0; count < 20_000; count++) near.send(arp);
  await eventually("some of the flood", () => seen > 100);
  const arrival = collect("cdp", 1);
  near.send(cdp);
  expect(await arrival).toHaveLength(1);
  controller.abort();
});
