// The whole phone as a process, and servers nobody here wrote: dnsmasq for address and files, chrony for the time, Asterisk
// 16 as registrar, baresip as the other phone, tshark as judge of everything the phone sent.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { type Baresip, startBaresip } from "./baresip.ts";
import { type Capture, startCapture } from "./capture.ts";
import { startChrony } from "./chrony.ts";
import { makeNet, type Net, phoneMac, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectBothWays, expectSpeech, lastSeconds } from "./phone-driver.ts";
import { startSite, user } from "./site.ts";

const otherAddress = "10.77.0.3";
const otherUser = "6003";

let net: Net;
let asterisk: Asterisk;
let baresip: Baresip;
let phone: PhoneProcess;
let rig: Rig;
let capture: Capture;

beforeAll(async () => {
  net = makeNet();
  const host = net.addHost("other", otherAddress);
  [asterisk] = await Promise.all([startAsterisk(net), startSite(net), startChrony(net)]);
  baresip = await startBaresip(net, {
    host,
    address: otherAddress,
    user: otherUser,
    registrar: serverAddress,
    answers: "auto",
  });
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  phone = await startPhone(net);
  rig = driverOf(phone);
});
afterAll(() => net.close());

/** Waits until both have sound for this long. */
const listen = (seconds: number): Promise<void> => rig.wait(seconds * 1000 + 500);

test("it registers by itself, and Asterisk lists it at the address that dnsmasq gave", async () => {
  await rig.ready();
  const { lines } = await rig.show("register");
  expect(lines).toMatchObject([{ line: 1, state: "registered", server: `${serverAddress}:5060` }]);
  const { dhcp, address } = JSON.parse(await phone.command("show network json"));
  expect(dhcp).toMatchObject({ state: "bound", server: serverAddress, tftpServers: [serverAddress] });
  const [own] = String(address).split("/");
  expect(asterisk.cli("pjsip show contacts")).toContain(`${user.name}/sip:${user.name}@${own}:5060`);
});

test("each phase says what ended it, and the time is chrony's", async () => {
  await rig.until("the time", async () => {
    const { phases } = await rig.show("boot");
    return phases.find(({ name }) => name === "time")?.endMs !== null;
  });
  const { phases, trouble } = await rig.show("boot");
  expect(trouble).toBeNull();
  expect(Object.fromEntries(phases.map(({ name, endedBy }) => [name, endedBy]))).toMatchObject({
    vlan: "cdp: voice goes untagged",
    ip: expect.stringMatching(/^dhcp: 10\.77\.0\.1\d\d from 10\.77\.0\.1$/),
    config: "config: SIPDefault.cnf, SIP001122334455.cnf",
    register: `registered with ${serverAddress}:5060`,
  });
  await rig.until("an answer of chrony", () => Promise.resolve(/sntp/.test(phone.output())));
});

test("lift, press 600: Asterisk's echo brings back what was said", async () => {
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  await listen(4);
  const { streams } = await rig.show("rtp");
  expect(streams[0]?.lost).toBe(0);
  expect(streams[0]?.received).toBeGreaterThan(150);
  await rig.hangUp();
  await rig.noCalls();
  expectSpeech(lastSeconds(phone.heard(), 4), phone.said);
});

test("a call to baresip has sound both ways, and ends for both when the receiver goes down", async () => {
  await rig.lift();
  await rig.press(otherUser);
  await rig.call("connected");
  await listen(3);
  expectBothWays(phone, baresip);
  await rig.hangUp();
  await rig.noCalls();
  await eventually("no channel", () => asterisk.cli("core show channels count").includes("0 active calls"));
});

test("a call from baresip rings, shows who calls, has sound both ways, and ends when baresip hangs up", async () => {
  baresip.dial(`sip:${user.name}@${serverAddress}`);
  const ringing = await rig.call("ring-in");
  expect(ringing.number).toBe(otherUser);
  await rig.reads(otherUser);
  await rig.lift();
  await rig.call("connected");
  await listen(3);
  expectBothWays(phone, baresip);
  baresip.hangUp();
  await rig.until("the far end is gone", async () => {
    const { calls } = await rig.show("calls");
    return !calls.some(({ state }) => state === "connected");
  });
  await rig.hangUp();
  await rig.noCalls();
});

test("tshark finds nothing malformed in all that the phone sent, from the first frame to its end", async () => {
  await phone.stop();
  expect(await phone.exited).toBe(0);
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const sent = new Set(
    capture
      .rows(`eth.src == ${phoneMac}`, "frame.protocols")
      .flat()
      .flatMap((stack) => stack.split(":")),
  );
  for (const protocol of ["cdp", "lldp", "dhcp", "arp", "tftp", "ntp", "sip", "sdp", "rtp", "rtcp"])
    expect(sent, protocol).toContain(protocol);
});
