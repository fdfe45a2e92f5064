// The whole handset against Asterisk 16's chan_skinny: what a person does with it, and what the server says of it.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { levelAtDbfs, powerDbfs } from "#test/unit/media/spectrum.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { type Capture, startCapture } from "./capture.ts";
import { phoneMac } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { openSkinnyRig, type SkinnyRig, skinnyDevice } from "./skinny-rig.ts";

let skinny: SkinnyRig;
let asterisk: Asterisk;
let capture: Capture;
beforeAll(async () => {
  skinny = await openSkinnyRig();
  asterisk = await startAsterisk(skinny.net, { skinnyDevice });
  await skinny.powerCycle();
  capture = await startCapture(skinny.net, skinny.net.phone);
  try {
    await skinny.rig.ready();
  } catch (error) {
    throw new Error(skinny.log(), { cause: error });
  }
});
afterAll(() => skinny.close());

/** Nothing is left, here and there. */
afterEach(async () => {
  const { rig } = skinny;
  await rig.hangUp();
  if ((await rig.show("lcd")).lamps["speaker"] === "on") await rig.button("speaker");
  asterisk.cli("channel request hangup all");
  await rig.noCalls();
  await eventually("no channels", () =>
    asterisk.cli("core show channels count").includes("0 active channels"),
  );
});

/** Nothing is heard for a while; an idle phone has no sound at all. */
async function hearsNothing(): Promise<void> {
  const { rig } = skinny;
  await rig.wait(300);
  rig.ears.forget();
  await rig.wait(500);
  expect(rig.ears.heard().some((sample) => sample !== 0)).toBe(false);
}

/** To the call that has this key. */
async function scrollTo(label: string): Promise<void> {
  const { rig } = skinny;
  const isThere = async () => (await rig.show("lcd")).softkeys.includes(label);
  if (!(await isThere())) await rig.button("down");
  await rig.until(`a call with the key ${label}`, isThere);
}

/** Somebody from outside calls the phone's line; behind him is the echo. */
const callMe = (from = "600"): string =>
  asterisk.cli(`channel originate Local/${from}@phones extension 6001@phones`);

test("a cold boot finds the file and the server, and the server knows the phone", async () => {
  const { rig } = skinny;
  const { phases } = await rig.show("boot");
  const ends = Object.fromEntries(phases.map((phase) => [phase.name, phase.endedBy]));
  expect(ends["config"]).toBe(`config: ${skinnyDevice}.cnf.xml`);
  expect(ends["register"]).toBe("registered with 10.77.0.1:2000");
  expect(asterisk.cli("skinny show devices")).toMatch(
    new RegExp(`dev6001\\s+${skinnyDevice}\\s+10\\.77\\.0\\.1\\d\\d\\s+7960\\s+Y`),
  );
  await rig.reads("Line 6001", "Echo");
});

test("600, digit by digit, sends back what is said; hung up, nothing is left", async () => {
  const { rig } = skinny;
  await rig.lift();
  await rig.reads("Enter number");
  rig.ears.forget();
  await rig.wait(500);
  expect(powerDbfs(rig.ears.heard())).toBeGreaterThan(-40); // dial tone
  for (const digit of "600") {
    await rig.press(digit);
    await rig.wait(150);
  }
  await rig.call("connected");
  await rig.wait(300);
  expect(await skinny.echo()).toBeGreaterThan(0.9);
  const { streams } = await rig.show("rtp");
  expect(streams[0]?.lost).toBe(0);
  await rig.hangUp();
  await rig.noCalls();
  await hearsNothing();
  expect((await rig.show("lcd")).softkeys.slice(0, 2)).toEqual(["Redial", "NewCall"]);
});

test("601 is a tone of 1004 Hz", async () => {
  const { rig } = skinny;
  await rig.softkey("NewCall");
  await rig.press("601");
  await rig.call("connected");
  await rig.wait(500);
  rig.ears.forget();
  await rig.wait(2100);
  const heard = rig.ears.heard().subarray(-16_000);
  const levels = Array.from({ length: 201 }, (_, i) => ({ hz: 904 + i, db: levelAtDbfs(heard, 904 + i) }));
  const loudest = levels.reduce((most, level) => (level.db > most.db ? level : most));
  expect(loudest.hz).toBe(1004);
  expect(loudest.db).toBeGreaterThan(-25);
});

test("busy and congestion are told, heard, and end by EndCall", async () => {
  const { rig } = skinny;
  for (const [number, state] of [
    ["604", "busy"],
    ["605", "failed"],
  ] as const) {
    await rig.lift();
    await rig.press(number);
    await rig.call(state);
    rig.ears.forget();
    await rig.wait(800);
    expect(powerDbfs(rig.ears.heard())).toBeGreaterThan(-40);
    await rig.hangUp();
    await rig.noCalls();
  }
});

for (const [how, answer] of [
  ["the hook", () => skinny.rig.lift()],
  ["the speaker key", () => skinny.rig.button("speaker")],
  ["the soft key", () => skinny.rig.softkey("Answer")],
] as const)
  test(`a call comes, rings, and is answered by ${how}; the caller hangs up`, async () => {
    const { rig } = skinny;
    rig.ears.forget();
    callMe();
    await rig.call("ring-in");
    await rig.wait(600);
    expect(powerDbfs(rig.ears.ringing())).toBeGreaterThan(-40);
    expect((await rig.show("lcd")).lamps["message"]).not.toBe("off");
    await answer();
    await rig.call("connected");
    await rig.wait(300);
    expect(await skinny.echo()).toBeGreaterThan(0.9);
    asterisk.cli("channel request hangup all");
    await rig.noCalls();
  });

test("hold is silent and resume has the echo again", async () => {
  const { rig } = skinny;
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  await rig.wait(300);
  await rig.softkey("Hold");
  await rig.call("hold");
  await hearsNothing();
  await rig.softkey("Resume");
  await rig.call("connected");
  await rig.wait(300);
  expect(await skinny.echo()).toBeGreaterThan(0.9);
});

test("a second call comes while talking: it is told and heard, taken, ended, and the first is there again", async () => {
  const { rig } = skinny;
  await rig.lift();
  await rig.press("600");
  const first = await rig.call("connected");
  callMe("601");
  expect((await rig.call("ring-in")).call).not.toBe(first.call);
  expect((await rig.show("calls")).calls).toHaveLength(2);
  expect(await skinny.echo()).toBeGreaterThan(0.9); // the first goes on
  await scrollTo("Hold");
  await rig.softkey("Hold"); // chan_skinny ends a call that is not held when another one is answered
  await rig.call("hold");
  await scrollTo("Answer");
  await rig.softkey("Answer");
  expect((await rig.call("connected")).call).not.toBe(first.call);
  await rig.wait(500);
  rig.ears.forget();
  await rig.wait(800);
  expect(levelAtDbfs(rig.ears.heard(), 1004)).toBeGreaterThan(-25);
  await rig.softkey("EndCall");
  await rig.until("one call", async () => (await rig.show("calls")).calls.length === 1);
  await rig.softkey("Resume");
  await rig.call("connected");
  await rig.wait(300);
  expect(await skinny.echo()).toBeGreaterThan(0.9);
});

test("transfer: the two others talk without this phone", async () => {
  const { rig } = skinny;
  callMe("600");
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  await rig.softkey("Trnsfer");
  await rig.call("hold");
  await rig.press("601");
  await rig.call("connected");
  await rig.wait(500);
  await rig.softkey("Trnsfer");
  await rig.noCalls();
  const left = asterisk.cli("core show channels concise");
  expect(left).toContain("Milliwatt");
  expect(left).toContain("Echo");
});

test("conference: chan_skinny offers none, so no key promises one", async () => {
  const { rig } = skinny;
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  const seen = new Set<string>();
  for (let page = 0; page < 4; page++) {
    const { softkeys } = await rig.show("lcd");
    for (const label of softkeys) seen.add(label);
    if (softkeys.includes("more")) await rig.softkey("more");
  }
  expect([...seen]).toContain("Park");
  expect([...seen]).not.toContain("Confrn");
});

test("call forward: set from the keys, known to the server, taken back", async () => {
  const { rig } = skinny;
  await rig.softkey("CFwdALL");
  await rig.call("off-hook");
  await rig.press("6003");
  await eventually("forwarded", () => asterisk.cli("skinny show line 6001").includes("6003"), 15_000);
  await rig.noCalls(15_000);
  await rig.reads("6003");
  await rig.softkey("CFwdALL");
  await eventually("not forwarded", () => !asterisk.cli("skinny show line 6001").includes("6003"), 15_000);
});

test("message waiting: the light is on once somebody left a message", async () => {
  const { rig } = skinny;
  const light = async () => (await rig.show("lcd")).lamps["message"];
  expect(await light()).toBe("off");
  asterisk.cli("channel originate Local/8501@phones application Milliwatt");
  await rig.wait(4000);
  asterisk.cli("channel request hangup all");
  await rig.until("the light is on", async () => (await light()) === "on", 20_000);
});

test("the server is restarted: the phone is in again by itself, and calls", async () => {
  const { rig } = skinny;
  await asterisk.stop();
  await rig.wait(1000);
  asterisk = await startAsterisk(skinny.net, { skinnyDevice });
  await eventually(
    "registered",
    () =>
      asterisk.cli("skinny show devices").includes(skinnyDevice) &&
      / Y /.test(asterisk.cli("skinny show devices")),
    60_000,
  );
  await rig.ready(60_000);
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  await rig.wait(300);
  expect(await skinny.echo()).toBeGreaterThan(0.9);
});

test("of all that, tshark finds nothing malformed in what the phone sent", async () => {
  await capture.stop();
  expect(capture.rows(`eth.src == ${phoneMac} && skinny`, "skinny.messageId").length).toBeGreaterThan(100);
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
});
