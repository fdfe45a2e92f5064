// The rest of a terminal: texts with priority and time, keys, channels, counters, lamps, and a server that goes away.
import { expect, test } from "vitest";
import type { CallRef } from "#firmware/call/intents.ts";
import { channel, info, registered, ServerRig, startSend } from "./server-rig.ts";

const at: CallRef = { line: 1, ref: 1 };
const idle: CallRef = { line: 0, ref: 0 };

test("SCCP-068 SCCP-069 the higher priority covers the lower, a notify covers prompts, and each runs out by itself", () => {
  const rig = new ServerRig();
  rig.order({ kind: "prompt", at: idle, text: "idle", timeoutSec: 0 });
  rig.order({ kind: "notify", priority: undefined, text: "plain", timeoutSec: 3 });
  rig.order({ kind: "notify", priority: 5, text: "five", timeoutSec: 2 });
  rig.order({ kind: "notify", priority: 6, text: "six", timeoutSec: 1 });
  const seen = [rig.prompt];
  for (let second = 0; second < 3; second++) {
    rig.wait(1000);
    seen.push(rig.prompt);
  }
  expect(seen).toEqual(["six", "five", "plain", "idle"]);
  rig.order({ kind: "notify", priority: 1, text: "stays", timeoutSec: 0 });
  rig.wait(100_000);
  expect(rig.prompt).toBe("stays");
  rig.order({ kind: "clear-notify", priority: 1 }, { kind: "clear-prompt", at: idle });
  expect(rig.prompt).toBe("your-options");
});

test("a prompt of a call is shown with that call and not with the idle phone", () => {
  const rig = new ServerRig();
  rig.callState("off-hook");
  rig.order({ kind: "prompt", at, text: "of the call", timeoutSec: 3 });
  expect(rig.prompt).toBe("of the call");
  rig.wait(3000);
  expect(rig.prompt).toBe("your-options");
  rig.order({ kind: "prompt", at: { line: 1, ref: 99 }, text: "unknown", timeoutSec: 0 });
  expect(rig.prompt).toBe("your-options");
});

test("line, speed-dial and messages keys go up as stimulus, a service key opens its page", () => {
  const rig = new ServerRig();
  rig.do(
    { kind: "line-key", key: 2 },
    { kind: "line-key", key: 3 },
    { kind: "messages" },
    { kind: "line-key", key: 4 },
  );
  expect(rig.wentUp()).toEqual(["stimulus 9 2 0/0", "stimulus 2 1 0/0", "stimulus 15 1 0/0"]);
  expect(rig.effects.at(-1)).toEqual({ kind: "open-service", url: "http://192.0.2.1/menu" });
});

test("a number known as a whole is dialled in the call the server opens for it", () => {
  const rig = new ServerRig();
  rig.do({ kind: "dial", target: "+49 (30) 123-45", line: undefined });
  expect(rig.wentUp()).toEqual(["off-hook 0/0"]);
  expect(rig.path).toBe("speaker");
  rig.callState("off-hook");
  expect(rig.wentUp()).toEqual(["dial +493012345 1/1"]);
  expect(rig.view.calls[0]?.digits).toBe("+493012345");
});

test("digits typed on hook wait for the receiver, and are forgotten when no call comes of it", () => {
  const rig = new ServerRig();
  rig.digits("600");
  expect(rig.wentUp()).toEqual([]);
  expect(rig.keys).toEqual(["dial", "backspace", "cancel"]);
  rig.lift();
  expect(rig.wentUp()).toEqual(["off-hook 0/0"]);
  rig.wait(5_000);
  rig.callState("off-hook");
  expect(rig.wentUp()).toEqual([]);
});

test("digits typed before the server has opened the call that a key asked for are not lost", () => {
  const rig = new ServerRig();
  rig.soft("newCall");
  rig.digits("60");
  expect(rig.wentUp()).toEqual(["softkey 2 0/0"]);
  rig.callState("off-hook");
  expect(rig.wentUp()).toEqual(["digit 6 1/1", "digit 0 1/1"]);
  expect(rig.view.calls).toHaveLength(1);
  expect(rig.view.calls[0]?.digits).toBe("60");
});

test("SCCP-065 a headset that is put on or off is told", () => {
  const rig = new ServerRig();
  rig.do({ kind: "headset" });
  expect(rig.wentUp()).toEqual(["off-hook 0/0", "headset"]);
  rig.do({ kind: "speaker" });
  expect(rig.station.splice(0)).toEqual([{ kind: "headset", isOn: false }]);
  rig.do({ kind: "headset" }, { kind: "headset" });
  expect(rig.wentUp()).toEqual(["headset", "on-hook 0/0", "headset"]);
});

test("SCCP-037 message lamps: instance 0 is the handset light, a line's own shows an envelope", () => {
  const rig = new ServerRig();
  rig.order(
    { kind: "lamp", target: { kind: "messages", instance: 1 }, mode: "on" },
    { kind: "lamp", target: { kind: "messages", instance: 0 }, mode: "on" },
  );
  expect(rig.lamps.get("message")).toBe("on");
  expect(rig.view.lineKeys[0]?.hasMessages).toBe(true);
  rig.order({ kind: "lamp", target: { kind: "messages", instance: 0 }, mode: "off" });
  expect(rig.lamps.get("message")).toBe("off");
  expect(rig.view.lineKeys[0]?.hasMessages).toBe(true);
});

test("ringer modes: silent only lights, once is once", () => {
  const rig = new ServerRig();
  rig.order({ kind: "ringer", at, mode: "silent", isOnce: false });
  expect([rig.ring, rig.lamps.get("message")]).toEqual([undefined, "flash"]);
  rig.order({ kind: "ringer", at, mode: "feature", isOnce: true });
  expect(rig.ring).toEqual({ name: "feature", isOnce: true });
  rig.order({ kind: "ringer", at, mode: "off", isOnce: false });
  expect([rig.ring, rig.lamps.get("message")]).toEqual([undefined, "off"]);
});

test("SCCP-039 SetMicroMode mutes and unmutes", () => {
  const rig = new ServerRig();
  rig.lift();
  rig.order({ kind: "microphone", isOn: false });
  expect(rig.isMuted).toBe(true);
  rig.order({ kind: "microphone", isOn: true });
  expect(rig.isMuted).toBe(false);
});

test("SCCP-017 SCCP-067 the server's time, date form and forwarding show as told", () => {
  const rig = new ServerRig();
  const time = { year: 2026, month: 11, day: 20, hour: 12, minute: 52, second: 14 };
  rig.order(
    { kind: "time", time: { ...time, unixMs: 1_795_179_134_000 } },
    { kind: "date-template", template: "D/M/YA" },
    { kind: "forward", line: 1, forward: { all: "6009", busy: undefined, noAnswer: undefined } },
  );
  expect(rig.view).toMatchObject({ time, dateFormat: "D/M/Y", is24Hour: false, forwardedTo: "6009" });
  expect(rig.view.lineKeys[0]?.isForwarded).toBe(true);
});

test("a channel is answered with its party once its ports are there, or refused", () => {
  const rig = new ServerRig({ isSlow: true });
  rig.order({ kind: "open-receive", channel: channel(0xffff_fffe, at), isIp6Wanted: false });
  expect(rig.wentUp()).toEqual([]);
  rig.givePorts();
  expect(rig.station).toEqual([{ kind: "receive-opened", party: 0xffff_fffe, at, rtpPort: 16386 }]);
  rig.order({ kind: "open-receive", channel: channel(7, at), isIp6Wanted: false });
  rig.givePorts("none");
  rig.order({ kind: "open-receive", channel: channel(8, at, { format: undefined }), isIp6Wanted: false });
  expect(rig.station.slice(1)).toEqual([
    { kind: "receive-failed", party: 7, at, failure: "out-of-sockets" },
    { kind: "receive-failed", party: 8, at, failure: "unknown-codec" },
  ]);
});

test("SCCP-046 close and stop find their channel by party, else by call, and ignore unknown ones", () => {
  const rig = new ServerRig();
  rig.order({ kind: "open-receive", channel: channel(1, at), isIp6Wanted: false }, startSend(1, at));
  rig.order({ kind: "close-receive", party: 99, at: idle });
  expect(rig.streams.size).toBe(1);
  rig.order({ kind: "close-receive", party: 1, at: idle });
  expect(rig.media.findLast((command) => command.kind === "stream")).toMatchObject({
    spec: { direction: "sendonly" },
  });
  rig.order({ kind: "stop-send", party: 99, at });
  expect([rig.streams.size, rig.ports.size]).toEqual([0, 0]);
});

test("sending may start before the channel is open, and a second order for the party wins", () => {
  const rig = new ServerRig();
  rig.order(startSend(1, at), { kind: "open-receive", channel: channel(1, at), isIp6Wanted: false });
  expect(rig.media.findLast((command) => command.kind === "stream")).toMatchObject({
    spec: { direction: "sendrecv" },
  });
  rig.order({ kind: "open-receive", channel: channel(1, at, { packetMs: 30 }), isIp6Wanted: false });
  expect(rig.streams.size).toBe(1);
  expect(rig.ports.size).toBe(1);
});

test("SCCP-047 counters go up when the final ones are there, also after the call, and not never", () => {
  const rig = new ServerRig();
  rig.order({ kind: "open-receive", channel: channel(1, at), isIp6Wanted: false }, startSend(1, at));
  const [id = ""] = rig.streams;
  rig.order({ kind: "close-receive", party: 1, at }, { kind: "stop-send", party: 1, at });
  rig.order({ kind: "statistics-request", number: "600", ref: 1, isClearing: true });
  rig.wentUp();
  const statistics = {
    id,
    sentPackets: 100,
    sentOctets: 16000,
    receivedPackets: 99,
    receivedOctets: 15840,
    lostPackets: 1,
    discardedPackets: 0,
    playoutDelayMs: 40,
    latePackets: 0,
    jitterUnits: 8,
    sendingMs: 2000,
    receivingMs: 2000,
    remoteLostPackets: undefined,
    roundTripMs: undefined,
    receivedEncoding: "PCMU",
    sentEncoding: "PCMU",
  };
  rig.send({ kind: "media", report: { kind: "statistics", statistics, isFinal: true } });
  expect(rig.station.at(-1)).toEqual({
    kind: "statistics",
    number: "600",
    ref: 1,
    isClearing: true,
    statistics,
  });
  rig.order({ kind: "open-receive", channel: channel(2, { line: 1, ref: 2 }), isIp6Wanted: false });
  rig.order({ kind: "statistics-request", number: "601", ref: 2, isClearing: false });
  rig.wait(1_000);
  expect(rig.station.at(-1)).toMatchObject({ kind: "statistics", number: "601", statistics: undefined });
});

test("multicast reception is refused", () => {
  const rig = new ServerRig();
  rig.order({
    kind: "open-multicast",
    channel: channel(3, at),
    group: { address: "239.1.1.1", port: 20480 },
  });
  expect(rig.station.at(-1)).toEqual({ kind: "multicast-answered", party: 3, at, isOk: false });
});

test("DTMF in a call goes up and, where the server gave a payload type, into the stream as well", () => {
  const rig = new ServerRig();
  rig.lift();
  rig.callState("connected");
  const telephoneEvent = { payloadType: 101, encoding: "telephone-event", clockRateHz: 8000 };
  rig.order(
    { kind: "open-receive", channel: channel(1, at), isIp6Wanted: false },
    startSend(1, at, { telephoneEvent }),
  );
  rig.wentUp();
  rig.digits("5");
  expect(rig.wentUp()).toEqual(["digit 5 1/1"]);
  expect(rig.media.findLast((command) => command.kind === "send-digit")).toMatchObject({ digit: "5" });
  expect(rig.view.calls[0]?.digits).toBe("");
});

test("a call whose server is gone goes on until the person hangs up, everything else is dropped", () => {
  const rig = new ServerRig();
  rig.lift();
  rig.callState("connected");
  rig.order({ kind: "open-receive", channel: channel(1, at), isIp6Wanted: false }, startSend(1, at));
  rig.callState("ring-in", { line: 2, ref: 9 });
  rig.order(
    { kind: "ringer", at, mode: "inside", isOnce: false },
    { kind: "tone", at, tone: "call-waiting", direction: "user" },
  );
  const lost = {
    kind: "failed",
    server: registered.server,
    failure: "closed",
    text: "",
    retryInMs: 1000,
  } as const;
  rig.link(lost);
  expect(rig.states).toEqual(["connected"]);
  expect([rig.ring, rig.tone]).toEqual([undefined, undefined]);
  expect(rig.listen).toHaveLength(1);
  expect(rig.prompt).toBe("call-kept");
  expect(rig.keys).toEqual(["endCall"]);
  rig.link({ kind: "connecting", server: registered.server });
  rig.link(registered);
  expect(rig.listen).toHaveLength(1);
  rig.wentUp();
  rig.rest();
  expect(rig.isQuiet).toBe(true);
  expect(rig.wentUp()).toEqual(["on-hook 0/0"]);
});

test("without a server keys say so and nothing goes up", () => {
  const rig = new ServerRig();
  rig.link({ kind: "connecting", server: registered.server });
  rig.lift();
  rig.digits("6");
  rig.do({ kind: "line-key", key: 1 }, { kind: "messages" });
  expect(rig.wentUp()).toEqual([]);
  expect(rig.prompt).toBe("not-ready");
});

test("a withheld name is not shown, and a diverted call tells whom it was for", () => {
  const rig = new ServerRig();
  const hidden = { ...info("in", "6002", "6001", "Secret"), isCallingRestricted: true };
  rig.callState("ring-in");
  rig.order({ kind: "call-info", at, info: hidden });
  expect(rig.view.calls[0]?.peer).toEqual({ name: "", number: "", uri: "", isAnonymous: true });
  const diverted = { ...info("in", "6002", "6001"), originalCalled: { name: "Desk", number: "6003" } };
  rig.order({ kind: "call-info", at, info: diverted });
  expect(rig.view.calls[0]?.divertedBy?.number).toBe("6003");
});
