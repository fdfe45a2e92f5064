// Calls through the lab's call manager, every packet a frame, at the forms and orders of both servers that were captured.
import { afterEach, describe, expect, test } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { type CallManagerPlay, chanSccp, chanSkinny } from "#test/lab/sccp/play.ts";
import { LabRig, type LabRigOptions } from "./lab-rig.ts";

let rig: LabRig;

async function registered(options: LabRigOptions = {}): Promise<LabRig> {
  rig = await LabRig.open(options);
  await rig.registered();
  return rig;
}

afterEach(() => {
  const left = rig.close();
  expect(rig.failures).toEqual([]);
  expect(left).toBe(0);
});

const manager = () => {
  const first = rig.lab.callManager("first");
  if (first === undefined) throw new Error("the first call manager runs");
  return first;
};
/** Nothing of a call is left; what the server told everybody for 5 s is over, too. */
const quiet = async () => {
  await rig.wait(4000);
  expect(rig.states).toEqual([]);
  expect([rig.tone, rig.ring]).toEqual([undefined, undefined]);
  expect(rig.calls.state().shown.streams).toEqual([]);
  expect(rig.lamps.get("line1") ?? "off").toBe("off");
  expect(["your-options", "\ue013"]).toContain(rig.prompt);
  expect(rig.keys.slice(0, 2)).toEqual(["redial", "newCall"]);
};

const plays: readonly (readonly [string, CallManagerPlay, number])[] = [
  ["chan_skinny at 3", chanSkinny, 3],
  ["chan_skinny at 17", chanSkinny, 17],
  ["chan-sccp at 3", chanSccp, 3],
  ["chan-sccp at 8", chanSccp, 8],
  ["chan-sccp at 11", chanSccp, 11],
  ["chan-sccp at 20", chanSccp, 20],
  ["chan-sccp at 22", chanSccp, 22],
];

describe.each(plays)("%s", (_name, play, protocolVersion) => {
  const options = { play, sccp: { protocolVersion } };

  test("SCCP-051 an outgoing call: dial tone, digits, sound both ways, hang-up", async () => {
    await registered(options);
    await rig.lift();
    expect(rig.tone).toBe("inside-dial");
    expect(rig.states).toEqual(["off-hook"]);
    await rig.dial("6");
    expect(rig.tone).toBeUndefined();
    await rig.dial("00");
    await rig.until("connected", () => rig.states[0] === "connected");
    expect(rig.view.calls[0]?.peer?.number).toBe("600");
    const from = rig.said.samples().length;
    rig.hearAnew();
    await rig.wait(1500);
    const match = audioMatch(rig.said.samples().subarray(from), rig.heard.samples(), 8000);
    expect(match.match).toBeGreaterThan(0.9);
    await rig.rest();
    await quiet();
    expect(rig.view.log.placed[0]?.target).toBe("600");
  });

  test("SCCP-052 an incoming call: ring, name and number, answer by hook, the caller hangs up", async () => {
    await registered(options);
    const caller = manager().ring("1001", { number: "1009", name: "Ann" });
    await rig.wait(50);
    expect(rig.ring).toBe(play === chanSkinny ? "inside" : "outside");
    expect(rig.states).toEqual(["ring-in"]);
    expect(rig.view.calls[0]?.peer).toMatchObject({ number: "1009", name: "Ann" });
    await rig.lift();
    await rig.until("connected", () => rig.states[0] === "connected");
    expect(rig.ring).toBeUndefined();
    await rig.wait(500);
    expect(caller?.media.received).toBeGreaterThan(10);
    caller?.hangUp();
    await rig.wait(50);
    expect(rig.states).toEqual([]);
    await rig.rest();
    await quiet();
    expect(rig.view.log.received).toHaveLength(1);
  });
});
