// Calls as facts: what `show calls` and the JSON report say, and whether a line is busy.
import { expect, test } from "vitest";
import { callFacts, isBusy } from "#firmware/call/call-facts.ts";
import { defaultCallSettings } from "#firmware/call/settings.ts";
import { carol, Rig } from "./rig.ts";
import { channel, ServerRig, startSend } from "./server-rig.ts";

test("a local call tells number, codec and time; one that failed tells why", () => {
  const rig = new Rig();
  const call = rig.talk("600");
  rig.wait(2_500);
  expect(callFacts(rig.state, rig.now)).toEqual([
    {
      id: call,
      line: 1,
      state: "connected",
      direction: "out",
      number: "600",
      name: "Bob",
      codec: "PCMU/8000",
      streamId: call,
      connectedMs: 2500,
      isSelected: true,
      failure: null,
    },
  ]);
  rig.rest();
  rig.lift();
  rig.digits("601");
  rig.soft("dial");
  rig.ended(rig.lastPlaced.call, 404, "Not Found");
  expect(callFacts(rig.state, rig.now)).toMatchObject([
    { state: "failed", codec: null, connectedMs: null, failure: { status: 404, reason: "Not Found" } },
  ]);
});

test("a call manager's call finds its stream by reference, or the only one there is", () => {
  for (const ref of [1, 0]) {
    const rig = new ServerRig();
    rig.callState("connected");
    rig.order(
      { kind: "open-receive", channel: channel(7, { line: 1, ref }), isIp6Wanted: false },
      startSend(7, { line: 1, ref }),
    );
    expect(callFacts(rig.state, rig.now)).toMatchObject([
      { codec: "PCMU/8000", streamId: [...rig.streams][0] },
    ]);
  }
});

test("a line is busy when it is full, without call waiting at the first call, and in do not disturb", () => {
  const off = { isOn: false, isLocked: false };
  const rig = new Rig({ settings: { callsPerLine: 1 } });
  expect(isBusy(rig.state, 1)).toBe(false);
  rig.comes(carol);
  expect([isBusy(rig.state, 1), isBusy(rig.state, 2)]).toEqual([true, false]);
  const one = new Rig({
    settings: { preferences: { ...defaultCallSettings.preferences, callWaiting: off } },
  });
  one.lift();
  expect(isBusy(one.state, 2)).toBe(true);
  const dnd = new Rig();
  dnd.soft("doNotDisturb");
  expect(isBusy(dnd.state, 1)).toBe(true);
});
