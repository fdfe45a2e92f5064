// The simulated cable and the link port on it: carrier, tags, kinds, counters, and what bad wiring does.
import { expect, test } from "vitest";
import type { LinkState, ReceivedFrame } from "#hal/contract/link.ts";
import { createCable, type Impairment } from "#hal/sim/net/cable.ts";
import { buildFrame } from "#hal/sim/net/ethernet.ts";
import { createPort } from "#hal/sim/net/port.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vector } from "#test/vectors/load.ts";
import { collect, virtualClock } from "./sim-net-rig.ts";

const { signal } = new AbortController();

function makeCable(impairment: Impairment = {}, seed = 1) {
  const clock = virtualClock();
  const cable = createCable({ clock, random: createSeededRandom(seed), impairment });
  return { clock, cable };
}

const numbered = (n: number): Uint8Array =>
  buildFrame("00:11:22:33:44:01", "00:11:22:33:44:55", 0x0800, Uint8Array.of(n >> 8, n & 255));
const numberOf = (frame: Uint8Array): number => ((frame[14] ?? 0) << 8) | (frame[15] ?? 0);

test("a frame arrives at the other end in the same instant, but not inside send", async () => {
  const { clock, cable } = makeCable();
  const got = collect(cable.b.received);
  cable.a.send(numbered(1));
  expect(got).toHaveLength(0);
  await clock.advance(0);
  expect(got.map(numberOf)).toEqual([1]);
  expect(clock.alarmCount).toBe(0);
});

test("delay and jitter keep the order, reordering does not, and both are the same for the same seed", async () => {
  const run = async (impairment: Impairment, seed: number): Promise<number[]> => {
    const { clock, cable } = makeCable(impairment, seed);
    const got = collect(cable.b.received);
    for (let n = 0; n < 200; n++) {
      cable.a.send(numbered(n));
      await clock.advance(1);
    }
    await clock.advance(100);
    return got.map(numberOf);
  };
  const inOrder = Array.from({ length: 200 }, (_, n) => n);
  expect(await run({ delayMs: 10, jitterMs: 20 }, 3)).toEqual(inOrder);
  const reordered = await run({ reorderPct: 20 }, 3);
  expect(reordered).not.toEqual(inOrder);
  expect(reordered.toSorted((a, b) => a - b)).toEqual(inOrder);
  expect(await run({ reorderPct: 20 }, 3)).toEqual(reordered);
  expect(await run({ reorderPct: 20 }, 4)).not.toEqual(reordered);
});

test("loss and duplication come in the share asked for, per direction", async () => {
  const { clock, cable } = makeCable();
  cable.impair({ lossPct: 30 }, "a");
  cable.impair({ duplicatePct: 50 }, "b");
  const atB = collect(cable.b.received);
  const atA = collect(cable.a.received);
  for (let n = 0; n < 1000; n++) {
    cable.a.send(numbered(n));
    cable.b.send(numbered(n));
  }
  await clock.advance(0);
  expect(atB.length).toBeGreaterThan(620);
  expect(atB.length).toBeLessThan(780);
  expect(atA.length).toBeGreaterThan(1400);
  expect(atA.length).toBeLessThan(1600);
});

test("unplugging loses what is on its way, tells both ends once, and nothing passes until the plug is back", async () => {
  const { clock, cable } = makeCable({ delayMs: 5 });
  const got = collect(cable.b.received);
  const states: LinkState[] = [];
  cable.b.changes.subscribe((state) => states.push(state), { signal });
  cable.a.send(numbered(1));
  await clock.advance(1);
  cable.unplug();
  cable.unplug();
  cable.a.send(numbered(2));
  await clock.advance(10);
  cable.plug();
  cable.a.send(numbered(3));
  await clock.advance(10);
  expect(got.map(numberOf)).toEqual([3]);
  expect(states.map(({ isUp, speedMbps }) => [isUp, speedMbps])).toEqual([
    [false, undefined],
    [true, 100],
  ]);
});

test("hosts that answer each other for ever are found out", async () => {
  const { cable } = makeCable();
  let storm: unknown;
  cable.b.received.subscribe((frame) => cable.b.send(frame), { signal });
  cable.a.received.subscribe(
    (frame) => {
      try {
        cable.a.send(frame);
      } catch (error) {
        storm = error;
      }
    },
    { signal },
  );
  cable.a.send(numbered(1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(storm).toMatchObject({ code: "invariant" });
});

test("listeners get their kind with the tag beside the bytes; all sees own frames too", async () => {
  const { clock, cable } = makeCable();
  const port = createPort({ name: "eth0", mac: "00:11:22:33:44:55", end: cable.a, clock, signal });
  const switchPort = createPort({ name: "sw", mac: "00:11:22:33:44:02", end: cable.b, clock, signal });
  const seen: string[] = [];
  const note = (kind: string) => (frame: ReceivedFrame) =>
    seen.push(`${kind}${frame.isOwn ? " own" : ""}${frame.tag === undefined ? "" : ` ${frame.tag.vlanId}`}`);
  const stop = new AbortController();
  port.listen("cdp", note("cdp"), { signal: stop.signal });
  port.listen("dhcp", note("dhcp"), { signal: stop.signal });
  port.listen("all", note("all"), { signal: stop.signal });
  switchPort.send(vector("net", "cdp-switch-scapy").bytes);
  switchPort.send(vector("net", "dhcp-offer-dnsmasq").bytes, { vlanId: 110, priority: 0 });
  port.send(vector("net", "arp-request-linux").bytes, { vlanId: 110, priority: 5 });
  await clock.advance(0);
  expect(seen).toEqual(["all own 110", "all", "cdp", "all 110", "dhcp 110"]);
  stop.abort();
  switchPort.send(vector("net", "cdp-switch-scapy").bytes);
  await clock.advance(0);
  expect(seen).toHaveLength(5);
});

test("the port counts what passes, errors and broadcasts, and loses frames while the link is down", async () => {
  const { clock, cable } = makeCable();
  const life = new AbortController();
  const port = createPort({
    name: "eth0",
    mac: "00:11:22:33:44:55",
    end: cable.a,
    clock,
    signal: life.signal,
  });
  cable.b.send(Uint8Array.of(1, 2, 3));
  cable.b.send(new Uint8Array(1600));
  cable.b.send(vector("net", "arp-request-linux").bytes);
  port.send(numbered(1));
  port.send(Uint8Array.of(1));
  await clock.advance(0);
  cable.unplug();
  port.send(numbered(2));
  cable.plug();
  expect(port.counters()).toEqual({
    receivedFrames: 1,
    sentFrames: 1,
    receiveErrors: 2,
    broadcastsReceived: 1,
  });
  life.abort();
  cable.b.send(numbered(3));
  await clock.advance(0);
  expect(port.counters().receivedFrames).toBe(1);
});
