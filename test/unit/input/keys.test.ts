// Keys and hook of a phone without an open page: which intents they are.
import { expect, test } from "vitest";
import { digitKeys } from "#hal/contract/panel.ts";
import { call, lineKey, softkeysOf, withCalls } from "#test/screens/samples.ts";
import { Front } from "./front.ts";

test("KEY-013 each digit, star and pound is sent at its press, its release when it comes up; in menus numbers choose", () => {
  const front = new Front();
  for (const digit of digitKeys) {
    front.tap(digit);
    expect(front.asked()).toEqual([
      { kind: "digit", digit },
      { kind: "digit-up", digit },
    ]);
  }
  front.tap("settings", "5");
  expect(front.screen()[0]).toBe("Status");
  expect(front.asked()).toEqual([]);
  front.tap("settings");
  front.down("5");
  expect(front.asked()).toEqual([{ kind: "digit", digit: "5" }]);
  front.up("5");
  expect(front.asked()).toEqual([{ kind: "digit-up", digit: "5" }]);
  front.down("1");
  front.down("#");
  front.up("1");
  front.up("#");
  expect(front.asked().map((intent) => intent.kind)).toEqual(["digit", "digit", "digit-up", "digit-up"]);
});

test("a second press without a release between is one press; a release without a press is nothing", () => {
  const front = new Front();
  front.up("5");
  front.down("5");
  front.down("5");
  expect(front.asked()).toEqual([{ kind: "digit", digit: "5" }]);
});

const functions = [
  ["mute", [{ kind: "mute" }]],
  ["headset", [{ kind: "headset" }]],
  ["speaker", [{ kind: "speaker" }]],
  ["messages", [{ kind: "messages" }]],
  ["line1", [{ kind: "line-key", key: 1 }]],
  ["line6", [{ kind: "line-key", key: 6 }]],
  ["volumeUp", [{ kind: "volume", steps: 1 }]],
  ["volumeDown", [{ kind: "volume", steps: -1 }]],
  ["up", []],
  ["soft2", [{ kind: "softkey", id: "newCall", place: 1 }]],
] as const;

test.each(functions)("%s alone", (key, intents) => {
  const front = new Front();
  front.tap(key);
  expect(front.asked()).toEqual(intents);
});

test("the hook passes through, a flash too", () => {
  const front = new Front();
  for (const hook of ["off-hook", "flash", "on-hook"] as const) front.hook(hook);
  expect(front.asked()).toEqual([{ kind: "off-hook" }, { kind: "flash" }, { kind: "on-hook" }]);
});

test("the rocker chooses among calls, and goes on while held", () => {
  const front = new Front(withCalls([call(), call({ id: "c2", isSelected: false })]));
  front.down("down");
  front.wait(499);
  expect(front.asked()).toEqual([{ kind: "scroll", steps: 1 }]);
  front.wait(1 + 150 + 150);
  expect(front.asked()).toHaveLength(3);
  front.up("down");
  front.wait(1000);
  expect(front.asked()).toEqual([]);
  front.tap("up");
  expect(front.asked()).toEqual([{ kind: "scroll", steps: -1 }]);
});

test("soft keys mean what stands above them, page by page; an empty one means nothing", () => {
  const softkeys = softkeysOf(["hold", "endCall", "transfer", "conference", "blindTransfer"]);
  const front = new Front(withCalls([call()], { softkeys }));
  front.tap("soft2", "soft4");
  expect(front.asked()).toEqual([{ kind: "softkey", id: "endCall", place: 1 }]);
  front.tap("soft4");
  expect(front.asked()).toEqual([]);
  front.tap("soft4", "soft2");
  expect(front.screen().at(-1)).toBe("[Hold] [EndCall] [Trnsfer] [more]");
  expect(front.asked()).toEqual([{ kind: "softkey", id: "blindTransfer", place: 4 }]);
  front.tap("soft4", "soft3");
  expect(front.asked()).toEqual([]);
});

test("another set of soft keys begins at its first page", () => {
  const five = softkeysOf(["hold", "endCall", "transfer", "conference", "blindTransfer"]);
  const front = new Front(withCalls([call()], { softkeys: five }));
  front.tap("soft4");
  expect(front.screen().at(-1)).toBe("[Confrn] [BlndXfr] [] [more]");
  const view = withCalls([call({ state: "hold" })], {
    softkeys: softkeysOf(["resume", "newCall", "endCall", "transfer", "join"]),
  });
  front.seen = { ...front.seen, view };
  expect(front.screen().at(-1)).toBe("[Resume] [NewCall] [EndCall] [more]");
});

test("the volume shows for a while; Save keeps it", () => {
  const front = new Front();
  front.tap("volumeUp");
  expect(front.screen().slice(-6)).toEqual([
    "Ringer 60%",
    "| 5550100",
    "| 5550101",
    "| Reception",
    "| Lab",
    "[Save] [] [] []",
  ]);
  front.tap("soft1");
  expect(front.acted()).toEqual([{ kind: "keep-volume" }]);
  expect(front.screen()).toContain("Saved");
  front.wait(3000);
  expect(front.screen()).toContain("Your current options");
  const talking = new Front(withCalls([call()], { audio: { path: "handset", isMuted: false, volume: 45 } }));
  talking.tap("volumeDown");
  expect(talking.screen()).toContain("Volume 45%");
  expect(talking.screen().at(-1)).toBe("[Hold] [EndCall] [Trnsfer] [more]");
  talking.tap("soft4", "soft3");
  expect(talking.acted()).toEqual([{ kind: "keep-volume" }]);
});

test("`*`, 6 and settings held together restart the phone; one after the other they do not", () => {
  const front = new Front();
  front.tap("*", "6", "settings", "settings");
  expect(front.acted()).toEqual([]);
  front.down("*");
  front.down("6");
  front.down("settings");
  expect(front.acted()).toEqual([{ kind: "restart" }]);
  expect(front.seen.ui.open).toEqual([]);
});

test("a press that began in a menu ends there: no stray digit reaches the call", () => {
  const front = new Front(withCalls([call()]));
  front.tap("settings");
  front.down("5");
  front.tap("settings");
  front.up("5");
  expect(front.asked()).toEqual([]);
});

test("a key the handset lacks or a line key without a line asks the call control all the same", () => {
  const front = new Front({ lineKeys: [lineKey("1")] });
  front.tap("line4");
  expect(front.asked()).toEqual([{ kind: "line-key", key: 4 }]);
});
