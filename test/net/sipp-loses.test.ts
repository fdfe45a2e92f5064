// sipp loses a quarter of all packets, each way, in many calls at a time: the product's SIP brings every one about, once. A
// perfect phone loses four in ten thousand, where the repeats of both ends are used up. OFFHOOK_CALLS says how many calls;
// sixty unless told.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answered } from "./answering-program.ts";
import { makeNet, type Net } from "./namespaces.ts";
import { startPeer } from "./peer.ts";
import { runSipp } from "./sipp.ts";

const calls = Number(process.env["OFFHOOK_CALLS"] ?? 60);
const callsPerSec = 12;
const [address, sippAddress] = ["10.77.0.6", "10.77.0.5"];
/** From the last call's start to the last repeat of anything: 64*T1 for its INVITE, and as much for its BYE. */
const lastCallMs = 70_000;

let net: Net;
beforeAll(() => {
  net = makeNet();
});
afterAll(() => net.close());

test(
  `${calls} calls through sipp -lost 25: two of 600 may fail, none is doubled`,
  async () => {
    const phone = net.addHost("answering", address);
    const host = net.addHost("sipp", sippAddress);
    const program = `${import.meta.dirname}/answering-program.ts`;
    const peer = await startPeer({
      name: "answering",
      host: phone,
      program: process.execPath,
      words: [program, address],
      isReady: (output) => output.includes("ready"),
    });
    net.keep(peer);
    const limitSec = Math.ceil(calls / callsPerSec + lastCallMs / 1000);
    const { output } = await runSipp(net, {
      host,
      local: `${sippAddress}:5060`,
      remote: `${address}:5060`,
      scenario: "uac",
      words: ["-s", "6002", "-m", String(calls), "-r", String(callsPerSec), "-lost", "25"].concat([
        "-timeout",
        String(limitSec),
      ]),
    });
    const [, successful = "?"] =
      /Successful call +\| +\d+ +\| +(\d+)/.exec(output.slice(output.lastIndexOf("Successful"))) ?? [];
    await peer.stop();
    const answered = JSON.parse(peer.output().trim().split("\n").at(-1) ?? "") as Answered; // the program's own line
    process.stdout.write(`${successful} of ${calls} calls; the phone: ${JSON.stringify(answered)}\n`);
    expect(Number(successful)).toBeGreaterThanOrEqual(calls - Math.ceil((calls * 2) / 600));
    expect(answered.doubled).toEqual([]);
    expect(answered.incoming).toBeLessThanOrEqual(calls);
  },
  (calls / callsPerSec) * 1000 + lastCallMs + 30_000,
);
