// A call out, told from the keys: dial tone, digits, ringback, conversation, end; and how each can go wrong.
import { expect, test } from "vitest";
import type { NegotiatedMedia } from "#firmware/sip/notices.ts";
import { agreed, bob, Rig } from "./rig.ts";

test("lifting the handset gives dial tone, digits end it, the Dial key places the call", () => {
  const rig = new Rig();
  rig.lift();
  expect(rig.tone).toBe("inside-dial");
  expect(rig.path).toBe("handset");
  expect(rig.keys).toEqual(["redial", "endCall", "forwardAll", "switchNumberUrl", "dial"]);
  rig.do({ kind: "digit", digit: "6" });
  expect(rig.tone).toBe("dtmf-6");
  rig.do({ kind: "digit-up", digit: "6" });
  expect(rig.tone).toBeUndefined();
  rig.digits("00");
  expect(rig.view.calls[0]?.digits).toBe("600");
  rig.soft("dial");
  expect(rig.sessions).toEqual([
    {
      kind: "place",
      call: "out-1",
      line: 1,
      target: "600",
      route: "default",
      local: { portsId: 1, rtpPort: 16386 },
      isAnonymous: false,
    },
  ]);
  expect(rig.states).toEqual(["proceeding"]);
});

test("ringback sounds at 180 and ends at the answer; sound goes both ways; hanging up leaves nothing", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  expect(rig.states).toEqual(["connected"]);
  expect(rig.tone).toBeUndefined();
  expect(rig.listen).toEqual([call]);
  expect(rig.view.calls[0]?.connectedAt).toBe(rig.now);
  rig.rest();
  expect(rig.sessions.at(-1)).toEqual({ kind: "hang-up", call });
  expect(rig.isQuiet).toBe(true);
});

test("IND-003 180 gives ringback and Ring Out", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  expect(rig.tone).toBeUndefined();
  rig.rings("out-1");
  expect(rig.tone).toBe("alerting");
  expect(rig.says).toBe("Ring Out");
  expect(rig.states).toEqual(["ring-out"]);
});

test("early media of a 180 silences ringback only when sound really comes", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.rings("out-1");
  rig.sip({ kind: "media", call: "out-1", media: agreed });
  expect(rig.tone).toBe("alerting");
  expect(rig.listen).toEqual(["out-1"]);
  rig.send({ kind: "media", report: { kind: "first-packet", id: "out-1" } });
  expect(rig.tone).toBeUndefined();
});

test("183 cuts early media through without ringback", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.sip({ kind: "media", call: "out-1", media: agreed });
  rig.sip({ kind: "progress", call: "out-1", status: 183, isRinging: false, alertInfo: undefined });
  expect(rig.tone).toBeUndefined();
  expect(rig.listen).toEqual(["out-1"]);
  expect(rig.states).toEqual(["proceeding"]);
});

test("FEA-032 Alert-Info of a 180 names the tone that replaces ringback", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.sip({
    kind: "progress",
    call: "out-1",
    status: 180,
    isRinging: true,
    alertInfo: "<file://Bellcore-Stutter/>",
  });
  expect(rig.tone).toBe("stutter-dial");
  expect(rig.states).toEqual(["ring-out"]);
});

test("IND-004 IND-005 486 and 600 give busy tone, every other refusal reorder and its reason", () => {
  for (const [status, tone, state] of [
    [486, "busy", "busy"],
    [600, "busy", "busy"],
    [404, "reorder", "failed"],
    [480, "reorder", "failed"],
    [503, "reorder", "failed"],
    [603, "reorder", "failed"],
  ] as const) {
    const rig = new Rig();
    rig.lift();
    rig.digits("600");
    rig.soft("dial");
    rig.ended("out-1", status, "As Sent");
    expect([rig.tone, rig.states[0]]).toEqual([tone, state]);
    expect(rig.says).toBe(tone === "busy" ? "Busy" : `Call failed: As Sent (${status})`);
    expect(rig.view.calls[0]?.failure).toEqual({ status, reason: "As Sent" });
    expect(rig.ports.size).toBe(0);
    rig.rest();
    expect(rig.isQuiet).toBe(true);
  }
});

test("a failed call left alone ends by itself on the speaker, and warns on the handset", () => {
  const rig = new Rig();
  rig.do({ kind: "speaker" });
  rig.digits("600");
  rig.soft("dial");
  rig.ended("out-1", 486, "Busy Here");
  rig.wait(31_000);
  expect(rig.isQuiet).toBe(true);

  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.ended("out-2", 486, "Busy Here");
  rig.wait(31_000);
  expect(rig.tone).toBe("permanent");
  rig.rest();
  expect(rig.isQuiet).toBe(true);
});

test("hanging up before the answer cancels, and a late answer or end changes nothing", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.rings("out-1");
  rig.rest();
  expect(rig.said()).toEqual(["place out-1", "hang-up out-1"]);
  rig.answered("out-1");
  rig.ended("out-1", 487, "Request Terminated");
  rig.do({ kind: "digit-up", digit: "1" });
  expect(rig.isQuiet).toBe(true);
  expect(rig.said()).toEqual([]);
});

test("the other side hangs up: the speaker closes, a handset hears reorder and later the warning", () => {
  const rig = new Rig();
  rig.do({ kind: "speaker" });
  rig.ended(rig.talk("600"));
  expect(rig.isQuiet).toBe(true);
  expect(rig.prompt).toBe("ended-by-peer");

  rig.lift();
  rig.ended(rig.talk("600"));
  expect(rig.states).toEqual(["ended"]);
  expect(rig.tone).toBe("reorder");
  expect(rig.ports.size).toBe(0);
  rig.wait(31_000);
  expect(rig.tone).toBe("permanent");
  rig.rest();
  expect(rig.isQuiet).toBe(true);
});

test("DP-052 IND-009 no digit for 15 s: the off-hook warning, hands-free the line closes", () => {
  const rig = new Rig();
  rig.lift();
  rig.wait(14_999);
  expect(rig.tone).toBe("inside-dial");
  rig.wait(1);
  expect(rig.tone).toBe("permanent");
  rig.rest();
  expect(rig.isQuiet).toBe(true);
  rig.do({ kind: "speaker" });
  rig.wait(15_000);
  expect(rig.isQuiet).toBe(true);
});

test("DTM-007 through G.729 digits are never in the sound: as events, or not at all", () => {
  const g729 = { payloadType: 18, encoding: "G729", clockRateHz: 8000 };
  const levelOf = (media: NegotiatedMedia): readonly (number | undefined)[] => {
    const rig = new Rig({ settings: { inBandDigitDbfs: -12 } });
    const call = rig.talk("600");
    rig.sip({ kind: "media", call, media });
    const specs = rig.media.flatMap((command) => (command.kind === "stream" ? [command.spec] : []));
    return [specs.at(-1)?.inBandDigitDbfs, specs.at(-1)?.telephoneEvent?.payloadType];
  };
  const direction = "sendonly"; // as it was not before
  expect(levelOf({ ...agreed, direction })).toEqual([-12, 101]);
  expect(levelOf({ ...agreed, send: g729 })).toEqual([undefined, 101]);
  expect(levelOf({ ...agreed, send: g729, telephoneEvent: undefined })).toEqual([undefined, undefined]);
});

test("digits while talking go to the other side as events, with a local sound as long as the key is down", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.do({ kind: "digit", digit: "5" });
  expect(rig.tone).toBe("dtmf-5");
  expect(rig.media.at(-1)).toEqual({ kind: "send-digit", id: call, digit: "5", durationMs: undefined });
  rig.do({ kind: "digit-up", digit: "5" });
  expect(rig.media.at(-1)).toEqual({ kind: "end-digit", id: call });
  expect(rig.tone).toBeUndefined();
  rig.do({ kind: "digit", digit: "#" });
  rig.wait(8_000);
  expect(rig.media.at(-1)).toEqual({ kind: "end-digit", id: call });
  expect(rig.view.calls[0]?.digits).toBe("600");
});

test("no call goes out before its ports are reserved, and none without", () => {
  const rig = new Rig({ isSlow: true });
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  expect(rig.sessions).toEqual([]);
  rig.givePorts();
  expect(rig.said()).toEqual(["place out-1"]);
  rig.rest();
  rig.lift();
  rig.digits("600");
  rig.soft("dial");
  rig.givePorts("none");
  expect(rig.tone).toBe("reorder");
  expect(rig.prompt).toBe("no-ports");
});

test("ports that arrive after hanging up go back at once", () => {
  const rig = new Rig({ isSlow: true });
  rig.lift();
  rig.rest();
  rig.givePorts();
  expect(rig.ports.size).toBe(0);
});

test("SK-004 on-hook dialling: digits are collected in silence, lifting or Dial sends them", () => {
  const rig = new Rig();
  rig.digits("601");
  expect(rig.isQuiet || rig.states[0] === "off-hook").toBe(true);
  expect(rig.tone).toBeUndefined();
  expect(rig.keys).toEqual(["dial", "backspace", "cancel"]);
  rig.soft("backspace");
  rig.digits("0");
  rig.lift();
  expect(rig.lastPlaced.target).toBe("600");
  rig.rest();
  rig.digits("602");
  rig.soft("dial");
  expect(rig.lastPlaced.target).toBe("602");
  expect(rig.path).toBe("speaker");
  rig.do({ kind: "speaker" });
  rig.digits("603");
  rig.soft("cancel");
  expect(rig.view.calls).toEqual([]);
  rig.digits("603");
  rig.wait(30_000);
  expect(rig.view.calls).toEqual([]);
});

test("FEA-014 Redial dials the number last dialled on the selected line", () => {
  const rig = new Rig();
  rig.talk("600");
  rig.rest();
  rig.soft("redial");
  expect(rig.lastPlaced).toMatchObject({ target: "600", line: 1 });
  rig.do({ kind: "speaker" });
  rig.do({ kind: "line-key", key: 2 });
  rig.soft("redial");
  expect(rig.prompt).toBe("nothing-to-redial");
});

test("a peer that tells its name is shown by it, and one that tells nothing keeps the number dialled", () => {
  const rig = new Rig();
  const call = rig.talk("600", bob);
  expect(rig.view.calls[0]?.peer).toEqual(bob);
  rig.sip({ kind: "party", call, peer: { name: "Robert", number: "2010", uri: "", isAnonymous: false } });
  expect(rig.view.calls[0]?.peer?.name).toBe("Robert");
});

test("SK-005 SK-013 keys while ringing out and after a failure", () => {
  const rig = new Rig();
  rig.lift();
  rig.digits("600");
  expect(rig.keys).toEqual(["dial", "backspace", "endCall", "switchNumberUrl"]);
  rig.soft("dial");
  rig.rings("out-1");
  expect(rig.keys).toEqual(["endCall"]);
  rig.ended("out-1", 404, "Not Found");
  expect(rig.keys).toEqual(["endCall", "newCall"]);
  rig.soft("newCall");
  expect(rig.tone).toBe("inside-dial");
  expect(rig.states).toEqual(["off-hook"]);
});
