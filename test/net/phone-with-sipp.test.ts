// The whole phone against conversations that a polite server never has: sipp plays its proxy, and strangers that call it.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Capture, startCapture } from "./capture.ts";
import { type Host, makeNet, type Net, phoneMac } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectSpeech, lastSeconds } from "./phone-driver.ts";
import { playSipp } from "./sipp.ts";
import * as scenarios from "./sipp-scenarios.ts";
import { startSite, user } from "./site.ts";

const sippAddress = "10.77.0.5";
const number = "7000";
const dialPlan = `<DIALTEMPLATE><TEMPLATE MATCH="7..." Timeout="0"/></DIALTEMPLATE>\n`;

let net: Net;
let host: Host;
let phone: PhoneProcess;
let rig: Rig;
let capture: Capture;
let address: string;

beforeAll(async () => {
  net = makeNet();
  host = net.addHost("sipp", sippAddress);
  await startSite(net, {
    parameters: { proxy1_address: sippAddress, proxy_register: "0" },
    files: { "dialplan.xml": dialPlan },
  });
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
  [address = ""] = String(JSON.parse(await phone.command("show network json")).address).split("/");
});
afterAll(() => net.close());

const play = (scenario: string, words: readonly string[] = [], port = 5060) =>
  playSipp(net, {
    host,
    local: `${sippAddress}:${port}`,
    remote: `${address}:5060`,
    scenario,
    words: ["-s", user.name, ...words],
  });

/** The phone calls sipp, which plays this; the person does what the call needs. */
async function called(
  scenario: string,
  person: () => Promise<void>,
  words: readonly string[] = [],
): Promise<void> {
  const { ended } = await play(scenario, words);
  await rig.lift();
  await rig.press(number);
  await person();
  const { code, output } = await ended;
  expect(code, output).toBe(0);
  await rig.noCalls();
}

async function talkAndHangUp(): Promise<void> {
  await rig.call("connected");
  await rig.wait(300);
  await rig.hangUp();
}

for (const status of [404, 480, 486, 500, 603])
  test(`${status} is acknowledged once, and told`, () =>
    called(scenarios.refusing(status), async () => {
      await rig.call(status === 486 ? "busy" : "failed");
      await rig.hangUp();
    }));

test("302: the phone calls the Contact that it was given", () =>
  called(scenarios.redirecting, talkAndHangUp));

test("early media: what sipp echoes is heard before anybody answers", () =>
  called(scenarios.earlyMedia, async () => {
    await rig.wait(3000);
    expect((await rig.show("calls")).calls[0]?.connectedMs).toBeNull();
    expectSpeech(lastSeconds(phone.heard(), 2), phone.said);
    await talkAndHangUp();
  }, ["-rtp_echo"]));

test("forking: both who answer are acknowledged, the second is told at once that nobody wants it", () =>
  called(scenarios.forking, talkAndHangUp));

test("glare: both change the session at once, 491 either way, and the phone's hold comes about", () => {
  const sinceEpochSec = Date.now() / 1000;
  return called(scenarios.glare, async () => {
    await rig.call("connected");
    await rig.softkey("Hold");
    await rig.call("hold");
    // The phone made the Call-ID: it tries again after 2.1 to 4 s. It acknowledges the answers to all three INVITEs.
    const own = `eth.src == ${phoneMac} && sip.Method == ACK && frame.time_epoch > ${sinceEpochSec}`;
    await eventually("held by agreement", () => capture.rows(own, "sip.Call-ID").length === 3);
    await rig.softkey("EndCall");
    await rig.hangUp();
  });
});

test("a lost ACK: each 200 that comes again is acknowledged again", () =>
  called(scenarios.ackLost, talkAndHangUp));

test("BYE crosses BYE: both are answered", () => called(scenarios.byeCrossing, talkAndHangUp));

test("B-8 transfer without consultation, failing over to BYE with Also", () =>
  called(scenarios.knowsNoRefer, async () => {
    await rig.call("connected");
    await rig.softkey("BlndXfr");
    await rig.press("7001");
    await rig.reads("Transferred");
    await rig.hangUp();
  }));

test("B-10 transfer with consultation, failing over to BYE with Also", async () => {
  const consulted = await play(scenarios.consulted);
  const caller = await play(scenarios.callerKnowsNoRefer, [], 5070);
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  await rig.softkey("Trnsfer");
  await rig.press("7001");
  await rig.until("both calls stand", async () => {
    const { calls } = await rig.show("calls");
    return (
      calls.length === 2 &&
      calls.some(({ state, number: called }) => state === "connected" && called === "7001")
    );
  });
  await rig.softkey("Trnsfer");
  for (const { ended } of [caller, consulted]) {
    const { code, output } = await ended;
    expect(code, output).toBe(0);
  }
  await rig.hangUp();
  await rig.noCalls();
});

test("B-20 gateway to phone, 488: no codec in common, and nothing rings", async () => {
  const { ended } = await play(scenarios.unknownCodec);
  const { code, output } = await ended;
  expect(code, output).toBe(0);
  expect((await rig.show("calls")).calls).toEqual([]);
});

/** sipp calls the phone; the person answers. */
async function answers(scenario: string): Promise<void> {
  const { ended } = await play(scenario);
  await rig.call("ring-in");
  await rig.lift();
  const { code, output } = await ended;
  expect(code, output).toBe(0);
  await rig.hangUp();
  await rig.noCalls();
}

test("a CANCEL that comes after the answer changes nothing", () => answers(scenarios.lateCancel));

test("the 200 comes again and again until it is acknowledged", () => answers(scenarios.lateAck));

test("nothing that the phone sent is malformed, and its 200 without ACK was repeated", async () => {
  await phone.stop();
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const own = `eth.src == ${phoneMac} && sip.Status-Code == 200 && sip.CSeq.method == INVITE`;
  const ids = capture.rows(own, "sip.Call-ID").flat();
  expect(ids.filter((id) => id === ids.at(-1)).length).toBeGreaterThanOrEqual(3);
});
