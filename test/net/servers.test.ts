// Every peer comes up in the servers' namespace, answers somebody else's client, and is gone afterwards.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startAsterisk } from "./asterisk.ts";
import { startBaresip } from "./baresip.ts";
import { startCapture } from "./capture.ts";
import { startChrony } from "./chrony.ts";
import { startKea, tftpRoot } from "./dhcp-servers.ts";
import { startAtftpd, startTftpdHpa } from "./file-servers.ts";
import { startKamailio } from "./kamailio.ts";
import { startLldpd } from "./lldpd.ts";
import { makeNet, type Net, phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { runSipp } from "./sipp.ts";
import { listNamespaces } from "./sweep.ts";

let net: Net;
beforeEach(() => {
  net = makeNet();
});
afterEach(() => net.close());

test("baresip registers at Asterisk and hears itself through the echo, in a capture without a fault", async () => {
  const asterisk = await startAsterisk(net);
  const host = net.addHost("other", "10.77.0.3");
  const capture = await startCapture(net, host);
  const baresip = await startBaresip(net, {
    host,
    address: "10.77.0.3",
    user: "6003",
    registrar: serverAddress,
    answers: "auto",
  });
  expect(asterisk.cli("pjsip show contacts")).toMatch(/6003\/sip:6003\S*@10\.77\.0\.3/);
  baresip.dial(`sip:600@${serverAddress}`);
  await eventually("call up", () => asterisk.cli("core show channels").includes("Echo"));
  await eventually("sound heard", () => baresip.heard().some((sample) => Math.abs(sample) > 4000));
  baresip.hangUp();
  await eventually("call over", () => asterisk.cli("core show channels count").includes("0 active calls"));
  await capture.stop();
  expect(capture.rows("sip.Method == INVITE", "sip.Method").length).toBeGreaterThan(0);
  expect(capture.malformedFrom(host.run("cat", "/sys/class/net/eth0/address").trim())).toEqual([]);
});

test("baresip registers at Kamailio with digest, and sipp's OPTIONS gets its 200", async () => {
  const kamailio = await startKamailio(net);
  const host = net.addHost("other", "10.77.0.3");
  await startBaresip(net, {
    host,
    address: "10.77.0.3",
    user: "6002",
    registrar: secondAddress,
    answers: "auto",
  });
  expect(kamailio.ctl("ul.dump")).toMatch(/Address: sip:6002\S*@10\.77\.0\.3:5060/);
  const scenario = `<?xml version="1.0"?><scenario name="options">
    <send retrans="500"><![CDATA[
      OPTIONS sip:${secondAddress}:5060 SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      From: <sip:sipp@[local_ip]>;tag=[call_number]
      To: <sip:${secondAddress}>
      Call-ID: [call_id]
      CSeq: 1 OPTIONS
      Max-Forwards: 70
      Content-Length: 0
    ]]></send><recv response="200"/></scenario>`;
  const ended = await runSipp(net, {
    host,
    local: "10.77.0.3:5080",
    remote: `${secondAddress}:5060`,
    scenario,
  });
  expect(ended.code, ended.output).toBe(0);
});

test("kea, chrony, lldpd and both TFTP servers are up side by side", async () => {
  await startKea(net);
  await startChrony(net, { broadcasts: ["10.77.0.255"] });
  const lldpd = await startLldpd(net);
  await startAtftpd(net);
  await startTftpdHpa(net);
  writeFileSync(join(tftpRoot(net), "SIPDefault.cnf"), "image_version: none\n");
  expect(lldpd.cli("show neighbors")).toContain("LLDP neighbors");
  const bound = net.servers.run("ss", "-Hlun");
  for (const end of [`${serverAddress}:123`, `${serverAddress}:69`, `${secondAddress}:69`])
    expect(bound).toContain(end);
});

test("closing the net ends every program in it and leaves no namespace", async () => {
  const short = makeNet();
  const kamailio = await startKamailio(short);
  await short.close();
  expect(await kamailio.exited).not.toBe(null);
  expect(listNamespaces().filter((name) => name === short.servers.namespace)).toEqual([]);
  expect(phoneMac).toMatch(/^00:11:22:33:44:/);
});
