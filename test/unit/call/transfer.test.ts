// Transfer in its forms and three-way calls: ladders B-7 to B-10 and B-14 seen from the keys.
import { expect, test } from "vitest";
import { bob, carol, Rig, type RigOptions } from "./rig.ts";

/** Talking to Bob, and Carol dialled with `key`; returns the rig with the first call on hold. */
function consulting(
  key: "transfer" | "conference",
  options: RigOptions = {},
): { rig: Rig; first: string; second: string } {
  const rig = new Rig(options);
  const first = rig.talk("2010", bob);
  rig.soft(key);
  rig.held(first, true);
  rig.digits("2020");
  rig.soft("dial");
  const second = rig.lastPlaced.call;
  rig.said();
  return { rig, first, second };
}

test("SK-008 blind: hold, dial, REFER after the hold, and off when it is accepted", () => {
  const rig = new Rig();
  const call = rig.talk("2010");
  expect(rig.keys).toEqual(["hold", "endCall", "transfer", "conference", "blindTransfer"]);
  rig.said();
  rig.soft("blindTransfer");
  expect(rig.tone).toBe("inside-dial");
  rig.digits("2020");
  rig.soft("dial");
  expect(rig.said()).toEqual([`hold ${call}`]);
  rig.held(call, true);
  expect(rig.sessions.at(-1)).toEqual({ kind: "transfer", call, target: "2020" });
  expect(rig.states).toEqual(["transfer"]);
  expect(rig.path).toBeUndefined();
  rig.sip({ kind: "transfer-progress", call, status: 202 });
  expect(rig.sessions.at(-1)).toEqual({ kind: "hang-up", call });
  expect(rig.prompt).toBe("transferred");
  rig.rest();
  expect(rig.isQuiet).toBe(true);
});

test("blind, refused: the call is back on hold; with the fallback the other side simply ends", () => {
  const refused = new Rig();
  const call = refused.talk("2010");
  refused.soft("blindTransfer");
  refused.held(call, true);
  refused.digits("2020");
  refused.soft("dial");
  refused.sip({ kind: "transfer-progress", call, status: 603 });
  expect(refused.states).toEqual(["hold"]);
  expect(refused.prompt).toBe("transfer-failed");
  refused.soft("resume");
  expect(refused.sessions.at(-1)).toEqual({ kind: "resume", call });
  refused.held(call, false);
  refused.soft("blindTransfer");
  refused.held(call, true);
  refused.digits("2020");
  refused.soft("dial");
  refused.ended(call);
  expect(refused.view.calls).toEqual([]);
});

test("SK-010 attended: second press holds the target too, then joins them, and both end at the final NOTIFY", () => {
  const { rig, first, second } = consulting("transfer");
  rig.rings(second);
  rig.answered(second, carol);
  expect(rig.keys).toEqual(["transfer", "endCall"]);
  rig.soft("transfer");
  expect(rig.said()).toEqual([`hold ${second}`]);
  rig.held(second, true);
  expect(rig.sessions.at(-1)).toEqual({ kind: "transfer-to-call", call: first, consultation: second });
  expect(rig.states).toEqual(["transfer", "transfer"]);
  rig.sip({ kind: "transfer-progress", call: first, status: 202 });
  rig.sip({ kind: "transfer-progress", call: first, status: 100 });
  expect(rig.states).toEqual(["transfer", "transfer"]);
  rig.ended(second);
  rig.said();
  rig.sip({ kind: "transfer-progress", call: first, status: 200 });
  expect(rig.said()).toEqual([`hang-up ${first}`]);
  expect(rig.view.calls).toEqual([]);
});

test("FEA-026 a failed attended transfer leaves both calls where they were, on hold", () => {
  const { rig, first, second } = consulting("transfer");
  rig.answered(second, carol);
  rig.soft("transfer");
  rig.held(second, true);
  rig.sip({ kind: "transfer-progress", call: first, status: 481 });
  expect(rig.states).toEqual(["hold", "hold"]);
  expect(rig.prompt).toBe("transfer-failed");
  rig.soft("resume");
  expect(rig.sessions.at(-1)).toEqual({ kind: "resume", call: first });
});

test("FEA-022 while the target rings, where that is on: its call is cancelled and the REFER names its number", () => {
  const { rig, first, second } = consulting("transfer");
  rig.rings(second);
  expect(rig.keys).toEqual(["transfer", "endCall"]);
  rig.soft("transfer");
  expect(rig.said()).toEqual([`hang-up ${second}`, `transfer ${first}`]);
  expect(rig.sessions).toEqual([]);
  const off = consulting("transfer", { settings: { isSemiAttendedTransfer: false } });
  off.rig.rings(off.second);
  expect(off.rig.keys).toEqual(["endCall"]);
});

test("FEA-023 hanging up completes a transfer only where that is on; else the first party stays on hold", () => {
  const on = consulting("transfer", { settings: { isTransferOnHook: true } });
  on.rig.answered(on.second, carol);
  on.rig.rest();
  on.rig.held(on.second, true);
  expect(on.rig.sessions.at(-1)).toMatchObject({ kind: "transfer-to-call", call: on.first });
  const off = consulting("transfer");
  off.rig.answered(off.second, carol);
  off.rig.rest();
  expect(off.rig.said()).toEqual([`hang-up ${off.second}`]);
  expect(off.rig.states).toEqual(["hold"]);
});

test("a busy target leaves the first party on hold; one that hangs up during the consultation, too", () => {
  const busy = consulting("transfer");
  busy.rig.ended(busy.second, 486, "Busy Here");
  expect(busy.rig.states).toEqual(["hold", "busy"]);
  busy.rig.soft("endCall");
  expect(busy.rig.keys).toEqual(["resume", "newCall", "endCall"]);
  const left = consulting("transfer");
  left.rig.answered(left.second, carol);
  left.rig.ended(left.first);
  expect(left.rig.states).toEqual(["connected"]);
  expect(left.rig.keys).toContain("hold");
});

test("FEA-027 SK-011 SK-012 conference: the second press brings the first party back and both are mixed", () => {
  const { rig, first, second } = consulting("conference");
  rig.answered(second, carol);
  expect(rig.keys).toEqual(["conference", "endCall"]);
  rig.soft("conference");
  expect(rig.said()).toEqual([`resume ${first}`]);
  rig.held(first, false);
  expect(rig.states).toEqual(["conference", "conference"]);
  expect(rig.listen).toEqual([first, second]);
  expect(rig.keys).toEqual(["hold", "endCall"]);
  rig.digits("5");
  expect(rig.media.filter((command) => command.kind === "send-digit").map(({ id }) => id)).toEqual([
    first,
    second,
  ]);
});

test("a conference is held and brought back as a whole, and there is no second one", () => {
  const { rig, first, second } = consulting("conference");
  rig.answered(second, carol);
  rig.soft("conference");
  rig.held(first, false);
  rig.said();
  rig.soft("hold");
  expect(rig.said()).toEqual([`hold ${first}`, `hold ${second}`]);
  rig.held(first, true);
  rig.held(second, true);
  rig.soft("resume");
  expect(rig.said()).toEqual([`resume ${first}`, `resume ${second}`]);
  rig.held(first, false);
  rig.held(second, false);
  expect(rig.listen).toEqual([first, second]);
  rig.do({ kind: "softkey", id: "conference", place: 0 });
  expect(rig.prompt).toBe("key-not-active");
});

test("one party leaves the conference: the rest goes on as two", () => {
  const { rig, first, second } = consulting("conference");
  rig.answered(second, carol);
  rig.soft("conference");
  rig.held(first, false);
  rig.ended(first);
  expect(rig.states).toEqual(["connected"]);
  expect(rig.listen).toEqual([second]);
  expect(rig.path).toBe("handset");
});

test("FEA-028 leaving the bridge joins the two others, or ends both where that is off", () => {
  for (const isConferenceJoined of [true, false]) {
    const { rig, first, second } = consulting("conference", { settings: { isConferenceJoined } });
    rig.answered(second, carol);
    rig.soft("conference");
    rig.held(first, false);
    rig.said();
    rig.rest();
    if (isConferenceJoined) {
      expect(rig.said()).toEqual([`transfer-to-call ${first}`]);
      rig.sip({ kind: "transfer-progress", call: first, status: 200 });
      expect(rig.said()).toEqual([`hang-up ${first}`, `hang-up ${second}`]);
    } else expect(rig.said()).toEqual([`hang-up ${first}`, `hang-up ${second}`]);
    expect(rig.isQuiet).toBe(true);
  }
});

test("joining that fails after leaving puts both parties on hold", () => {
  const { rig, first, second } = consulting("conference");
  rig.answered(second, carol);
  rig.soft("conference");
  rig.held(first, false);
  rig.rest();
  rig.said();
  rig.sip({ kind: "transfer-progress", call: first, status: 501 });
  expect(rig.said()).toEqual([`hold ${first}`, `hold ${second}`]);
  expect(rig.states).toEqual(["hold", "hold"]);
});

test("a call with Replaces takes the place of the named one without ringing", () => {
  const rig = new Rig();
  const old = rig.talk("2010", bob);
  rig.said();
  const taken = rig.comes(carol, { replaces: old });
  expect(rig.said()).toEqual([`answer ${taken}`]);
  expect(rig.ring).toBeUndefined();
  rig.ended(old);
  expect(rig.view.calls).toMatchObject([{ id: taken, state: "connected", peer: carol }]);
  expect(rig.path).toBe("handset");
  const held = new Rig();
  const waiting = held.talk("2010", bob);
  held.soft("hold");
  held.held(waiting, true);
  const other = held.comes(carol, { replaces: waiting });
  expect(held.states).toEqual(["hold"]);
  expect(held.said().at(-1)).toBe(`hold ${other}`);
});

test("a speed dial or Redial names the target of a transfer", () => {
  const rig = new Rig();
  const call = rig.talk("2010");
  rig.soft("blindTransfer");
  rig.held(call, true);
  rig.do({ kind: "line-key", key: 3 });
  expect(rig.sessions.at(-1)).toEqual({ kind: "transfer", call, target: "2999" });
});

test("a transfer whose outcome is never told has failed after three minutes", () => {
  const { rig, first, second } = consulting("transfer");
  rig.answered(second, carol);
  rig.soft("transfer");
  rig.held(second, true);
  rig.sip({ kind: "transfer-progress", call: first, status: 202 });
  rig.wait(180_000);
  expect(rig.states).toEqual(["hold", "hold"]);
});
