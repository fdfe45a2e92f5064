// Random sequences of presses, notices, late ports and timers: calls never throw, never keep a port, and the view
// never contradicts itself.
import fc from "fast-check";
import { expect, test } from "vitest";
import { softkeyIds } from "#firmware/call/intents.ts";
import { isActive } from "#firmware/call/local/calls.ts";
import { digitKeys } from "#hal/contract/panel.ts";
import { agreed, bob, carol, nobody, Rig } from "#test/unit/call/rig.ts";

type Act = (rig: Rig) => void;

/** Ids of calls there are, were, or never were. */
const anyCall = (rig: Rig, pick: number): string => {
  const ids = [...rig.view.calls.map(({ id }) => id), "in-1", "out-1", "out-2", "nobody"];
  return ids[pick % ids.length] ?? "nobody";
};

const pick = fc.nat(50);

const acts: readonly fc.Arbitrary<Act>[] = [
  fc
    .constantFrom("off-hook", "on-hook", "flash", "speaker", "headset", "mute", "messages")
    .map((kind) => (rig: Rig) => rig.do({ kind })),
  fc.constantFrom(...digitKeys).map((digit) => (rig: Rig) => rig.do({ kind: "digit", digit })),
  fc.constantFrom(...digitKeys).map((digit) => (rig: Rig) => rig.do({ kind: "digit-up", digit })),
  fc.constantFrom(...softkeyIds).map((id) => (rig: Rig) => rig.do({ kind: "softkey", id, place: 0 })),
  pick.map((at) => (rig: Rig) => {
    const id = rig.keys[at % Math.max(1, rig.keys.length)];
    if (id !== undefined) rig.do({ kind: "softkey", id, place: 0 });
  }),
  fc.integer({ min: 0, max: 7 }).map((key) => (rig: Rig) => rig.do({ kind: "line-key", key })),
  fc
    .constantFrom("600", "911", "112", "", "sip:x@192.0.2.1", "+49 (30) 1")
    .map((target) => (rig: Rig) => rig.do({ kind: "dial", target, line: undefined })),
  fc.integer({ min: -2, max: 2 }).map((steps) => (rig: Rig) => rig.do({ kind: "scroll", steps })),
  fc
    .tuple(fc.constantFrom(bob, carol, nobody), fc.integer({ min: 1, max: 3 }), fc.boolean(), pick)
    .map(([from, line, isAutoAnswer, at]) => (rig: Rig) => {
      rig.comes(from, { line, isAutoAnswer, replaces: at % 5 === 0 ? anyCall(rig, at) : undefined });
    }),
  fc.tuple(pick, fc.constantFrom(100, 180, 181, 182, 183, 199)).map(
    ([at, status]) =>
      (rig: Rig) =>
        rig.sip({
          kind: "progress",
          call: anyCall(rig, at),
          status,
          isRinging: status === 180,
          alertInfo: undefined,
        }),
  ),
  pick.map((at) => (rig: Rig) => rig.sip({ kind: "media", call: anyCall(rig, at), media: agreed })),
  pick.map((at) => (rig: Rig) => rig.sip({ kind: "answered", call: anyCall(rig, at), peer: carol })),
  fc.tuple(pick, fc.boolean()).map(
    ([at, isHeld]) =>
      (rig: Rig) =>
        rig.held(anyCall(rig, at), isHeld),
  ),
  fc.tuple(pick, fc.boolean()).map(
    ([at, isHeld]) =>
      (rig: Rig) =>
        rig.sip({ kind: "held-by-peer", call: anyCall(rig, at), isHeld }),
  ),
  fc.tuple(pick, fc.constantFrom(100, 200, 202, 404, 501, 603)).map(
    ([at, status]) =>
      (rig: Rig) =>
        rig.sip({ kind: "transfer-progress", call: anyCall(rig, at), status }),
  ),
  fc.tuple(pick, fc.constantFrom(undefined, 200, 404, 486, 487, 600)).map(
    ([at, status]) =>
      (rig: Rig) =>
        rig.ended(anyCall(rig, at), status, "reason"),
  ),
  fc.tuple(pick, fc.constantFrom("talk", "hold"), fc.boolean()).map(
    ([at, action, isNamed]) =>
      (rig: Rig) =>
        rig.sip({ kind: "remote-control", call: isNamed ? anyCall(rig, at) : undefined, action }),
  ),
  fc
    .boolean()
    .map(
      (isWaiting) => (rig: Rig) =>
        rig.sip({ kind: "messages-waiting", line: 1, isWaiting, newCount: 1, oldCount: 0 }),
    ),
  fc.constantFrom("some" as const, "none" as const).map((what) => (rig: Rig) => {
    if (rig.asked.length > 0) rig.givePorts(what);
  }),
  fc.nat(40_000).map((ms) => (rig: Rig) => rig.wait(ms)),
  pick.map(
    (at) => (rig: Rig) => rig.send({ kind: "media", report: { kind: "first-packet", id: anyCall(rig, at) } }),
  ),
  fc.boolean().map((isPlugged) => (rig: Rig) => rig.send({ kind: "headset", isPlugged })),
];

function checkConsistent(rig: Rig): void {
  const { control, desk, shown } = rig.state;
  const { view } = rig;
  if (control.kind !== "local") throw new Error("still local");
  const { calls, conference, focus } = control.local;
  const active = calls.filter(isActive);
  const isConference = active.length === 2 && active.every(({ id }) => conference?.includes(id));
  expect(
    active.length <= 1 || isConference,
    `active: ${active.map(({ id, stage }) => `${id} ${stage.kind}`)}`,
  ).toBe(true);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(view.calls.filter(({ isSelected }) => isSelected).length).toBeLessThanOrEqual(1);
  expect(focus === undefined || calls.some(({ id }) => id === focus)).toBe(true);
  expect(
    calls.length > 0 && focus === undefined && calls.some(({ stage }) => stage.kind !== "replaced"),
  ).toBe(false);
  expect(desk.audio.path === "handset" && !desk.audio.isHandsetUp).toBe(false);
  if (active.some(({ stage }) => stage.kind !== "transferring"))
    expect(desk.audio.path, "an active call has a path").toBeDefined();
  if (rig.tone !== undefined) expect(rig.path).toBeDefined();
  expect(rig.listen.every((id) => rig.streams.has(id))).toBe(true);
  const owned = shown.owners.flatMap(({ ports }) => (ports.kind === "reserved" ? [ports.portsId] : []));
  expect([...rig.ports].sort()).toEqual([...owned].sort());
  const emergency = calls.filter((call) => call.isEmergency && isActive(call));
  expect(emergency.length).toBeLessThanOrEqual(1);
}

test("any sequence of presses and notices keeps the phone consistent and returns every port", () => {
  const settings = fc.record({
    isTransferOnHook: fc.boolean(),
    isSemiAttendedTransfer: fc.boolean(),
    isConferenceJoined: fc.boolean(),
    canCallerAutoAnswer: fc.boolean(),
    hasStutterTone: fc.boolean(),
  });
  fc.assert(
    fc.property(
      settings,
      fc.boolean(),
      fc.array(fc.oneof(...acts), { maxLength: 60 }),
      (more, isSlow, sequence) => {
        const rig = new Rig({ settings: more, isSlow });
        for (const act of sequence) {
          act(rig);
          checkConsistent(rig);
        }
        rig.send({ kind: "stop" });
        while (rig.asked.length > 0) rig.givePorts();
        expect(rig.ports.size).toBe(0);
        expect(rig.streams.size).toBe(0);
        expect([rig.tone, rig.ring, rig.path]).toEqual([undefined, undefined, undefined]);
      },
    ),
    { numRuns: 300 },
  );
});
