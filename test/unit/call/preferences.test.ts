// Features a person switches: forwarding, do not disturb, blocking, auto-answer, messages, speed dials.
import { expect, test } from "vitest";
import { defaultCallSettings, type PreferenceName } from "#firmware/call/settings.ts";
import { bob, carol, nobody, Rig, type RigOptions } from "./rig.ts";

/** A phone with one preference switched on. */
function having(name: PreferenceName, isLocked = false, options: RigOptions = {}): Rig {
  const preferences = { ...defaultCallSettings.preferences, [name]: { isOn: true, isLocked } };
  return new Rig({ ...options, settings: { ...options.settings, preferences } });
}

test("anonymous callers are refused at once where that is on, without a ring, and listed as missed", () => {
  const rig = having("anonymousCallBlock");
  const call = rig.comes(nobody);
  expect(rig.sessions).toEqual([{ kind: "refuse", call, reason: "anonymous" }]);
  expect(rig.ring).toBeUndefined();
  expect(rig.view.log.missed).toHaveLength(1);
  rig.comes(bob);
  expect(rig.ring).toBeDefined();
});

test("caller-id blocking sends every call as anonymous", () => {
  const rig = having("callerIdBlocking");
  rig.talk("600");
  expect(rig.lastPlaced.isAnonymous).toBe(true);
  const open = new Rig();
  open.talk("600");
  expect(open.lastPlaced.isAnonymous).toBe(false);
});

test("do not disturb refuses without ringing, shows on the idle screen, and DND switches it", () => {
  const rig = new Rig();
  rig.soft("doNotDisturb");
  expect(rig.effects.at(-1)).toEqual({ kind: "preference", name: "doNotDisturb", isOn: true });
  expect(rig.view.isDoNotDisturb).toBe(true);
  rig.wait(10_000);
  expect(rig.prompt).toBe("do-not-disturb");
  const call = rig.comes();
  expect(rig.sessions).toEqual([{ kind: "refuse", call, reason: "do-not-disturb" }]);
  rig.soft("doNotDisturb");
  rig.comes();
  expect(rig.ring).toBeDefined();
});

test("a preference the configuration fixed cannot be switched", () => {
  const rig = having("doNotDisturb", true);
  rig.soft("doNotDisturb");
  expect(rig.prompt).toBe("preference-locked");
  expect(rig.view.isDoNotDisturb).toBe(true);
});

test("CFwdAll asks for a number, confirms, deflects calls, and ends with the next press", () => {
  const rig = new Rig();
  rig.soft("forwardAll");
  expect(rig.prompt).toBe("enter-forward-target");
  expect(rig.path).toBe("speaker");
  rig.digits("2020");
  rig.soft("dial");
  expect(rig.effects.find(({ kind }) => kind === "forward")).toEqual({ kind: "forward", target: "2020" });
  expect(rig.tone).toBe("confirmation");
  expect(rig.view.forwardedTo).toBe("2020");
  rig.wait(1_000);
  expect(rig.isQuiet).toBe(true);
  rig.wait(10_000);
  expect(rig.view.prompt).toEqual({ kind: "code", code: "forwarded-to", facts: { target: "2020" } });
  const call = rig.comes();
  expect(rig.sessions).toEqual([{ kind: "deflect", call, target: "2020" }]);
  expect(rig.ring).toBeUndefined();
  rig.soft("forwardAll");
  expect(rig.prompt).toBe("forward-cancelled");
  rig.comes();
  expect(rig.ring).toBeDefined();
});

test("forwarding goes before do not disturb, and comes from the settings as well", () => {
  const rig = having("doNotDisturb", false, { settings: { forwardTo: "2020" } });
  const call = rig.comes();
  expect(rig.sessions).toEqual([{ kind: "deflect", call, target: "2020" }]);
});

test("emergency services are no place to forward to", () => {
  const rig = new Rig();
  rig.soft("forwardAll");
  rig.digits("911");
  rig.soft("dial");
  expect(rig.view.forwardedTo).toBeUndefined();
  expect(rig.sessions).toEqual([]);
  expect(rig.tone).toBe("reorder");
});

test("FEA-029 IND-010 a line with auto-answer connects on the speaker after a beep, if the phone is idle", () => {
  const rig = new Rig({ settings: { autoAnswerLines: [1] } });
  const call = rig.comes();
  expect(rig.said()).toEqual([`ring ${call}`, `answer ${call}`]);
  expect(rig.path).toBe("speaker");
  expect(rig.tone).toBe("auto-answer");
  expect(rig.ring).toBeUndefined();
  rig.wait(500);
  expect(rig.tone).toBeUndefined();
  rig.comes(carol);
  expect(rig.states).toEqual(["connected", "ring-in"]);
  const other = new Rig({ settings: { autoAnswerLines: [1] } });
  other.comes(bob, { line: 2 });
  expect(other.states).toEqual(["ring-in"]);
});

test("FEA-030 a caller may ask for it only where the configuration allows that", () => {
  const closed = new Rig();
  closed.comes(bob, { isAutoAnswer: true });
  expect(closed.states).toEqual(["ring-in"]);
  const open = new Rig({ settings: { canCallerAutoAnswer: true } });
  open.comes(bob, { isAutoAnswer: true });
  expect(open.states).toEqual(["connected"]);
});

test("IND-007 KEY-015 messages light the handset, mark the line, and stutter the dial tone where that is on", () => {
  const rig = new Rig({ settings: { hasStutterTone: true } });
  rig.sip({ kind: "messages-waiting", line: 1, isWaiting: true, newCount: 2, oldCount: 0 });
  expect(rig.lamps.get("message")).toBe("on");
  expect(rig.view.lineKeys.map(({ hasMessages }) => hasMessages)).toEqual([true, false, false, false]);
  rig.lift();
  expect(rig.tone).toBe("stutter-dial");
  rig.do({ kind: "line-key", key: 2 });
  expect(rig.tone).toBe("inside-dial");
  rig.rest();
  rig.comes();
  expect(rig.lamps.get("message")).toBe("flash");
  rig.ended("in-1", 487);
  rig.sip({ kind: "messages-waiting", line: 1, isWaiting: false, newCount: 0, oldCount: 3 });
  expect(rig.lamps.get("message")).toBe("off");
});

test("KEY-003 the messages key dials its number, or says that there is none", () => {
  const rig = new Rig();
  rig.do({ kind: "messages" });
  expect(rig.lastPlaced.target).toBe("8500");
  const none = new Rig({ settings: { messagesTarget: "" } });
  none.do({ kind: "messages" });
  expect(none.prompt).toBe("no-messages-number");
});

test("FEA-013 a speed dial opens a line and dials; in a call it holds that first", () => {
  const rig = new Rig();
  rig.do({ kind: "line-key", key: 3 });
  expect(rig.lastPlaced).toMatchObject({ target: "2999", line: 1 });
  expect(rig.path).toBe("speaker");
  rig.answered("out-1");
  rig.said();
  rig.do({ kind: "line-key", key: 3 });
  expect(rig.said()).toEqual(["hold out-1"]);
  rig.held("out-1", true);
  expect(rig.said()).toEqual(["place out-2"]);
});

test("IND-008 a backup proxy that is tried shows as such until something is heard", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.sip({ kind: "trying-backup", call: "out-1" });
  expect(rig.says).toBe("Network Delay, Trying Backup");
  rig.rings("out-1");
  expect(rig.prompt).toBe("ring-out");
});

test("181 and 182 say so and keep waiting", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  for (const [status, code] of [
    [181, "being-forwarded"],
    [182, "queued"],
  ] as const) {
    rig.sip({ kind: "progress", call: "out-1", status, isRinging: false, alertInfo: undefined });
    expect(rig.prompt).toBe(code);
    expect(rig.tone).toBeUndefined();
  }
});

test("SK-001 SK-002 SK-003 keys when idle, at dial tone and with digits", () => {
  const rig = new Rig();
  expect(rig.keys).toEqual(["redial", "newCall", "forwardAll", "doNotDisturb"]);
  rig.soft("newCall");
  expect(rig.keys).toEqual(["redial", "endCall", "forwardAll", "switchNumberUrl", "dial"]);
  rig.digits("6");
  expect(rig.keys).toEqual(["dial", "backspace", "endCall", "switchNumberUrl"]);
  rig.soft("endCall");
  expect(rig.isQuiet).toBe(true);
  expect(new Rig({ settings: { canForward: false } }).keys).toEqual(["redial", "newCall", "doNotDisturb"]);
});

test("a line without a user gives reorder and says why", () => {
  const rig = new Rig({ settings: { lines: [{ line: 1, label: "", isProvisioned: false }] } });
  rig.lift();
  expect(rig.prompt).toBe("no-line");
  rig.digits("600");
  rig.soft("dial");
  expect(rig.tone).toBe("reorder");
  expect(rig.sessions).toEqual([]);
});

test("new settings keep running calls, and take preferences over", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  const { settings } = rig.state.desk;
  rig.send({ kind: "settings", settings: { ...settings, phoneLabel: "Desk", forwardTo: "2020" } });
  expect(rig.view).toMatchObject({ phoneLabel: "Desk", forwardedTo: "2020" });
  expect(rig.listen).toEqual([call]);
  rig.send({ kind: "settings", settings: { ...settings, protocol: "sccp" } });
  expect(rig.sessions.at(-1)).toEqual({ kind: "hang-up", call });
  expect([rig.ports.size, rig.streams.size, rig.path]).toEqual([0, 0, undefined]);
});
