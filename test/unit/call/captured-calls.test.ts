// Conversations recorded from chan_skinny, message by message through the SCCP client's machine into the terminal; the
// person presses what was pressed there. Nothing in between was made by hand.
import { expect, test } from "vitest";
import type { SoftkeyId } from "#firmware/call/intents.ts";
import type { CallState } from "#firmware/call/view.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import { readConversations } from "#test/unit/sccp/capture.ts";
import { notices, Play } from "#test/unit/sccp/play.ts";
import { Rig } from "./rig.ts";

const version = 3;
const conversations = readConversations();
const softkeys: Readonly<Record<number, SoftkeyId>> = { 3: "hold", 10: "resume" };

interface Told {
  readonly rig: Rig;
  /** Every state the calls went through, each once in a row. */
  readonly states: readonly CallState[];
  readonly tones: readonly string[];
}

/** Replays one conversation. */
function replay(name: string): Told {
  const rig = new Rig({ settings: { protocol: "sccp" } });
  const play = new Play({ protocolVersion: version });
  const hear = (effects: ReturnType<Play["send"]>): void => {
    for (const notice of notices(effects)) rig.send({ kind: "sccp", notice });
  };
  hear(play.send({ kind: "start" }));
  hear(play.connected());
  const codec = codecFor(version);
  const states: CallState[] = [];
  const tones: string[] = [];
  for (const { sender, bytes } of conversations.get(name) ?? []) {
    if (sender === "server") hear(play.message(codec.decodeServer(bytes).message));
    else press(rig, codec.decodePhone(bytes).message);
    for (const state of rig.states) if (state !== states.at(-1)) states.push(state);
    if (rig.tone !== undefined && rig.tone !== tones.at(-1) && !rig.tone.startsWith("dtmf"))
      tones.push(rig.tone);
  }
  return { rig, states, tones };
}

/** Does what the recorded phone did. */
function press(rig: Rig, message: PhoneMessage): void {
  switch (message.kind) {
    case "offHook":
      rig.lift();
      break;
    case "onHook":
      rig.rest();
      break;
    case "keypadButton":
      rig.digits(String(message.key));
      break;
    case "softKeyEvent": {
      const id = softkeys[message.event];
      if (id === undefined) throw new Error(`unexpected event ${message.event}`);
      rig.soft(id);
      break;
    }
    default:
      break;
  }
}

test("chan_skinny-600: dialled digit by digit, connected, hung up", () => {
  const { rig, states, tones } = replay("chan_skinny-600");
  expect(states).toEqual(["off-hook", "connected"]);
  expect(tones).toEqual(["inside-dial"]);
  const kinds = rig.station.map((intent) => intent.kind);
  expect(kinds).toEqual(["off-hook", "digit", "digit", "digit", "receive-opened", "send-started", "on-hook"]);
  expect(rig.station.filter((intent) => intent.kind === "digit").map(({ at }) => at)).toEqual(
    Array.from({ length: 3 }, () => ({ line: 1, ref: 1 })),
  );
  expect(rig.view.log.placed).toMatchObject([{ target: "600" }]);
  expect(rig.isQuiet).toBe(true);
  expect(rig.keys).toContain("newCall");
  expect(rig.view.lineKeys.map(({ kind, label }) => [kind, label])).toContainEqual(["speed-dial", "Echo"]);
});

test("chan_skinny-hold: held and resumed with the server's own keys", () => {
  const { rig, states } = replay("chan_skinny-hold");
  expect(states).toEqual(["off-hook", "connected", "hold", "connected"]);
  expect(rig.station.filter((intent) => intent.kind === "softkey").map(({ event }) => event)).toEqual([
    3, 10,
  ]);
  expect(rig.station.filter((intent) => intent.kind === "receive-opened")).toHaveLength(2);
  expect(rig.isQuiet).toBe(true);
});

test("chan_skinny-inbound: rings, is answered by lifting, and the caller is listed; a busy lamp is no call", () => {
  const { rig, states } = replay("chan_skinny-inbound");
  expect(states).toEqual(["ring-in", "off-hook", "connected"]);
  expect(rig.view.log.received).toMatchObject([{ peer: { name: "SIP Phone", number: "6002" } }]);
  expect(rig.isQuiet).toBe(true);
});

test("chan_skinny-mwi: the handset light and busy lamps, and never a call", () => {
  const { rig, states } = replay("chan_skinny-mwi");
  expect(states).toEqual([]);
  expect(rig.lamps.get("message")).toBe("on");
  expect(rig.view.lineKeys[0]?.hasMessages).toBe(true);
});
