// The whole phone registered at Asterisk 16 over TCP, and over TLS with the CA of the site, which the phone fetched with its
// other files: a call each, and a farewell when the phone is told to stop. A server that another CA signed is not believed.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Asterisk, startAsterisk, tlsVector } from "./asterisk.ts";
import { makeNet, type Net, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { driverOf, expectSpeech, lastSeconds } from "./phone-driver.ts";
import { startSite, user, writeFiles } from "./site.ts";

let net: Net;
let asterisk: Asterisk;

beforeAll(async () => {
  net = makeNet();
  [asterisk] = await Promise.all([startAsterisk(net), startSite(net)]);
});
afterAll(() => net.close());

const contacts = (): string => asterisk.cli("pjsip show contacts");

/** The files of a site that signals so. */
function signalOver(transport: "tcp" | "tls", ca: string): void {
  const port = transport === "tls" ? "5061" : "5060";
  writeFiles(net, {
    parameters: { proxy1_port: port, offhook_transport: transport, offhook_ca: "site-ca.pem" },
    files: { "site-ca.pem": readFileSync(tlsVector(ca), "utf8") },
  });
}

for (const [transport, port] of [
  ["tcp", 5060],
  ["tls", 5061],
] as const)
  test(`registered over ${transport}, a call to the echo, and gone from Asterisk when told to stop`, async () => {
    signalOver(transport, "site-ca.pem");
    const phone = await startPhone(net, { name: `phone-${transport}` });
    const rig = driverOf(phone);
    await rig.ready();
    expect(await rig.line1()).toMatchObject({ state: "registered", server: `${serverAddress}:${port}` });
    expect(contacts()).toMatch(new RegExp(`${user.name}/sip:${user.name}@\\S*transport=${transport}`, "i"));
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    await rig.wait(3500);
    expectSpeech(lastSeconds(phone.heard(), 3), phone.said);
    await rig.hangUp();
    await rig.noCalls();
    await phone.stop();
    expect(await phone.exited).toBe(0);
    expect(contacts()).not.toContain(`${user.name}/sip:`);
  });

test("a server whose certificate another CA signed is told as untrusted, and gets no REGISTER", async () => {
  signalOver("tls", "ca.pem");
  const phone = await startPhone(net, { name: "phone-untrusting" });
  const rig = driverOf(phone);
  const { phase } = await rig.trouble("server-untrusted");
  expect(phase).toBe("register");
  expect(contacts()).not.toContain(`${user.name}/sip:`);
  await phone.stop();
  expect(await phone.exited).toBe(0);
});

test("the first CA stays: the site's file with another one is told and not believed", async () => {
  signalOver("tls", "ca.pem");
  const phone = await startPhone(net, { name: "phone-tls" });
  const rig = driverOf(phone);
  await rig.ready();
  await eventually("told", async () => (await phone.command("show status")).includes("ca-changed"));
  await phone.stop();
});
