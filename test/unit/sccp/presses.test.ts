// What a person does, down to the bytes that leave: the terminal's intents through the station and the codec.
import { describe, expect, test } from "vitest";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import { stationMessage } from "#firmware/sccp/station.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { ServerRig } from "#test/unit/call/server-rig.ts";
import { Body, frameOf } from "./body.ts";

const version = 11;

/** Everything that went up since the last time, as messages. */
function leaves(rig: ServerRig): readonly Uint8Array[] {
  return rig.station.splice(0).flatMap((intent) => {
    const message = stationMessage(intent, "192.0.2.10", version);
    return message === undefined ? [] : [codecFor(version).encodePhone(message)];
  });
}

const words = (id: number, ...values: readonly number[]): Uint8Array =>
  frameOf(id, new Body().words(...values).done());

test("SCCP-041 lifting and hanging up the handset is 8 bytes of line 0 and call 0", () => {
  const rig = new ServerRig();
  rig.lift();
  expect(leaves(rig)).toEqual([words(0x0006, 0, 0)]);
  rig.rest();
  expect(leaves(rig)).toEqual([words(0x0007, 0, 0)]);
});

test("SCCP-040 each key is 12 bytes with line and call; star is 14, pound 15", () => {
  const rig = new ServerRig();
  rig.lift();
  rig.callState("off-hook", { line: 1, ref: 0x0100_001a });
  leaves(rig);
  const keys: readonly (readonly [DigitKey, number])[] = [
    ...Array.from({ length: 10 }, (_, n) => [String(n) as DigitKey, n] as const), // 0 to 9 are keys
    ["*", 14],
    ["#", 15],
  ];
  for (const [key, id] of keys) {
    rig.digits(key);
    expect(leaves(rig)).toEqual([words(0x0003, id, 1, 0x0100_001a)]);
  }
});

test("SCCP-042 line, speed dial, feature and messages keys are 16 bytes with stimulus and instance", () => {
  const rig = new ServerRig();
  rig.order({
    kind: "buttons",
    buttons: [
      { kind: "line", instance: 1, stimulus: 0x09 },
      { kind: "line", instance: 2, stimulus: 0x09 },
      { kind: "speed-dial", instance: 3, stimulus: 0x02 },
      { kind: "feature", instance: 4, stimulus: 0x7f },
    ],
  });
  const pressed = [1, 2, 3, 4].flatMap((key) => {
    rig.do({ kind: "line-key", key });
    return leaves(rig);
  });
  expect(pressed).toEqual([
    words(0x0005, 0x09, 1, 0, 0),
    words(0x0005, 0x09, 2, 0, 0),
    words(0x0005, 0x02, 3, 0, 0),
    words(0x0005, 0x7f, 4, 0, 0),
  ]);
  rig.do({ kind: "messages" });
  expect(leaves(rig)).toEqual([words(0x0005, 0x0f, 1, 0, 0)]);
});

describe("SCCP-050 EnblocCall is for a number the phone knows", () => {
  const enbloc = frameOf(0x0004, new Body().text("600", 24).done());

  test("typed before the handset is lifted, it leaves whole once the server opened the call", () => {
    const rig = new ServerRig();
    rig.digits("600");
    expect(leaves(rig)).toEqual([]);
    rig.lift();
    expect(leaves(rig)).toEqual([words(0x0006, 0, 0)]);
    rig.callState("off-hook");
    expect(leaves(rig)).toEqual([enbloc]);
  });

  test("dialled from a list, it leaves whole; typed after lifting, it never does", () => {
    const rig = new ServerRig();
    rig.do({ kind: "dial", target: "600", line: undefined });
    rig.callState("off-hook");
    expect(leaves(rig)).toEqual([words(0x0006, 0, 0), enbloc]);
    const other = new ServerRig();
    other.lift();
    other.callState("off-hook");
    other.digits("600");
    expect(leaves(other).map((bytes) => bytes[8])).toEqual([0x06, 0x03, 0x03, 0x03]);
  });
});

test("SCCP-070 a multicast channel is refused with status 1", () => {
  const rig = new ServerRig();
  const channel = {
    party: 7,
    conference: 7,
    at: { line: 0, ref: 42 },
    format: { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 },
    packetMs: 20,
    telephoneEvent: undefined,
  };
  rig.order({ kind: "open-multicast", channel, group: { address: "239.0.0.1", port: 20_000 } });
  expect(leaves(rig)).toEqual([words(0x0021, 1, 7, 42)]);
  rig.order({ kind: "close-multicast", party: 7, at: channel.at });
  expect(leaves(rig)).toEqual([]);
});
