// Calls of a call manager, order by order as captured from chan_skinny (sccp-chan_skinny-600, -hold, -inbound) and as
// the reference tells of chan-sccp: the terminal shows them like any call, and keys go up as they are.
import { expect, test } from "vitest";
import type { CallRef } from "#firmware/call/intents.ts";
import { channel, info, ServerRig, startSend } from "./server-rig.ts";

const at: CallRef = { line: 1, ref: 1 };
const idle: CallRef = { line: 0, ref: 0 };
const partyRef: CallRef = { line: 1, ref: 0 };

function dialTone(rig: ServerRig): void {
  rig.order(
    { kind: "ringer", at: partyRef, mode: "off", isOnce: false },
    { kind: "lamp", target: { kind: "line", instance: 1 }, mode: "on" },
    { kind: "call-state", at, state: "off-hook" },
    { kind: "call-plane", line: 1 },
    { kind: "clear-display" },
    { kind: "tone", at, tone: "inside-dial", direction: "user" },
    { kind: "softkeys", at, set: 4, mask: 0b111 },
    { kind: "prompt", at, text: "\ue020", timeoutSec: 0 },
  );
}

function connect(rig: ServerRig): void {
  rig.order(
    { kind: "call-state", at, state: "off-hook" },
    { kind: "tone-stop", at },
    { kind: "softkeys", at, set: 8, mask: 0b11 },
    { kind: "prompt", at, text: "Dialing", timeoutSec: 0 },
    { kind: "open-receive", channel: channel(1, partyRef), isIp6Wanted: false },
    { kind: "ringer", at: partyRef, mode: "off", isOnce: false },
    { kind: "call-plane", line: 1 },
    { kind: "tone-stop", at },
    { kind: "call-info", at, info: info("out", "6001", "600") },
    { kind: "call-state", at, state: "connected" },
    { kind: "prompt", at, text: "\ue018", timeoutSec: 0 },
    { kind: "softkeys", at, set: 1, mask: 0b111 },
    { kind: "dialled-number", at, number: "600" },
    startSend(1, partyRef),
    { kind: "tone-stop", at },
  );
}

function hangUp(rig: ServerRig): void {
  rig.order(
    { kind: "speaker", isOn: false },
    { kind: "close-receive", party: 1, at: { line: 0, ref: 0 } },
    { kind: "stop-send", party: 1, at: { line: 0, ref: 0 } },
    { kind: "tone-stop", at },
    { kind: "call-state", at, state: "on-hook" },
    { kind: "clear-prompt", at },
    { kind: "ringer", at: partyRef, mode: "off", isOnce: false },
    { kind: "lamp", target: { kind: "line", instance: 1 }, mode: "off" },
  );
}

test("SCCP-034 lifting tells the server and plays nothing until it is ordered", () => {
  const rig = new ServerRig();
  rig.lift();
  expect(rig.wentUp()).toEqual(["off-hook 0/0"]);
  expect(rig.tone).toBeUndefined();
  expect(rig.path).toBe("handset");
  dialTone(rig);
  expect(rig.tone).toBe("inside-dial");
  expect(rig.states).toEqual(["off-hook"]);
  expect(rig.view.prompt).toEqual({ kind: "text", text: "\ue020" });
});

test("an outgoing call in chan_skinny's order: digits go up and show, channel answered, sound, end", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  rig.wentUp();
  rig.digits("6");
  rig.order({ kind: "tone-stop", at }, { kind: "softkeys", at, set: 6, mask: 0b111 });
  rig.digits("00");
  expect(rig.wentUp()).toEqual(["digit 6 1/1", "digit 0 1/1", "digit 0 1/1"]);
  expect(rig.view.calls[0]?.digits).toBe("600");
  connect(rig);
  expect(rig.wentUp()).toEqual(["receive-opened 1 port 16386", "send-started 1/0"]);
  expect(rig.states).toEqual(["connected"]);
  expect(rig.view.calls[0]?.peer?.number).toBe("600");
  expect(rig.listen).toHaveLength(1);
  expect(rig.media.findLast((command) => command.kind === "stream")).toMatchObject({
    spec: {
      direction: "sendrecv",
      remote: { address: "10.77.0.1", port: 16424 },
      send: { encoding: "PCMU" },
    },
  });
  rig.rest();
  expect(rig.wentUp()).toEqual(["on-hook 0/0"]);
  hangUp(rig);
  expect(rig.isQuiet).toBe(true);
  expect(rig.keys).toEqual(["redial", "newCall"]);
  expect(rig.prompt).toBe("your-options");
  expect(rig.lamps.get("line1") ?? "off").toBe("off");
});

test("SCCP-049 BackSpace takes an echoed digit back, DialedNumber replaces the echo", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  rig.digits("609");
  rig.order({ kind: "backspace", at });
  expect(rig.view.calls[0]?.digits).toBe("60");
  rig.order({ kind: "dialled-number", at, number: "0049600" });
  expect(rig.view.calls[0]?.digits).toBe("0049600");
});

test("an incoming call rings on order, lifting answers with 0/0, the light flashes meanwhile", () => {
  const rig = new ServerRig();
  const call: CallRef = { line: 1, ref: 5 };
  rig.order(
    { kind: "call-state", at: call, state: "ring-in" },
    { kind: "softkeys", at: call, set: 3, mask: 0b111 },
    { kind: "prompt", at: call, text: "\ue0176002", timeoutSec: 0 },
    { kind: "notify", priority: 5, text: "\ue0176002", timeoutSec: 10 },
    { kind: "call-info", at: call, info: info("in", "6002", "6001", "SIP Phone") },
    { kind: "lamp", target: { kind: "line", instance: 1 }, mode: "blink" },
    { kind: "ringer", at: partyRef, mode: "inside", isOnce: false },
    { kind: "call-plane", line: 1 },
  );
  expect(rig.ring).toEqual({ name: "inside", isOnce: false });
  expect(rig.lamps.get("message")).toBe("flash");
  expect(rig.view.calls[0]).toMatchObject({
    state: "ring-in",
    direction: "in",
    peer: { name: "SIP Phone", number: "6002" },
  });
  rig.lift();
  expect(rig.wentUp()).toEqual(["off-hook 0/0"]);
  rig.order(
    { kind: "ringer", at: partyRef, mode: "off", isOnce: false },
    { kind: "clear-notify", priority: 5 },
    { kind: "call-state", at: call, state: "off-hook" },
    { kind: "call-state", at: call, state: "connected" },
  );
  expect([rig.ring, rig.lamps.get("message")]).toEqual([undefined, "off"]);
  rig.callState("on-hook", call);
  expect(rig.view.log.received).toMatchObject([{ peer: { number: "6002" } }]);
});

test("hold and resume: the line's icon follows the call, though chan_skinny sends no lamp on resume", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  connect(rig);
  rig.wentUp();
  rig.soft("hold");
  expect(rig.wentUp()).toEqual(["softkey 3 1/1"]);
  rig.order(
    { kind: "close-receive", party: 1, at: idle },
    { kind: "stop-send", party: 1, at: idle },
    { kind: "call-state", at, state: "hold" },
    { kind: "lamp", target: { kind: "line", instance: 1 }, mode: "wink" },
    { kind: "softkeys", at, set: 2, mask: 0b1111 },
  );
  expect(rig.lamps.get("line1")).toBe("wink");
  expect(rig.ports.size).toBe(0);
  rig.soft("resume");
  expect(rig.wentUp()).toEqual(["softkey 10 1/1"]);
  rig.order(
    { kind: "open-receive", channel: channel(1, partyRef), isIp6Wanted: false },
    { kind: "call-state", at, state: "connected" },
    startSend(1, partyRef),
  );
  expect(rig.lamps.get("line1")).toBe("on");
  expect(rig.listen).toHaveLength(1);
  expect(rig.path).toBe("handset");
});

test("SCCP-038 speaker off closes the speaker, never a lifted handset, and ends no call", () => {
  const rig = new ServerRig();
  rig.do({ kind: "speaker" });
  dialTone(rig);
  connect(rig);
  rig.order({ kind: "speaker", isOn: false });
  expect([rig.path, rig.states[0]]).toEqual([undefined, "connected"]);
  rig.order({ kind: "speaker", isOn: true });
  expect(rig.path).toBe("speaker");
  rig.lift();
  rig.order({ kind: "speaker", isOn: false });
  expect(rig.path).toBe("handset");
  rig.order({ kind: "speaker", isOn: true });
  expect(rig.path).toBe("handset");
});

test("SCCP-027 SCCP-028 a set's blank slot keeps its place, masked slots go, the event stored goes up", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  rig.wentUp();
  rig.order({ kind: "softkeys", at, set: 8, mask: 0b11 });
  expect(rig.keys).toEqual(["blank", "endCall"]);
  rig.soft("endCall");
  rig.order({ kind: "softkeys", at, set: 2, mask: 0b1101 });
  expect(rig.keys).toEqual(["resume", "endCall", "transfer"]);
  rig.order({ kind: "softkeys", at: idle, set: 3, mask: 0xffffffff });
  expect(rig.keys).toEqual(["resume", "endCall", "transfer"]);
  rig.soft("transfer");
  expect(rig.wentUp()).toEqual(["softkey 9 1/1", "softkey 4 1/1"]);
});

test("SCCP-048 information before or after the state makes the same call", () => {
  const rig = new ServerRig();
  rig.order({ kind: "call-info", at, info: info("in", "6002", "6001") });
  expect(rig.view.calls).toEqual([]);
  rig.callState("ring-in");
  expect(rig.view.calls).toMatchObject([{ state: "ring-in", peer: { number: "6002" } }]);
});

test("SCCP-073 line n with reference 0 changes only the lamp beside that key", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  const before = rig.keys;
  const hint: CallRef = { line: 2, ref: 0 };
  rig.order(
    { kind: "lamp", target: { kind: "line", instance: 2 }, mode: "on" },
    { kind: "call-state", at: hint, state: "remote-in-use" },
    { kind: "softkeys", at: hint, set: 10, mask: 0xffffffff },
    { kind: "call-info", at: hint, info: info("out", "", "") },
  );
  expect(rig.states).toEqual(["off-hook"]);
  expect(rig.keys).toEqual(before);
  expect(rig.view.lineKeys[1]?.lamp).toBe("on");
});

test("SCCP-054 the other side hangs up: nothing stays but the lifted handset, the idle keys are back", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  connect(rig);
  hangUp(rig);
  expect([rig.tone, rig.view.calls.length, rig.ports.size, rig.path]).toEqual([undefined, 0, 0, "handset"]);
  expect(rig.keys).toEqual(["redial", "newCall"]);
  rig.rest();
  expect(rig.isQuiet).toBe(true);
});

test("SCCP-033 a new tone replaces the old one, StopTone ends it, and it does not outlive the open path", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  rig.order({ kind: "tone", at, tone: "reorder", direction: "both" });
  expect(rig.tone).toBe("reorder");
  rig.order({ kind: "tone-stop", at: idle });
  expect(rig.tone).toBeUndefined();
  rig.order({ kind: "tone", at, tone: "busy", direction: "network" });
  expect(rig.tone).toBeUndefined();
  rig.order({ kind: "tone", at, tone: "busy", direction: "user" });
  rig.rest();
  rig.lift();
  expect(rig.tone).toBeUndefined();
});

test("a key still down when the receiver goes back sounds no longer: the next lift has the dial tone", () => {
  const rig = new ServerRig();
  rig.lift();
  dialTone(rig);
  rig.do({ kind: "digit", digit: "0" });
  expect(rig.tone).toBe("dtmf-0");
  rig.rest();
  rig.lift();
  dialTone(rig);
  expect(rig.tone).toBe("inside-dial");
});
