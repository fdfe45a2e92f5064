// Provisioning under any order of answers, time-outs, addresses and presses: it never stops asking without saying when
// it goes on, never asks one server for ever, and never throws.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FileAnswer } from "#firmware/config/fetch.ts";
import { emptyMemory } from "#firmware/config/memory.ts";
import { createProvisioning } from "#firmware/config/provisioning.ts";
import type { Effect, Event, State } from "#firmware/config/provisioning-state.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const text = (value: string): FileAnswer => ({ kind: "file", bytes: new TextEncoder().encode(value) });
const answers: readonly FileAnswer[] = [
  { kind: "not-found" },
  { kind: "timeout" },
  { kind: "unreachable" },
  { kind: "error", error: 2, text: "no" },
  { kind: "too-large", limitBytes: 1 },
  text(""),
  text("<device>"),
  text("line1_name: 1\nproxy1_address: 192.0.2.9\ntftp_cfg_dir: x"),
  text("call_manager1_addr: 192.0.2.20\ndyn_tftp_addr: 192.0.2.3"),
  { kind: "file", bytes: Uint8Array.of(0, 1) },
];

type Act =
  | { readonly kind: "answer"; readonly flight: number; readonly answer: number }
  | { readonly kind: "timer" | "stop" | "refresh" | "registered" | "dial-template" }
  | { readonly kind: "begin"; readonly servers: number; readonly controllers: boolean }
  | { readonly kind: "type" }
  | { readonly kind: "load"; readonly isAvailable: boolean };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      flight: fc.nat(5),
      answer: fc.nat(answers.length - 1),
    }),
  },
  fc.record({ kind: fc.constantFrom("timer", "stop", "refresh", "registered", "dial-template") }),
  fc.record({ kind: fc.constant("begin" as const), servers: fc.nat(2), controllers: fc.boolean() }),
  fc.record({ kind: fc.constant("type" as const) }),
  fc.record({ kind: fc.constant("load" as const), isAvailable: fc.boolean() }),
);

const settings = fc.record({
  profile: fc.constantFrom("auto", "cisco-sccp", "cisco-sip", "legacy-cnf"),
  imageProtocol: fc.constantFrom("sip", "sccp"),
  mac: fc.constant("00:00:5e:00:53:01"),
  lineKeys: fc.constantFrom(2, 6),
  runningLoad: fc.constant("offhook-0.1.0"),
  failedLoad: fc.constant(undefined),
  languages: fc.constant(["English"]),
  isHttpFirst: fc.boolean(),
  isAliasOn: fc.boolean(),
  isUniversalLoader: fc.boolean(),
});

test("any sequence leaves provisioning asking, waiting with a time, configured, or told to be idle", () => {
  fc.assert(
    fc.property(settings, fc.array(act, { maxLength: 60 }), (given, acts) => {
      const machine = createProvisioning(given, emptyMemory, []);
      const random = createSeededRandom(1);
      let now = 0 as MonoMs;
      let state: State = machine.initial;
      const asked = new Map<string, number>();
      const give = (event: Event | { kind: "timer"; name: string }): readonly Effect[] => {
        const step = machine.step(state, event, { now, random });
        state = step.state;
        for (const effect of step.effects) {
          if (effect.kind !== "fetch") continue;
          const key = `${effect.request.server} ${effect.request.transport} ${effect.request.name}`;
          asked.set(key, (asked.get(key) ?? 0) + 1);
        }
        return step.effects;
      };
      for (const one of acts) {
        now = later(now, 1);
        if (one.kind === "begin" || one.kind === "refresh" || one.kind === "timer") asked.clear();
        switch (one.kind) {
          case "answer": {
            const flights = "courier" in state ? state.courier.flights : [];
            const flight = flights[one.flight % Math.max(1, flights.length)];
            const answer = answers[one.answer];
            if (flight !== undefined && answer !== undefined) give({ kind: "answer", id: flight.id, answer });
            break;
          }
          case "timer": {
            const [timer] = machine.timers(state);
            if (timer === undefined) break;
            now = timer.at;
            give({ kind: "timer", name: timer.name });
            break;
          }
          case "begin": {
            const servers = ["192.0.2.1", "192.0.2.2"].slice(0, one.servers);
            give({
              kind: "begin",
              ground: { servers, isAlternate: false, controllers: one.controllers ? ["192.0.2.30"] : [] },
            });
            break;
          }
          case "type":
            give({ kind: "type", typed: [{ name: "messages_uri", value: "7" }] });
            break;
          case "load":
            give({ kind: "load", name: "x", isAvailable: one.isAvailable });
            break;
          default:
            give({ kind: one.kind });
        }
        // Within one pass no file is asked twice of one server by one transport: no tight loop.
        for (const count of asked.values()) expect(count).toBeLessThanOrEqual(2);
        if (state.kind === "asking") expect(state.courier.flights.length).toBeGreaterThan(0);
        if (state.kind === "waiting") expect(state.retryAt - now).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 300 },
  );
});
