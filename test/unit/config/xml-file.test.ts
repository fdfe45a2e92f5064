// SEP<MAC>.cnf.xml and XMLDefault.cnf.xml: what they say, what is refused.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { ConfigKind, PhoneConfig } from "#firmware/config/phone-config.ts";
import type { GivenFile, Reading } from "#firmware/config/reading.ts";
import { file, type Given, read } from "./reading-rig.ts";

const folder = join(import.meta.dirname, "../../vectors/config");
const sample = (name: string): string => readFileSync(join(folder, name), "utf8");
const phoneName = "SEP00005E005301.cnf.xml";

function reading(kind: ConfigKind, text: string | readonly GivenFile[], given?: Given): Reading {
  return read(kind, typeof text === "string" ? [file(phoneName, text)] : text, given);
}

function accepted(text: string, given?: Given): Extract<Reading, { kind: "accepted" }> {
  const result = reading("xml", text, given);
  if (result.kind === "refused") throw new Error(JSON.stringify(result));
  return result;
}

const sccp = (): PhoneConfig => accepted(sample("sep-7960-sccp.cnf.xml")).config;
const sip = (): PhoneConfig => accepted(sample("sep-7960-sip.cnf.xml")).config;
const device = (inside: string): string =>
  `<device><devicePool><callManagerGroup><members><member priority="0"><callManager><processNodeName>192.0.2.20</processNodeName></callManager></member></members></callManagerGroup></devicePool>${inside}</device>`;

describe("servers", () => {
  test("BOOT-058 the list is sorted by priority, blank nodes are skipped, then the survivable-site router", () => {
    expect(sccp().servers).toEqual([
      { host: "192.0.2.20", sccpPort: 2001, sipPort: 5060, securedSipPort: 5061, isSrst: false },
      { host: "192.0.2.21", sccpPort: 2000, sipPort: 5060, securedSipPort: 5061, isSrst: false },
      { host: "cm3.example.com", sccpPort: 2002, sipPort: 5060, securedSipPort: 5061, isSrst: false },
      { host: "192.0.2.1", sccpPort: 2000, sipPort: 5062, securedSipPort: 5061, isSrst: true },
    ]);
    expect(sccp().monitorSec).toBe(90);
  });

  test("BOOT-058 equal priorities keep their order, and more than three are a warning", () => {
    const member = (name: string, priority: string): string =>
      `<member priority="${priority}"><callManager><processNodeName>${name}</processNodeName></callManager></member>`;
    const members =
      member("b", "1") + member("e", "x") + member("c", "1") + member("a", "0") + member("d", "4");
    const { config, statuses } = accepted(
      `<device><devicePool><callManagerGroup><members>${members}</members></callManagerGroup></devicePool></device>`,
    );
    expect(config.servers.map(({ host }) => host)).toEqual(["a", "b", "c"]);
    expect(statuses).toContainEqual({ code: "server-list-too-long", facts: { count: 5 } });
  });

  test("SRST that is switched off adds nothing; a SIP phone takes the SIP address", () => {
    expect(sip().servers.map(({ host, sipPort }) => [host, sipPort])).toEqual([["pbx.example.com", 5070]]);
    const enabled = sample("sep-7960-sccp.cnf.xml").replace(
      "<deviceProtocol>SCCP",
      "<sipProfile><sipLines><line button='1'><featureID>9</featureID><name>1</name></line></sipLines></sipProfile><deviceProtocol>SIP",
    );
    expect(accepted(enabled).config.servers.at(-1)).toMatchObject({
      host: "192.0.2.2",
      sipPort: 5062,
      isSrst: true,
    });
  });
});

describe("an SCCP file", () => {
  test("base settings take effect: language, load, servers, ports, clock, URLs", () => {
    const config = sccp();
    expect(config).toMatchObject({
      protocol: "sccp",
      deviceName: "SEP00005E005301",
      language: "German",
      load: { name: "offhook-0.2.0", server: "192.0.2.70" },
      versionStamp: "{Aug 01 2026}",
      time: {
        zone: "W. Europe Standard/Daylight Time",
        dateFormat: "D-M-Y",
        is24Hour: false,
        sntpMode: "unicast",
        sntpServers: ["192.0.2.123", "ntp.example.com"],
      },
      urls: {
        idle: "http://192.0.2.80/idle.xml",
        idleTimeoutSec: 300,
        directory: "http://192.0.2.80/directory.xml?a=1&b=2",
        services: "https://192.0.2.80/services.xml",
        authentication: undefined,
        httpProxy: { host: "192.0.2.81", port: 8080 },
      },
    });
    expect(config.access.password?.reveal()).toBe("open sesame");
  });

  test("it has no lines and no speed dials of its own: those come from the server", () => {
    const text = sample("sep-7960-sip.cnf.xml").replace(
      "<fullConfig>",
      "<deviceProtocol>SCCP</deviceProtocol><fullConfig>",
    );
    const { config } = accepted(text);
    expect([config.protocol, config.lines, config.speedDials]).toEqual(["sccp", [], []]);
  });

  test.each([
    [184, 46],
    [104, 26],
    [96, 24],
    [136, 34],
    [0, 0],
  ])("BOOT-059 a TOS octet of %i is DSCP %i, for signalling and for sound", (octet, dscp) => {
    const signalling = accepted(device(`<dscpForCm2Dvce>${octet}</dscpForCm2Dvce>`)).config;
    expect(signalling.network.signallingDscp).toBe(dscp);
    const sound = sample("sep-7960-sip.cnf.xml").replace(">136<", `>${octet}<`);
    expect(accepted(sound).config.media.dscp).toBe(dscp);
  });

  test("without a value sound is marked 46", () => {
    expect(accepted(device("")).config.media.dscp).toBe(46);
  });

  test("BOOT-060 pcPort, webAccess and sshAccess mean the opposite of what one reads", () => {
    const config = sccp();
    expect(config.network).toMatchObject({
      isPcPortEnabled: false,
      isSpanToPcPort: false,
      isVoiceVlanOnPcPort: true,
      isGratuitousArpTaken: false,
    });
    expect(config.display).toMatchObject({ isWebAccess: "enabled", isSpeakerDisabled: true });
    expect(config.access).toMatchObject({ settings: "restricted", isSshAllowed: false });
    const other = accepted(
      device(
        "<vendorConfig><pcPort>0</pcPort><webAccess>1</webAccess><sshAccess>0</sshAccess><settingsAccess>0</settingsAccess></vendorConfig>",
      ),
    ).config;
    expect([other.network.isPcPortEnabled, other.display.isWebAccess]).toEqual([true, "disabled"]);
    expect([other.access.isSshAllowed, other.access.settings]).toEqual([true, "disabled"]);
  });

  test("times and days of the display", () => {
    expect(sccp().display).toMatchObject({
      darkDays: [1, 7],
      onAtMinute: 450,
      onForMinutes: 630,
      idleOffMinutes: 60,
    });
  });

  test("unknown elements are ignored and counted by name", () => {
    expect(sccp().unknown).toEqual([{ file: phoneName, name: "flashingLights" }]);
  });
});

describe("a SIP file", () => {
  test("the protocol follows from sipProfile; switches become the parameters they correspond to", () => {
    const config = sip();
    expect(config.protocol).toBe("sip");
    expect(config.sip).toMatchObject({
      isRegistering: true,
      transport: "udp",
      backupProxy: { host: "192.0.2.12", port: 5060 },
      outboundProxy: undefined,
      emergencyProxy: undefined,
      inviteRetransmissions: 5,
      registerExpiresSec: 600,
      subscribeExpiresSec: 240,
      keepAliveExpiresSec: 60,
      t1Ms: 250,
      maxForwards: 50,
      isRemotePartyId: true,
      userInfo: "phone",
      voipControlPort: 5061,
    });
    expect(config.media).toMatchObject({
      startPort: 20_000,
      endPort: 21_000,
      preferredCodec: "g711alaw",
      dtmfPayloadType: 96,
      dscp: 34,
    });
    expect(config.features).toMatchObject({
      isConferenceJoin: false,
      isTransferOnHook: true,
      callHoldRingback: { isOn: false, isLocked: true },
      doNotDisturb: { isOn: true, isLocked: true },
      dialTemplate: "plan2",
    });
    expect(config.phoneLabel).toBe("Reception desk");
  });

  test("lines by button, with the server list or a proxy of their own", () => {
    const [first, second, ...more] = sip().lines;
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      line: 1,
      user: "2001",
      label: "Front",
      displayName: "Ada",
      authName: "a2001",
      contact: "c2001",
      proxy: undefined,
      usesServerList: true,
      isAutoAnswer: false,
      isCallWaiting: true,
      maxCalls: 4,
      busyTrigger: 2,
      messagesNumber: "*97",
    });
    expect(second).toMatchObject({
      line: 2,
      proxy: { host: "192.0.2.30", port: 5080 },
      usesServerList: false,
      isAutoAnswer: true,
      isCallWaiting: false,
    });
  });

  test("speed dials of the file are applied, watched or not", () => {
    expect(sip().speedDials).toEqual([
      { key: 3, label: "Lab", target: "700", isWatched: false },
      { key: 4, label: "701", target: "701", isWatched: true },
    ]);
  });

  test("passwords are printed nowhere", () => {
    for (const config of [sip(), sccp()])
      for (const text of [JSON.stringify(config), inspect(config, { depth: 9 })])
        expect(text).not.toMatch(/tops3cret|open sesame/);
  });

  test("what is typed on the phone stays weaker than the file", () => {
    const { config } = accepted(sample("sep-7960-sip.cnf.xml"), {
      local: { voip_control_port: "5090", messages_uri: "1" },
    });
    expect([config.sip.voipControlPort, config.features.messagesUri]).toEqual([5061, "1"]);
  });
});

describe("XMLDefault", () => {
  const fallback = file("XMLDefault.cnf.xml", sample("xmldefault.cnf.xml"), "default-file");

  test("BOOT-061 the group directly below the root gives the servers, the type the load", () => {
    const seven = reading("xml-default", [fallback]);
    expect(seven).toMatchObject({
      kind: "accepted",
      config: { servers: [{ host: "192.0.2.40" }], load: { name: "for-7960" }, protocol: "sccp" },
    });
    expect(reading("xml-default", [fallback], { lineKeys: 2 })).toMatchObject({
      config: { load: { name: "for-7940" } },
    });
  });

  test("BOOT-061 beside a kept file of the phone's own it changes the servers and nothing else", () => {
    const own = file(phoneName, sample("sep-7960-sccp.cnf.xml"));
    const both = reading("xml-default", [own, fallback]);
    expect(both).toMatchObject({
      config: {
        servers: [{ host: "192.0.2.40" }],
        language: "German",
        urls: { directory: "http://192.0.2.80/directory.xml?a=1&b=2" },
      },
    });
    const urlsOnly = file(
      "XMLDefault.cnf.xml",
      "<Default><directoryURL>http://192.0.2.9/</directoryURL></Default>",
      "default-file",
    );
    expect(reading("xml-default", [own, urlsOnly])).toMatchObject({
      config: { servers: [{ host: "192.0.2.20" }, {}, {}, {}] },
    });
  });
});

describe("refusals", () => {
  test.each(["bad-end-tag.cnf.xml", "bad-prefix.cnf.xml"])("BOOT-056 %s is malformed", (name) => {
    expect(reading("xml", sample(name))).toMatchObject({ kind: "refused", failure: "config-malformed" });
  });

  test.each(["sep-7960-sccp.cnf.xml", "sep-7960-sip.cnf.xml"])("BOOT-056 %s parses", (name) => {
    expect(reading("xml", sample(name)).kind).toBe("accepted");
  });

  test.each([
    ["no server", "<device><devicePool/></device>"],
    ["a blank server", device("").replace("192.0.2.20", " ")],
    ["a server that is no name", device("").replace("192.0.2.20", "[x.x.x.x]")],
    ["SIP without a line", device("<deviceProtocol>SIP</deviceProtocol>")],
  ])("%s is unusable", (_what, text) => {
    expect(reading("xml", text)).toMatchObject({ kind: "refused", failure: "config-unusable" });
  });

  test.each([2, 3])("security mode %i needs a trust list and is refused with a message", (mode) => {
    expect(reading("xml", device(`<deviceSecurityMode>${mode}</deviceSecurityMode>`))).toEqual({
      kind: "refused",
      failure: "config-unusable",
      facts: { name: phoneName, mode },
      statuses: [{ code: "security-mode-refused", facts: { mode } }],
    });
  });

  test("a signed file is read behind its signature, and a message says that nobody checked it", () => {
    const signed = file(`${phoneName}.sgn`, `\u0001\u0002<sig>${device("")}`);
    const result = read("xml", [signed]);
    expect(result).toMatchObject({ kind: "accepted", statuses: [{ code: "signature-unchecked" }] });
    expect(read("xml", [file(`${phoneName}.sgn`, "nothing")])).toMatchObject({ failure: "config-malformed" });
  });
});
