// A SIP phone of ours and an SCCP phone of ours, each a process in a namespace of its own, talk through one Asterisk 16
// (PJSIP and chan_skinny): either calls, either hangs up first.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { startDnsmasq, tftpRoot } from "./dhcp-servers.ts";
import { makeNet, type Net } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectTalking } from "./phone-driver.ts";
import { startSwitch, user, writeFiles } from "./site.ts";
import { skinnyDevice, skinnyFile } from "./skinny-rig.ts";

const sipMac = "00:11:22:33:44:66";

/** A phone and the person at it. */
interface Party {
  readonly phone: PhoneProcess;
  readonly rig: Rig;
  readonly number: string;
}

let net: Net;
let asterisk: Asterisk;
let skinny: Party;
let sip: Party;

beforeAll(async () => {
  net = makeNet();
  const host = net.addPhone("tel1", sipMac);
  writeFiles(net, { mac: sipMac });
  writeFileSync(join(tftpRoot(net), `${skinnyDevice}.cnf.xml`), skinnyFile(["10.77.0.1"]));
  [asterisk] = await Promise.all([
    startAsterisk(net, { skinnyDevice }),
    startDnsmasq(net),
    startSwitch(net),
    startSwitch(net, "tel1"),
  ]);
  const [first, second] = await Promise.all([
    startPhone(net, { name: "skinny", voice: 5 }),
    startPhone(net, { name: "sip", voice: 6, at: { host, mac: sipMac } }),
  ]);
  skinny = { phone: first, rig: driverOf(first), number: "6001" };
  sip = { phone: second, rig: driverOf(second), number: user.name };
  await Promise.all([skinny.rig.ready(), sip.rig.ready()]);
});
afterAll(() => net.close());

test("both are registered at the one server, each by its own protocol", async () => {
  const [one, other] = await Promise.all([skinny.rig.show("register"), sip.rig.show("register")]);
  expect(one.lines[0]).toMatchObject({ protocol: "sccp", state: "registered", server: "10.77.0.1:2000" });
  expect(other.lines[0]).toMatchObject({ protocol: "sip", state: "registered", server: "10.77.0.1:5060" });
  expect(asterisk.cli("skinny show devices")).toContain(skinnyDevice);
  expect(asterisk.cli("pjsip show contacts")).toContain(`${user.name}/sip:`);
});

for (const caller of ["SCCP", "SIP"] as const)
  for (const first of ["caller", "called"] as const)
    test(`the ${caller} phone calls, both hear each other, the ${first} hangs up first`, async () => {
      const [from, to] = caller === "SCCP" ? [skinny, sip] : [sip, skinny];
      await from.rig.lift();
      await from.rig.press(to.number);
      const ringing = await to.rig.call("ring-in");
      expect(ringing.number).toBe(from.number);
      await to.rig.lift();
      await Promise.all([from.rig.call("connected"), to.rig.call("connected")]);
      await from.rig.wait(3300);
      expectTalking(from.phone, to.phone);
      const [ending, left] = first === "caller" ? [from, to] : [to, from];
      await ending.rig.hangUp();
      await ending.rig.noCalls();
      await left.rig.until("the far end is gone", async () =>
        (await left.rig.show("calls")).calls.every(({ state }) => state !== "connected"),
      );
      await left.rig.hangUp();
      await left.rig.noCalls();
      await eventually("no channels", () =>
        asterisk.cli("core show channels count").includes("0 active channels"),
      );
    });
