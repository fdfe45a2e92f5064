// The whole phone as a process with Kamailio as registrar and proxy that wants a password for each call, and baresip as
// the other phone.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Baresip, startBaresip } from "./baresip.ts";
import { type Capture, startCapture } from "./capture.ts";
import { type Kamailio, startKamailio } from "./kamailio.ts";
import { makeNet, type Net, phoneMac, secondAddress } from "./namespaces.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectBothWays } from "./phone-driver.ts";
import { startSite, user } from "./site.ts";

const otherAddress = "10.77.0.3";
const otherUser = "6003";

let net: Net;
let kamailio: Kamailio;
let baresip: Baresip;
let phone: PhoneProcess;
let rig: Rig;
let capture: Capture;

beforeAll(async () => {
  net = makeNet();
  const host = net.addHost("other", otherAddress);
  const site = startSite(net, { parameters: { proxy1_address: secondAddress } });
  // a nonce holds for two seconds: later requests are told that theirs is stale
  [kamailio] = await Promise.all([startKamailio(net, { nonceSec: 2 }), site]);
  baresip = await startBaresip(net, {
    host,
    address: otherAddress,
    user: otherUser,
    registrar: secondAddress,
    answers: "auto",
  });
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
});
afterAll(() => net.close());

test("Kamailio's own listing has the phone", async () => {
  const { lines } = await rig.show("register");
  expect(lines).toMatchObject([{ line: 1, state: "registered", server: `${secondAddress}:5060` }]);
  const { address } = JSON.parse(await phone.command("show network json"));
  const [own] = String(address).split("/");
  expect(kamailio.ctl("ul.dump")).toContain(`Address: sip:${user.name}@${own}:5060`);
});

test("a call through the proxy is challenged with a new nonce, and has sound both ways", async () => {
  await rig.wait(2500); // the registration's nonce is stale by then
  await rig.lift();
  await rig.press(otherUser);
  await rig.call("connected");
  await rig.wait(3500);
  expectBothWays(phone, baresip);
  await rig.hangUp();
  await rig.noCalls();
});

test("a call from baresip through the proxy rings and has sound both ways", async () => {
  baresip.dial(`sip:${user.name}@${secondAddress}`);
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  await rig.wait(3500);
  expectBothWays(phone, baresip);
  await rig.hangUp();
  await rig.noCalls();
});

test("the proxy stays in the dialogs, every request was let through, and nothing we sent is malformed", async () => {
  await phone.stop();
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const ours = `eth.src == ${phoneMac} && sip.Method`;
  const ends = new Set(capture.rows(ours, "ip.dst").flat());
  expect(ends).toEqual(new Set([secondAddress]));
  const routed = capture.rows(`eth.src == ${phoneMac} && sip.Method == BYE`, "sip.Route").flat();
  expect(routed.length).toBeGreaterThan(0);
  for (const route of routed) expect(route).toContain(secondAddress);
  const challenges = capture.rows("sip.Status-Code == 407", "sip.Proxy-Authenticate").flat();
  expect(challenges.length).toBeGreaterThan(0);
});
