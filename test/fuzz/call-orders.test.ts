// A call manager that orders anything in any state, with absurd ids, between a person's presses: the terminal never
// throws, remembers no more than it may, keeps no port, and a normal call works afterwards.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ringNames, softkeyIds, toneNames } from "#firmware/call/intents.ts";
import { limits } from "#firmware/call/server/terminal.ts";
import { type ServerOrder, serverCallStates } from "#firmware/sccp/notices.ts";
import { digitKeys } from "#hal/contract/panel.ts";
import { channel, info, registered, ServerRig, startSend } from "#test/unit/call/server-rig.ts";

type Act = (rig: ServerRig) => void;

const number = fc.oneof(fc.nat(3), fc.constantFrom(0, 0xffff_ffff, 0x8000_0000, 1e6));
const at = fc.record({ line: number, ref: number });
const text = fc.string({ maxLength: 40 });
const seconds = fc.constantFrom(0, 1, 10, 0xffff_ffff);
const lampMode = fc.constantFrom("off", "on", "wink", "flash", "blink");
const softkey = fc.option(
  fc.record({ event: number, label: text, id: fc.constantFrom(...softkeyIds) }, { noNullPrototype: true }),
  { nil: undefined },
);
const buttonKind = fc.constantFrom("line", "speed-dial", "feature", "service", "busy-lamp", "none");

const orders: readonly fc.Arbitrary<ServerOrder>[] = [
  fc
    .tuple(at, fc.constantFrom(...serverCallStates))
    .map(([call, state]) => ({ kind: "call-state", at: call, state })),
  fc.tuple(at, fc.constantFrom("in", "out", "forwarded"), text).map(([call, direction, name]) => ({
    kind: "call-info",
    at: call,
    info: info(direction, name, name, name),
  })),
  fc.tuple(at, text).map(([call, digits]) => ({ kind: "dialled-number", at: call, number: digits })),
  at.map((call) => ({ kind: "backspace", at: call })),
  fc
    .tuple(at, fc.constantFrom("ignore", "placed", "received", "missed", "unknown"))
    .map(([call, as]) => ({ kind: "call-history", at: call, as })),
  fc.option(number, { nil: undefined }).map((line) => ({ kind: "call-plane", line })),
  fc
    .tuple(at, fc.constantFrom(...toneNames))
    .map(([call, tone]) => ({ kind: "tone", at: call, tone, direction: "user" })),
  at.map((call) => ({ kind: "tone-stop", at: call })),
  fc
    .tuple(at, fc.constantFrom("off", "silent", ...ringNames), fc.boolean())
    .map(([call, mode, isOnce]) => ({ kind: "ringer", at: call, mode, isOnce })),
  fc.boolean().map((isOn) => ({ kind: "speaker", isOn })),
  fc.boolean().map((isOn) => ({ kind: "microphone", isOn })),
  fc.tuple(number, number, lampMode).map(([stimulus, instance, mode]) => ({
    kind: "lamp",
    target: { kind: "other", stimulus, instance },
    mode,
  })),
  fc
    .tuple(number, lampMode)
    .map(([instance, mode]) => ({ kind: "lamp", target: { kind: "line", instance }, mode })),
  fc
    .array(fc.array(softkey, { maxLength: 40 }), { maxLength: 20 })
    .map((sets) => ({ kind: "softkey-sets", sets })),
  fc.tuple(at, number, number).map(([call, set, mask]) => ({ kind: "softkeys", at: call, set, mask })),
  fc
    .array(fc.record({ kind: buttonKind, instance: number, stimulus: number }), { maxLength: 60 })
    .map((buttons) => ({ kind: "buttons", buttons })),
  fc
    .tuple(number, text)
    .map(([instance, label]) => ({ kind: "line-info", instance, number: label, name: label, label })),
  fc
    .tuple(at, text, seconds)
    .map(([call, words, timeoutSec]) => ({ kind: "prompt", at: call, text: words, timeoutSec })),
  fc
    .tuple(fc.option(number, { nil: undefined }), text, seconds)
    .map(([priority, words, timeoutSec]) => ({ kind: "notify", priority, text: words, timeoutSec })),
  fc.option(number, { nil: undefined }).map((priority) => ({ kind: "clear-notify", priority })),
  fc.tuple(number, at, fc.boolean()).map(([party, call, isIp6Wanted]) => ({
    kind: "open-receive",
    channel: channel(party, call),
    isIp6Wanted,
  })),
  fc.tuple(number, at).map(([party, call]) => startSend(party, call)),
  fc.tuple(number, at).map(([party, call]) => ({ kind: "close-receive", party, at: call })),
  fc.tuple(number, at).map(([party, call]) => ({ kind: "stop-send", party, at: call })),
  fc
    .tuple(text, number)
    .map(([called, ref]) => ({ kind: "statistics-request", number: called, ref, isClearing: true })),
];

const presses: readonly fc.Arbitrary<Act>[] = [
  fc
    .constantFrom("off-hook", "on-hook", "flash", "speaker", "headset", "mute", "messages")
    .map((kind) => (rig: ServerRig) => rig.do({ kind })),
  fc.constantFrom(...digitKeys).map((digit) => (rig: ServerRig) => rig.do({ kind: "digit", digit })),
  fc
    .nat(20)
    .map((place) => (rig: ServerRig) => rig.do({ kind: "softkey", id: rig.keys[place] ?? "hold", place })),
  fc.nat(7).map((key) => (rig: ServerRig) => rig.do({ kind: "line-key", key })),
  fc
    .constantFrom("600", "")
    .map((target) => (rig: ServerRig) => rig.do({ kind: "dial", target, line: undefined })),
  fc.constantFrom("some" as const, "none" as const).map((what) => (rig: ServerRig) => {
    if (rig.asked.length > 0) rig.givePorts(what);
  }),
  fc.nat(20_000).map((ms) => (rig: ServerRig) => rig.wait(ms)),
  fc
    .boolean()
    .map(
      (isUp) => (rig: ServerRig) =>
        rig.link(isUp ? registered : { kind: "connecting", server: registered.server }),
    ),
];

const order: fc.Arbitrary<Act> = fc.oneof(...orders).map((one) => (rig: ServerRig) => rig.order(one));

function checkBounds(rig: ServerRig): void {
  const { control } = rig.state;
  if (control.kind !== "server") throw new Error("still a terminal");
  const { calls, channels, counters, requests, lamps, priorityNotify, hints } = control.server;
  expect(calls.length).toBeLessThanOrEqual(limits.calls);
  expect(channels.length).toBeLessThanOrEqual(limits.channels);
  expect(counters.length).toBeLessThanOrEqual(limits.counters);
  expect(requests.length).toBeLessThanOrEqual(limits.requests);
  expect(Math.max(lamps.size, hints.size)).toBeLessThanOrEqual(limits.entries);
  expect(priorityNotify.size).toBeLessThanOrEqual(limits.priorities);
  expect(rig.view.calls.filter(({ isSelected }) => isSelected).length).toBeLessThanOrEqual(1);
  if (rig.tone !== undefined) expect(rig.path).toBeDefined();
  const owned = rig.state.shown.owners.flatMap(({ ports }) =>
    ports.kind === "reserved" ? [ports.portsId] : [],
  );
  expect([...rig.ports].sort()).toEqual([...owned].sort());
}

test("any orders in any state keep the terminal bounded and return every port", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.oneof(order, order, ...presses), { maxLength: 60 }),
      (isSlow, sequence) => {
        const rig = new ServerRig({ isSlow });
        for (const act of sequence) {
          act(rig);
          checkBounds(rig);
        }
        rig.send({ kind: "stop" });
        while (rig.asked.length > 0) rig.givePorts();
        expect([rig.ports.size, rig.streams.size]).toEqual([0, 0]);
        expect([rig.tone, rig.ring, rig.path]).toEqual([undefined, undefined, undefined]);
      },
    ),
    { numRuns: 300 },
  );
});
