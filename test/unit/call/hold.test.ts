// Hold, resume, call waiting and switching, as in ladders B-2 to B-6 seen from the keys.
import { expect, test } from "vitest";
import { bob, carol, Rig } from "./rig.ts";

test("SK-009 Hold silences at once and is signalled, Resume brings the call back", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.said();
  rig.soft("hold");
  expect(rig.listen).toEqual([]);
  expect(rig.said()).toEqual([`hold ${call}`]);
  rig.held(call, true);
  expect(rig.states).toEqual(["hold"]);
  expect(rig.lamps.get("line1")).toBe("wink");
  expect(rig.keys).toEqual(["resume", "newCall", "endCall"]);
  rig.soft("resume");
  expect(rig.said()).toEqual([`resume ${call}`]);
  rig.held(call, false);
  expect(rig.states).toEqual(["connected"]);
  expect(rig.listen).toEqual([call]);
});

test("the line key holds and resumes its call", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.said();
  rig.do({ kind: "line-key", key: 1 });
  rig.held(call, true);
  rig.do({ kind: "line-key", key: 1 });
  rig.held(call, false);
  expect(rig.said()).toEqual([`hold ${call}`, `resume ${call}`]);
});

test("hold and resume pressed faster than the other side answers end as last wanted", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.said();
  rig.soft("hold");
  rig.soft("resume");
  rig.soft("hold");
  rig.soft("resume");
  expect(rig.said()).toEqual([`hold ${call}`]);
  rig.held(call, true);
  expect(rig.said()).toEqual([`resume ${call}`]);
  rig.held(call, false);
  expect(rig.said()).toEqual([]);
  expect(rig.states).toEqual(["connected"]);
});

test("a refused hold is kept here alone, a refused resume leaves the call on hold", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.soft("hold");
  rig.held(call, false);
  expect(rig.states).toEqual(["hold"]);
  expect(rig.prompt).toBe("hold-refused");
  expect(rig.listen).toEqual([]);
  rig.soft("resume");
  rig.held(call, true);
  expect(rig.states).toEqual(["hold"]);
  expect(rig.prompt).toBe("resume-refused");
});

test("held by the other side shows as such, and both holds at once do not disturb each other", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.sip({ kind: "held-by-peer", call, isHeld: true });
  expect(rig.states).toEqual(["held"]);
  rig.soft("hold");
  rig.held(call, true);
  expect(rig.states).toEqual(["hold"]);
  rig.soft("resume");
  rig.held(call, false);
  expect(rig.states).toEqual(["held"]);
  rig.sip({ kind: "held-by-peer", call, isHeld: false });
  expect(rig.states).toEqual(["connected"]);
});

test("a consultation call leaves only after the other side knows of the hold", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  rig.said();
  rig.soft("hold");
  rig.soft("newCall");
  rig.digits("601");
  rig.soft("dial");
  expect(rig.said()).toEqual([`hold ${first}`]);
  rig.wait(2_000);
  expect(rig.said()).toEqual([]);
  rig.held(first, true);
  expect(rig.said()).toEqual(["place out-2"]);
});

test("FEA-005 IND-002 SK-007 a second call knocks in the ear, Answer puts the first one on hold before", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  const second = rig.comes(carol);
  expect(rig.tone).toBe("call-waiting");
  expect(rig.ring).toBeUndefined();
  expect(rig.lamps.get("line1")).toBe("blink");
  expect(rig.keys).toEqual(["answer", "endCall"]);
  rig.said();
  rig.soft("answer");
  expect(rig.said()).toEqual([`hold ${first}`]);
  rig.held(first, true);
  expect(rig.said()).toEqual([`answer ${second}`]);
  expect(rig.states).toEqual(["hold", "connected"]);
});

test("swapping two calls as in B-6, then the first hangs up and the second comes back", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  const second = rig.comes(carol);
  rig.soft("answer");
  rig.held(first, true);
  rig.said();
  rig.do({ kind: "flash" });
  expect(rig.said()).toEqual([`hold ${second}`]);
  rig.held(second, true);
  expect(rig.said()).toEqual([`resume ${first}`]);
  rig.held(first, false);
  rig.soft("endCall");
  expect(rig.said()).toEqual([`hang-up ${first}`]);
  expect(rig.states).toEqual(["hold"]);
  rig.soft("resume");
  expect(rig.said()).toEqual([`resume ${second}`]);
});

test("without call waiting a second caller gets busy", () => {
  const off = { isOn: false, isLocked: false };
  const rig = new Rig();
  const preferences = { ...rig.state.desk.settings.preferences, callWaiting: off };
  rig.send({ kind: "settings", settings: { ...rig.state.desk.settings, preferences } });
  rig.talk("600");
  const second = rig.comes(carol);
  expect(rig.sessions.at(-1)).toEqual({ kind: "refuse", call: second, reason: "busy" });
  expect(rig.view.log.missed).toHaveLength(1);
});

test("RNG-016 during a call Alert-Info chooses the waiting tone", () => {
  for (const [alertInfo, tone] of [
    ["Bellcore-dr2", "call-waiting-2"],
    ["Bellcore-dr3", "call-waiting-3"],
    ["Bellcore-dr4", "call-waiting-4"],
    ["Bellcore-dr5", "call-waiting"],
    [undefined, "call-waiting"],
  ] as const) {
    const rig = new Rig();
    rig.talk("600");
    rig.comes(carol, { alertInfo });
    expect(rig.tone).toBe(tone);
  }
});

test("FEA-011 IND-006 hanging up with another call on hold rings once to remind, where that is on", () => {
  const rig = new Rig();
  const preferences = {
    ...rig.state.desk.settings.preferences,
    callHoldRingback: { isOn: true, isLocked: false },
  };
  rig.send({ kind: "settings", settings: { ...rig.state.desk.settings, preferences } });
  const first = rig.talk("600");
  rig.comes(carol);
  rig.soft("answer");
  rig.held(first, true);
  rig.rest();
  expect(rig.ring).toEqual({ name: "dr5", isOnce: true });
  expect(rig.states).toEqual(["hold"]);
  rig.wait(2_000);
  expect(rig.ring).toBeUndefined();
});

test("while a call knocks EndCall ends the one that has the ear, and the other rings", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  const second = rig.comes(carol);
  rig.said();
  rig.soft("endCall");
  expect(rig.said()).toEqual([`hang-up ${first}`]);
  expect(rig.ring).toBeDefined();
  rig.soft("answer");
  expect(rig.said()).toEqual([`answer ${second}`]);
});

test("answering from an unanswered call out gives that up", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.rings("out-1");
  const second = rig.comes(carol);
  rig.said();
  rig.do({ kind: "line-key", key: 1 });
  expect(rig.said()).toEqual(["hang-up out-1", `answer ${second}`]);
});

test("KEY-001 another line's key holds the call and opens that line; each line keeps its calls", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  rig.said();
  rig.do({ kind: "line-key", key: 2 });
  expect(rig.said()).toEqual([`hold ${first}`]);
  expect(rig.view.calls.map(({ line, state }) => [line, state])).toEqual([
    [1, "hold"],
    [2, "off-hook"],
  ]);
  expect(rig.view.selectedLine).toBe(2);
  rig.held(first, true);
  rig.do({ kind: "line-key", key: 1 });
  expect(rig.said()).toEqual([`resume ${first}`]);
});

test("no line takes more calls than it may, in or out", () => {
  const rig = new Rig({ settings: { callsPerLine: 2 } });
  const first = rig.talk("600");
  const second = rig.comes(carol);
  expect(rig.states).toEqual(["connected", "ring-in"]);
  const third = rig.comes(bob);
  expect(rig.sessions.at(-1)).toEqual({ kind: "refuse", call: third, reason: "busy" });
  rig.soft("answer");
  rig.held(first, true);
  rig.do({ kind: "dial", target: "601", line: 1 });
  expect(rig.prompt).toBe("too-many-calls");
  expect(rig.tone).toBe("reorder");
  expect(second).toBe("in-1");
});

test("NOTIFY talk answers or resumes, NOTIFY hold holds", () => {
  const rig = new Rig();
  const call = rig.comes(bob);
  rig.sip({ kind: "remote-control", call: undefined, action: "talk" });
  expect(rig.states).toEqual(["connected"]);
  expect(rig.path).toBe("speaker");
  rig.said();
  rig.sip({ kind: "remote-control", call, action: "hold" });
  rig.held(call, true);
  rig.sip({ kind: "remote-control", call: undefined, action: "talk" });
  expect(rig.said()).toEqual([`hold ${call}`, `resume ${call}`]);
});

test("a hold or resume nobody answers counts as refused after 40 s, and the next call goes out", () => {
  const rig = new Rig();
  const first = rig.talk("600");
  rig.soft("hold");
  rig.soft("newCall");
  rig.digits("601");
  rig.soft("dial");
  rig.said();
  rig.wait(39_999);
  expect(rig.said()).toEqual([]);
  rig.wait(1);
  expect(rig.said()).toEqual(["place out-2"]);
  rig.rest();
  rig.do({ kind: "line-key", key: 1 });
  expect(rig.timers).toContain(`resuming ${first}`);
  rig.wait(40_000);
  expect(rig.states).toEqual(["hold"]);
});
