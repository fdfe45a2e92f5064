// startCalls on a media host, mixer, lamps and storage made for the test: what reaches the hardware, what is given back.
import { expect, test } from "vitest";
import { startCalls } from "#firmware/call/client.ts";
import type { CallEffect } from "#firmware/call/desk.ts";
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { MediaCommand, MediaReport } from "#hal/contract/media.ts";
import type { HookEvent } from "#hal/contract/panel.ts";
import type { Storage, StorageChange, StorageTrouble } from "#hal/contract/storage.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { agreed, bob, twoLines } from "./rig.ts";

function bench(kept: ReadonlyMap<string, Uint8Array> = new Map()) {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const book = new LogBook(clock, { write: () => undefined });
  const failures: unknown[] = [];
  const runtime: Runtime = {
    clock,
    random: createSeededRandom(1),
    timers: new TimerTable(clock),
    log: (area) => book.area(area),
    fail: (_area, error) => failures.push(error),
  };
  const commands: MediaCommand[] = [];
  const orders: string[] = [];
  const sessions: CallEffect[] = [];
  const written: StorageChange[] = [];
  const reserved = new Set<number>();
  let next = 1;
  let isFull = false;
  const reports = new Emitter<MediaReport>();
  const storage: Storage = {
    read: (_shelf, key) => kept.get(key),
    keys: () => [...kept.keys()],
    write: async (changes) => {
      written.push(...changes);
    },
    erase: async () => undefined,
    trouble: undefined,
    troubles: new Emitter<StorageTrouble>(),
  };
  const ended = new AbortController();
  const calls = startCalls({
    runtime,
    media: {
      reserve: async () => {
        if (isFull) throw new HalError("busy", "rtp", "reserve", "no port left");
        const id = next++;
        reserved.add(id);
        return { id, rtpPort: 16384 + 2 * id };
      },
      release: (id) => reserved.delete(id),
      command: (command) => commands.push(command),
      reports,
    },
    mixer: {
      setPath: (path) => orders.push(`path ${path}`),
      setVolume: (output, percent) => orders.push(`volume ${output} ${percent}`),
      setMicrophoneMuted: (muted) => orders.push(`muted ${muted}`),
    },
    lamps: { lamps: ["message", "speaker"], set: (lamp, mode) => orders.push(`lamp ${lamp} ${mode}`) },
    hook: { isOffHook: () => false, events: new Emitter<HookEvent>() },
    storage,
    portRange: () => ({ first: 16384, last: 32766, marking: { dscp: 46 } }),
    toneSpec: (name) => ({ name, segments: [], repeats: 0 }),
    ringSpec: ({ name }) => ({ name, segments: [], repeats: 0 }),
    session: (intent) => sessions.push({ kind: "session", intent }),
    station: () => undefined,
    preference: (name, isOn) => orders.push(`preference ${name} ${isOn}`),
    forward: (target) => orders.push(`forward ${target}`),
    openService: (url) => orders.push(`service ${url}`),
    signal: ended.signal,
  });
  const settle = (): Promise<void> => clock.advance(0);
  return {
    clock,
    calls,
    commands,
    orders,
    sessions,
    written,
    reserved,
    reports,
    failures,
    ended,
    settle,
    fill: () => {
      isFull = true;
    },
  };
}

test("a call reaches the hardware as tones, path, stream and listening, and is given back at its end", async () => {
  const { calls, commands, orders, sessions, reserved, settle } = bench();
  calls.send({ kind: "settings", settings: twoLines });
  calls.send({ kind: "intent", intent: { kind: "speaker" } });
  expect(commands.at(-1)).toEqual({ kind: "tone", tone: { name: "inside-dial", segments: [], repeats: 0 } });
  expect(orders).toContain("path speaker");
  expect(orders).toContain("lamp speaker on");
  calls.send({ kind: "intent", intent: { kind: "dial", target: "600", line: undefined } });
  await settle();
  expect(sessions).toMatchObject([
    { intent: { kind: "place", target: "600", local: { portsId: 1, rtpPort: 16386 } } },
  ]);
  calls.send({ kind: "sip", notice: { kind: "media", call: "out-1", media: agreed } });
  calls.send({ kind: "sip", notice: { kind: "answered", call: "out-1", peer: bob } });
  expect(commands.at(-1)).toEqual({ kind: "listen", ids: ["out-1"] });
  calls.send({ kind: "intent", intent: { kind: "speaker" } });
  expect(commands.slice(-2)).toEqual([
    { kind: "listen", ids: [] },
    { kind: "end-stream", id: "out-1" },
  ]);
  expect(reserved.size).toBe(0);
});

test("a full port range is told to the person, any other failure is our own mistake", async () => {
  const { calls, fill, settle, failures } = bench();
  calls.send({ kind: "settings", settings: twoLines });
  fill();
  calls.send({ kind: "intent", intent: { kind: "dial", target: "600", line: undefined } });
  await settle();
  expect(calls.view().prompt).toEqual({ kind: "code", code: "no-ports", facts: {} });
  expect(failures).toEqual([]);
});

test("equal views are told once", () => {
  const { calls, ended } = bench();
  const seen: string[] = [];
  calls.views.subscribe((view) => seen.push(view.boot.phase), { signal: ended.signal });
  const boot = { phase: "ip", trouble: undefined, warnings: [], retryAt: undefined } as const;
  calls.send({ kind: "boot", boot });
  calls.send({ kind: "boot", boot: { ...boot } });
  expect(seen).toEqual(["ip"]);
});

test("log and volumes come back after a restart, and a torn record is no reason not to start", async () => {
  const first = bench();
  first.calls.send({ kind: "settings", settings: twoLines });
  first.calls.send({ kind: "intent", intent: { kind: "volume", steps: 2 } });
  first.calls.send({ kind: "intent", intent: { kind: "dial", target: "600", line: undefined } });
  await first.settle();
  first.calls.send({ kind: "intent", intent: { kind: "speaker" } });
  await first.clock.advance(30_000);
  const kept = new Map(first.written.map(({ key, value }) => [key, value ?? new Uint8Array()]));
  const second = bench(kept);
  expect(second.orders).toContain("volume ringer 70");
  expect(second.calls.view().log.placed.map(({ target }) => target)).toEqual(["600"]);
  const torn = bench(
    new Map([
      ["log", new Uint8Array([123, 34])],
      ["volumes", new Uint8Array([255])],
    ]),
  );
  expect(torn.calls.view().log.placed).toEqual([]);
  expect(torn.orders).toContain("volume ringer 60");
});

test("a phone that goes down gives back ports, streams and sounds, also ports that come later", async () => {
  const { calls, ended, reserved, commands, orders, settle } = bench();
  calls.send({ kind: "settings", settings: twoLines });
  calls.send({ kind: "intent", intent: { kind: "dial", target: "600", line: undefined } });
  await settle();
  calls.send({ kind: "sip", notice: { kind: "media", call: "out-1", media: agreed } });
  calls.send({
    kind: "sip",
    notice: {
      kind: "incoming",
      call: "in-1",
      line: 1,
      from: bob,
      alertInfo: undefined,
      isAutoAnswer: false,
      isEmergencyCallback: false,
      replaces: undefined,
    },
  });
  ended.abort(new Error("shutdown"));
  await settle();
  expect(reserved.size).toBe(0);
  expect(commands).toContainEqual({ kind: "end-stream", id: "out-1" });
  expect(orders.at(-1)).toBe("path undefined");
});
