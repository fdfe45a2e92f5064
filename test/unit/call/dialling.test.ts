// The dial plan at work while a person dials: when a number goes, what is heard, what is sent.
import { expect, test } from "vitest";
import { readDialPlan } from "#firmware/call/dialplan/read.ts";
import { Rig, twoLines } from "./rig.ts";

const dialPlan = readDialPlan(
  "dialplan.xml",
  new TextEncoder().encode(`<DIALTEMPLATE>
    <TEMPLATE MATCH="0" Timeout="1" User="Phone"/>
    <TEMPLATE MATCH="2..." Timeout="0" User="IP" Rewrite="1000%s"/>
    <TEMPLATE MATCH="9,1.........." Timeout="0" User="Phone" Tone="Bellcore-Outside"/>
    <TEMPLATE MATCH="9,011*" Timeout="6" User="Phone"/>
    <TEMPLATE MATCH="7.." Route="FQDN" Rewrite="%1@example.com"/>
  </DIALTEMPLATE>`),
);

const rig = (): Rig => {
  const phone = new Rig({ settings: { dialPlan } });
  phone.lift();
  return phone;
};

test("DP-046 timeout 0 dials at the last digit, a timeout starts anew with each", () => {
  const at = rig();
  at.digits("234");
  expect(at.sessions).toEqual([]);
  at.digits("5");
  expect(at.lastPlaced).toMatchObject({ target: "10002345", user: "ip", route: "default" });
  const international = rig();
  international.digits("90114930");
  international.wait(5_999);
  international.digits("1");
  international.wait(5_999);
  expect(international.sessions).toEqual([]);
  international.wait(1);
  expect(international.lastPlaced.target).toBe("901149301");
});

test("DP-047 DP-048 half matched or not matched at all: the default inter-digit time, digits unchanged", () => {
  for (const digits of ["914", "555"]) {
    const at = rig();
    at.digits(digits);
    at.wait(9_999);
    expect(at.sessions).toEqual([]);
    at.wait(1);
    expect(at.lastPlaced.target).toBe(digits);
  }
});

test("DP-017 without a plan a number goes on Dial, on # or after the inter-digit time", () => {
  for (const go of [
    (at: Rig) => at.soft("dial"),
    (at: Rig) => at.digits("#"),
    (at: Rig) => at.wait(10_000),
  ]) {
    const at = new Rig();
    at.lift();
    at.digits("600");
    go(at);
    expect(at.lastPlaced.target).toBe("600");
  }
});

test("a plan that comes while somebody dials holds for what was typed before it", () => {
  const complete = new Rig();
  complete.lift();
  complete.digits("2345");
  complete.wait(1_000);
  expect(complete.sessions).toEqual([]);
  complete.send({ kind: "settings", settings: { ...twoLines, dialPlan } });
  expect(complete.lastPlaced).toMatchObject({ target: "10002345", user: "ip" });
  const begun = new Rig();
  begun.lift();
  begun.digits("2");
  begun.send({ kind: "settings", settings: { ...twoLines, dialPlan } });
  begun.digits("345");
  expect(begun.lastPlaced.target).toBe("10002345");
});

test("a secondary dial tone sounds after the 9 and stops with the next digit", () => {
  const at = rig();
  at.digits("9");
  expect(at.tone).toBe("outside-dial");
  at.digits("1");
  expect(at.tone).toBeUndefined();
  at.soft("backspace");
  expect(at.tone).toBe("outside-dial");
  at.soft("backspace");
  expect(at.tone).toBe("inside-dial");
});

test("DP-051 on-hook dialling, redial, directory and speed dial go through the plan without waiting", () => {
  const typed = new Rig({ settings: { dialPlan } });
  typed.digits("2345");
  expect(typed.sessions).toEqual([]);
  typed.lift();
  expect(typed.lastPlaced.target).toBe("10002345");
  typed.rest();
  typed.soft("redial");
  expect(typed.lastPlaced.target).toBe("10002345");
  typed.do({ kind: "speaker" });
  typed.do({ kind: "dial", target: "711", line: undefined });
  expect(typed.lastPlaced).toMatchObject({ target: "11@example.com", route: "url" });
  typed.do({ kind: "speaker" });
  typed.do({ kind: "line-key", key: 3 });
  expect(typed.lastPlaced.target).toBe("10002999");
});

test("# while only a longer rule is half matched leaves the number to be edited", () => {
  const at = rig();
  at.digits("914#");
  expect(at.sessions).toEqual([]);
  expect(at.view.calls[0]?.digits).toBe("914");
  at.soft("dial");
  expect(at.lastPlaced.target).toBe("914");
});

test("lifting, dialling half a number and hanging up tells SIP nothing", () => {
  const at = rig();
  at.digits("23");
  at.rest();
  expect(at.sessions).toEqual([]);
  expect(at.isQuiet).toBe(true);
});

test("FEA-012 the best match from the logs is offered behind the cursor and can be taken", () => {
  const at = new Rig();
  at.talk("0301234567");
  at.rest();
  at.lift();
  at.digits("030");
  expect(at.view.calls[0]?.suggestion).toBe("0301234567");
  at.do({ kind: "scroll", steps: 1 });
  expect(at.view.calls[0]).toMatchObject({ digits: "0301234567", suggestion: undefined });
  at.soft("dial");
  expect(at.lastPlaced.target).toBe("0301234567");
  const off = new Rig({ settings: { hasAutocomplete: false }, kept: { log: at.view.log } });
  off.lift();
  off.digits("030");
  expect(off.view.calls[0]?.suggestion).toBeUndefined();
});

test("a URI from a directory or the console goes as it is", () => {
  const at = new Rig();
  at.do({ kind: "dial", target: "sip:carol@example.com", line: 2 });
  expect(at.lastPlaced).toMatchObject({ target: "sip:carol@example.com", route: "url", line: 2 });
});
