// TCP over bad cables: whatever is lost, repeated, late or out of order, the same bytes arrive, and both ends close.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CloseReason, Connection } from "#hal/contract/sockets.ts";
import { ReceiveQueue } from "#hal/sim/net/tcp-receive-queue.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { collect, createPair, serverAddress } from "./sim-net-rig.ts";

const { signal } = new AbortController();

interface Side {
  readonly writes: readonly number[];
  readonly pauseMs: number;
}

/** Writes of these sizes, a pause between them, then a close; bytes are numbered so that order shows. */
async function talk(
  { writes, pauseMs }: Side,
  connection: Connection,
  sleep: (ms: number) => Promise<void>,
  offset: number,
): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let at = offset;
  for (const size of writes) {
    const part = Uint8Array.from({ length: size }, () => (at++ * 31) & 255);
    connection.write(part);
    all.push(part);
    await sleep(pauseMs);
  }
  connection.close();
  return Uint8Array.from(Buffer.concat(all));
}

const side = fc.record({
  writes: fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 12 }),
  pauseMs: fc.constantFrom(0, 1, 30, 500),
});
const cable = fc.record({
  lossPct: fc.integer({ min: 0, max: 30 }),
  duplicatePct: fc.integer({ min: 0, max: 30 }),
  reorderPct: fc.integer({ min: 0, max: 40 }),
  delayMs: fc.constantFrom(0, 1, 40),
  jitterMs: fc.constantFrom(0, 10),
});

test("any interleaving of losses, repetitions and late segments delivers the same bytes both ways", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), side, side, cable, async (seed, one, other, impairment) => {
      const pair = await createPair({ seed, impairment });
      const { clock, phone, server } = pair;
      const sleep = (ms: number): Promise<void> => clock.sleep(ms, { signal });
      const listener = await server.sockets.listenTcp(2000, { signal });
      const accepted = collect(listener.connections);
      const opening = phone.sockets.connectTcp(
        { address: serverAddress, port: 2000 },
        { timeoutMs: 600_000, signal },
      );
      opening.catch(() => undefined); // ARP itself may be lost three times: then there is nothing to see
      await clock.advance(20_000);
      const there = accepted[0];
      if (there === undefined) {
        pair.close();
        return;
      }
      const here = await opening;
      const received: [Uint8Array[], Uint8Array[]] = [[], []];
      const closed: CloseReason[] = [];
      for (const [index, connection] of [here, there].entries()) {
        connection.chunks.subscribe((chunk) => received[index]?.push(chunk), { signal });
        connection.closed.subscribe((reason) => closed.push(reason), { signal });
      }
      const sent = Promise.all([talk(one, here, sleep, 0), talk(other, there, sleep, 7)]);
      await clock.runUntil("both ends are closed", () => closed.length === 2, 3_000_000);
      const [fromHere, fromThere] = await sent;
      expect(closed).toEqual([{ kind: "finished" }, { kind: "finished" }]);
      expect(Buffer.concat(received[1]).equals(Buffer.from(fromHere))).toBe(true);
      expect(Buffer.concat(received[0]).equals(Buffer.from(fromThere))).toBe(true);
      pair.close();
      expect(clock.alarmCount).toBe(0);
    }),
    { numRuns: 40, seed: 7 },
  );
});

test("the receive queue gives every byte once and in order, however a stream is cut up", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 400 }), fc.integer(), (seed, length, start) => {
      const random = createSeededRandom(seed);
      const below = (limit: number): number => Math.floor((random.u32() / 2 ** 32) * limit);
      const stream = Uint8Array.from({ length }, (_, n) => n & 255);
      const first = start >>> 0;
      const queue = new ReceiveQueue(first);
      const got: number[] = [];
      let isFinished = false;
      for (let round = 0; round < 2000 && !isFinished; round++) {
        const from = below(length + 1);
        const to = from + below(length - from + 1);
        const isFin = to === length;
        const result = queue.add((first + from) >>> 0, stream.subarray(from, to), isFin, 65_535);
        for (const chunk of result.chunks) got.push(...chunk);
        isFinished = result.isFinished;
      }
      expect(Uint8Array.from(got)).toEqual(stream.subarray(0, got.length));
      if (isFinished) expect(got.length).toBe(length);
    }),
    { numRuns: 200, seed: 3 },
  );
});
