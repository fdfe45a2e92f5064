// Keys of a phone that has not started yet: what it waits for, and a way out.
import { expect, test } from "vitest";
import type { PhoneView } from "#firmware/call/view.ts";
import { call, idleView, withCalls } from "#test/screens/samples.ts";
import { Front } from "./front.ts";

const waiting: Partial<PhoneView> = {
  boot: {
    phase: "register",
    trouble: { code: "server-silent", facts: { server: "10.77.0.10" } },
    warnings: [],
    retryAt: undefined,
  },
  softkeys: [],
};

test("MITEL-028 `*` during a stalled start shows the phase, the last error and the addresses", () => {
  const front = new Front(waiting);
  front.tap("*");
  expect(front.screen()).toEqual([
    "Status",
    "Registering",
    "Call server does not answer. 10.77.0.10 was",
    "asked to register this phone. Check the server",
    "and the network between; trying again.",
    "IP Address: 10.77.0.23",
    "Operational VLAN Id: 110",
    "[Exit] [] [] []",
  ]);
  front.tap("down", "down", "down", "down");
  expect(front.screen()).toContain("TFTP Server: 10.77.0.5");
  front.tap("up");
  expect(front.screen()).toContain("DHCP Server: 10.77.0.1");
  front.tap("soft1");
  expect(front.screen()[0]).toBe("Call server does not answer");
  expect(front.asked()).toEqual([]);
});

test("a phone in trouble offers its status and a restart; other digits still go to the call control", () => {
  const front = new Front(waiting);
  front.tap("soft1");
  expect(front.screen()[0]).toBe("Status");
  front.tap("soft1", "soft2", "soft3");
  expect(front.acted()).toEqual([{ kind: "restart" }]);
  front.type("112");
  expect(front.asked().filter(({ kind }) => kind === "digit")).toHaveLength(3);
});

test("`*` in a call or on an idle phone is a digit", () => {
  for (const view of [idleView, withCalls([call()]), { ...withCalls([call()]), ...waiting }]) {
    const front = new Front(view);
    front.tap("*");
    expect(front.asked()[0]).toEqual({ kind: "digit", digit: "*" });
  }
});
