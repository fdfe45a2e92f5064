// Emergency calls (architecture section 7), one test for each thing that must hold.
import { expect, test } from "vitest";
import { readDialPlan } from "#firmware/call/dialplan/read.ts";
import { emergencyWait, isEmergencyNumber } from "#firmware/call/local/emergency.ts";
import { type CallSettings, defaultCallSettings } from "#firmware/call/settings.ts";
import { bob, nobody, Rig } from "./rig.ts";

const planned = (inner: string): Partial<CallSettings> => ({
  dialPlan: readDialPlan("dialplan.xml", new TextEncoder().encode(`<DIALTEMPLATE>${inner}</DIALTEMPLATE>`)),
});

const outside = planned(
  `<TEMPLATE MATCH="9,911" Timeout="15" Route="Emergency" Rewrite="911"/><TEMPLATE MATCH="*" Timeout="15"/>`,
);

/** An emergency call that was answered. */
function calling(rig: Rig): string {
  rig.lift();
  rig.digits("911");
  const { call } = rig.lastPlaced;
  rig.answered(call);
  rig.said();
  return call;
}

test("the built-in numbers go with the last digit, as they are, by the emergency route", () => {
  for (const number of ["911", "112", "999", "110", "000"]) {
    const rig = new Rig();
    rig.lift();
    rig.digits(number);
    expect(rig.lastPlaced).toMatchObject({ target: number, route: "emergency", isAnonymous: false });
  }
});

test("a rule with Route=emergency goes with the last digit whatever its timeout says, and as it rewrites", () => {
  const rig = new Rig({ settings: outside });
  rig.lift();
  rig.digits("9911");
  expect(rig.lastPlaced).toMatchObject({ target: "911", route: "emergency" });
});

test("no prefix is needed where the plan has a catch-all only", () => {
  const rig = new Rig({ settings: outside });
  rig.lift();
  rig.digits("911");
  expect(rig.lastPlaced).toMatchObject({ target: "911", route: "emergency" });
});

test("a plan that gives the number another meaning has its way", () => {
  const other = {
    ...defaultCallSettings,
    ...planned(`<TEMPLATE MATCH="11." Timeout="0"/><TEMPLATE MATCH="999" Route="Default"/>`),
  };
  expect(isEmergencyNumber(other, 1, "110")).toBe(false);
  expect(isEmergencyNumber(other, 1, "999")).toBe(false);
  expect(isEmergencyNumber(other, 1, "911")).toBe(true);
});

test("a number that longer ones of the plan begin with waits 3 s, or as the plan says where they spell it out", () => {
  const dots = { ...defaultCallSettings, ...planned(`<TEMPLATE MATCH="11.." Timeout="0"/>`) };
  expect(emergencyWait(dots, 1, "110")).toBe(3_000);
  const spelt = { ...defaultCallSettings, ...planned(`<TEMPLATE MATCH="0,00*" Timeout="5"/>`) };
  expect(emergencyWait(spelt, 1, "000")).toBeUndefined();
  const rig = new Rig({ settings: planned(`<TEMPLATE MATCH="11.." Timeout="0"/>`) });
  rig.lift();
  rig.digits("1101");
  expect(rig.lastPlaced).toMatchObject({ target: "1101", route: "default" });
  rig.rest();
  rig.lift();
  rig.digits("110");
  rig.wait(3_000);
  expect(rig.lastPlaced).toMatchObject({ target: "110", route: "emergency" });
});

test("a locked phone, or one in safe mode, dials emergency numbers and no other", () => {
  const rig = new Rig({ settings: { outgoing: "emergency-only" } });
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  expect(rig.sessions).toEqual([]);
  expect(rig.prompt).toBe("emergency-only");
  rig.rest();
  rig.lift();
  rig.digits("112");
  expect(rig.lastPlaced.route).toBe("emergency");
});

test("a forwarded phone dials them", () => {
  const rig = new Rig({ settings: { forwardTo: "2020" } });
  rig.lift();
  rig.digits("911");
  expect(rig.lastPlaced.route).toBe("emergency");
});

test("a phone that is not to be disturbed, and hides its number, dials them with its number", () => {
  const on = { isOn: true, isLocked: true };
  const preferences = { ...defaultCallSettings.preferences, doNotDisturb: on, callerIdBlocking: on };
  const rig = new Rig({ settings: { preferences } });
  rig.lift();
  rig.digits("911");
  expect(rig.lastPlaced).toMatchObject({ route: "emergency", isAnonymous: false });
});

test("an unregistered phone, even one without any line, tries all the same", () => {
  const rig = new Rig({ settings: { lines: [], keys: [] } });
  rig.lift();
  rig.digits("911");
  expect(rig.lastPlaced).toMatchObject({ line: 1, target: "911", route: "emergency" });
});

test("a phone whose line is full dials them, and does not wait for the hold of the other call", () => {
  const rig = new Rig({ settings: { callsPerLine: 1 } });
  const first = rig.talk("600");
  rig.said();
  rig.soft("hold");
  rig.do({ kind: "dial", target: "911", line: undefined });
  expect(rig.said()).toEqual([`hold ${first}`, `place ${rig.view.calls[1]?.id}`]);
});

test("nothing interrupts it: callers are busy, keys are dead, remote control is deaf", () => {
  const rig = new Rig();
  const call = calling(rig);
  const caller = rig.comes(bob);
  expect(rig.said()).toEqual([`refuse ${caller}`]);
  expect(rig.tone).toBeUndefined();
  for (const id of ["hold", "transfer", "conference", "newCall", "blindTransfer", "redial"] as const)
    rig.do({ kind: "softkey", id, place: 0 });
  rig.do(
    { kind: "line-key", key: 1 },
    { kind: "line-key", key: 2 },
    { kind: "line-key", key: 3 },
    { kind: "flash" },
  );
  rig.do({ kind: "messages" }, { kind: "dial", target: "600", line: 1 }, { kind: "scroll", steps: 1 });
  rig.sip({ kind: "remote-control", call: undefined, action: "hold" });
  expect(rig.said()).toEqual([]);
  expect(rig.listen).toEqual([call]);
  expect(rig.prompt).toBe("emergency-call");
  expect(rig.keys).toEqual(["endCall"]);
});

test("path, mute, volume and digits still work, and the person can end it", () => {
  const rig = new Rig();
  const call = calling(rig);
  rig.do({ kind: "speaker" });
  expect(rig.path).toBe("speaker");
  rig.digits("1");
  expect(rig.media.some((command) => command.kind === "send-digit")).toBe(true);
  rig.soft("endCall");
  expect(rig.said()).toEqual([`hang-up ${call}`]);
});

test("for 30 minutes anybody may call back, through do not disturb, forwarding and blocks, and no longer", () => {
  const on = { isOn: true, isLocked: false };
  const off = { isOn: false, isLocked: false };
  const preferences = {
    ...defaultCallSettings.preferences,
    doNotDisturb: on,
    anonymousCallBlock: on,
    callWaiting: off,
  };
  const rig = new Rig({ settings: { preferences, forwardTo: "2020" } });
  calling(rig);
  rig.rest();
  rig.wait(29 * 60_000);
  const back = rig.comes(nobody);
  expect(rig.said().at(-1)).toBe(`ring ${back}`);
  rig.ended(back, 487);
  rig.wait(2 * 60_000);
  rig.comes(nobody);
  expect(rig.sessions.at(-1)?.kind).toBe("refuse");
  expect(rig.timers).not.toContain("emergency callback");
});

test("an emergency number dialled as the target of a transfer is an emergency call", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  rig.soft("blindTransfer");
  rig.held(first, true);
  rig.said();
  rig.digits("911");
  expect(rig.said()).toEqual([`place ${rig.view.calls[1]?.id}`]);
  expect(rig.states).toEqual(["hold", "proceeding"]);
});
