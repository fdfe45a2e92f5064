// A boot on real kernel interfaces is recorded and played again on the desk, bit for bit; the second boot's files come by
// HTTP from Python's own server on port 6970, and by TFTP what that server does not have, or when it is gone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { playPhone } from "#firmware/bin/recording/phone.ts";
import { parseTape, type Tape } from "#firmware/bin/recording/tape.ts";
import { tftpRoot } from "./dhcp-servers.ts";
import { startKamailio } from "./kamailio.ts";
import { makeNet, type Net, secondAddress, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { driverOf } from "./phone-driver.ts";
import { fileNames, startSite } from "./site.ts";

let net: Net;
beforeEach(() => {
  net = makeNet();
});
afterEach(() => net.close());

/** Power on, a registered line, power off in order; what was asked for by HTTP is in the server's own words. */
async function recordedBoot(): Promise<{ readonly tape: Tape; readonly status: string }> {
  const file = join(net.folder, "tape");
  const phone = await startPhone(net, { words: ["--tape", file] });
  const rig = driverOf(phone);
  await rig.ready(45_000);
  expect(await rig.line1()).toMatchObject({ state: "registered" });
  const status = await phone.command("show status");
  await phone.stop();
  return { tape: parseTape(file, readFileSync(file, "utf8")), status };
}

async function startHttp(): Promise<Peer> {
  const root = tftpRoot(net);
  const words = ["-u", "-m", "http.server", "6970", "--directory", root];
  const isReady = (output: string): boolean => output.includes("Serving HTTP");
  return net.keep(await startPeer({ name: "http", host: net.servers, program: "python3", words, isReady }));
}

/** Frames, datagrams, streams, pictures, log lines: all that went out is held against the tape. */
async function expectSamePlayed(tape: Tape): Promise<void> {
  const done = new Set(tape.entries.flatMap((entry) => ("do" in entry ? [entry.do] : [])));
  for (const use of ["hal.link.send", "hal.network.setAddress", "hal.panel.show", "hal.log.write"])
    expect(done).toContain(use);
  expect((await playPhone(tape)).uses).toBeGreaterThan(300);
}

test("BOOT-055 boots from the kernel's interface play again bit for bit; files by HTTP, then without its server", async () => {
  const parameters = { proxy1_address: secondAddress, offhook_http_files: "1" };
  await Promise.all([startSite(net, { parameters }), startKamailio(net)]);
  const http = await startHttp();
  await expectSamePlayed((await recordedBoot()).tape);
  expect(http.output()).not.toContain("GET");
  const second = await recordedBoot();
  await expectSamePlayed(second.tape);
  expect(http.output()).toContain(`"GET /${fileNames.own} HTTP/1.1" 200`);
  expect(http.output()).toContain(`"GET /RINGLIST.DAT HTTP/1.1" 404`);
  await http.stop();
  const third = await recordedBoot();
  expect(third.status).toContain(`http-unavailable  {"server":"${serverAddress}"}`);
  await expectSamePlayed(third.tape);
});
