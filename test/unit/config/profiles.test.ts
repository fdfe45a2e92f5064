// What is asked for, in which order, in each profile; what each answer leads to.
import { describe, expect, test } from "vitest";
import {
  cnfText,
  createRig,
  sipDefault,
  sipPhone,
  sipPhoneName,
  xmlPhone,
  xmlPhoneName,
} from "./provisioning-rig.ts";

const server = "192.0.2.1";
const texts = { "SIPDefault.cnf": sipDefault, [sipPhoneName]: sipPhone };

describe("auto", () => {
  test("asks for the two likely kinds at once and takes the text files: one round trip to a configuration", async () => {
    const rig = createRig({ servers: { [server]: { files: texts } } });
    rig.begin();
    expect(rig.asked()).toEqual(["SEP00005E005301.cnf.xml", "SIPDefault.cnf", sipPhoneName]);
    await rig.clock.advance(1);
    const [configured] = rig.configured();
    expect(configured).toMatchObject({ origin: "files", config: { protocol: "sip", kind: "sip-text" } });
    expect(configured?.config.lines[0]?.proxy).toEqual({ host: "192.0.2.10", port: 5060 });
  });

  test("the kind that worked last is asked for alone next time", async () => {
    const first = createRig({ servers: { [server]: { files: texts } } });
    first.begin();
    await first.clock.advance(10);
    const second = createRig({ servers: { [server]: { files: texts } }, flash: first.flash });
    second.begin();
    expect(second.asked()).toEqual(["SIPDefault.cnf", sipPhoneName]);
    await second.clock.advance(10);
    expect(second.configured()).toHaveLength(1);
    expect(second.requests[0]).toMatchObject({ isPlain: false, expectedBytes: sipDefault.length });
  });

  test("goes on to the default files and the text era, one after the other", async () => {
    const rig = createRig({ servers: { [server]: { files: { "SEPDEFAULT.cnf": cnfText } } } });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.asked().slice(0, 6)).toEqual([
      "SEP00005E005301.cnf.xml",
      "SIPDefault.cnf",
      sipPhoneName,
      "XMLDefault.cnf.xml",
      "SEP00005E005301.cnf",
      "SEPDEFAULT.cnf",
    ]);
    expect(rig.configured()[0]?.config).toMatchObject({
      protocol: "sccp",
      kind: "cnf-default",
      deviceName: "SEP00005E005301",
      servers: [
        { host: "192.0.2.20", sccpPort: 2000 },
        { host: "192.0.2.21", sccpPort: 2000 },
      ],
    });
  });

  test("text files without a line are taken only when nothing better is there", async () => {
    const better = createRig({
      servers: { [server]: { files: { "SIPDefault.cnf": sipDefault, "SEPDEFAULT.cnf": cnfText } } },
    });
    better.begin();
    await better.clock.advance(10);
    expect(better.configured()[0]?.config.kind).toBe("cnf-default");
    const alone = createRig({ servers: { [server]: { files: { "SIPDefault.cnf": sipDefault } } } });
    alone.begin();
    await alone.clock.advance(10);
    expect(alone.configured()[0]?.config).toMatchObject({ kind: "sip-text", unprovisioned: ["line1_name"] });
  });

  test("a missing file of another kind is not worth a message, one of the accepted kind is", async () => {
    const whole = createRig({ servers: { [server]: { files: texts } } });
    whole.begin();
    await whole.clock.advance(10);
    expect(whole.statuses().filter(({ facts }) => String(facts["name"]).startsWith("S"))).toEqual([]);
    const half = createRig({
      servers: { [server]: { files: { [sipPhoneName]: `${sipDefault}${sipPhone}` } } },
    });
    half.begin();
    await half.clock.advance(10);
    expect(half.statuses()[0]).toEqual({ code: "file-not-found", facts: { name: "SIPDefault.cnf" } });
  });

  test("a file of either protocol decides which one is spoken; the others asked at once are dropped", async () => {
    for (const protocol of ["SIP", "SCCP"] as const) {
      const files = { [xmlPhoneName]: xmlPhone(protocol), ...texts };
      const rig = createRig({ servers: { [server]: { files, slow: Object.keys(texts) } } });
      rig.begin();
      await rig.clock.advance(1);
      expect(rig.configured()[0]?.config).toMatchObject({ kind: "xml", protocol: protocol.toLowerCase() });
      await rig.clock.advance(100);
      expect(rig.configured()).toHaveLength(1);
      expect(rig.failures).toEqual([]);
    }
  });

  test("controllers of option 125 or 43 mean PIN registration, and nothing is fetched", async () => {
    const rig = createRig({ servers: { [server]: { files: texts } } });
    rig.begin({ controllers: ["192.0.2.30", "192.0.2.31"] });
    await rig.clock.advance(100);
    expect(rig.asked()).toEqual([]);
    expect(rig.configured()[0]?.config).toMatchObject({
      protocol: "prx",
      kind: "pin",
      servers: [{ host: "192.0.2.30" }, { host: "192.0.2.31" }],
    });
  });
});

describe("cisco-sip", () => {
  const settings = { profile: "cisco-sip" } as const;

  test("TFTP-004 TFTP-005 TFTP-006 OS79XX.TXT, then the default file, then the phone's own, one by one and plain", async () => {
    const rig = createRig({
      servers: { [server]: { files: { "OS79XX.TXT": "P0S3-07-4-00", ...texts } } },
      settings,
    });
    rig.begin();
    expect(rig.asked()).toEqual(["OS79XX.TXT"]);
    await rig.clock.advance(1);
    expect(rig.asked()).toEqual(["OS79XX.TXT", "SIPDefault.cnf"]);
    await rig.clock.advance(1);
    expect(rig.asked()).toEqual(["OS79XX.TXT", "SIPDefault.cnf", sipPhoneName]);
    await rig.clock.advance(1);
    expect(rig.configured()[0]?.config.deviceName).toBe("SIP00005E005301");
    expect(rig.requests.every(({ isPlain }) => isPlain)).toBe(true);
  });

  test("TFTP-006 TFTP-018 the phone's own file is in the directory that the default file names", async () => {
    const rig = createRig({
      servers: {
        [server]: {
          files: {
            "SIPDefault.cnf": `${sipDefault}tftp_cfg_dir: "./phones/"`,
            [`phones/${sipPhoneName}`]: sipPhone,
          },
        },
      },
      settings,
    });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.asked().slice(0, 3)).toEqual(["OS79XX.TXT", "SIPDefault.cnf", `phones/${sipPhoneName}`]);
    expect(rig.configured()).toHaveLength(1);
  });

  test("TFTP-005 the default file may lie in the directory kept from last time", async () => {
    const files = {
      "SIPDefault.cnf": `${sipDefault}tftp_cfg_dir: phones`,
      [`phones/${sipPhoneName}`]: sipPhone,
    };
    const first = createRig({ servers: { [server]: { files } }, settings });
    first.begin();
    await first.clock.advance(10);
    const moved = { "phones/SIPDefault.cnf": files["SIPDefault.cnf"], [`phones/${sipPhoneName}`]: sipPhone };
    const second = createRig({ servers: { [server]: { files: moved } }, settings, flash: first.flash });
    second.begin();
    await second.clock.advance(10);
    expect(second.asked().slice(0, 4)).toEqual([
      "OS79XX.TXT",
      "SIPDefault.cnf",
      "phones/SIPDefault.cnf",
      `phones/${sipPhoneName}`,
    ]);
    expect(second.configured()[0]?.config.files.map(({ name }) => name)).toEqual([
      "phones/SIPDefault.cnf",
      `phones/${sipPhoneName}`,
    ]);
  });

  test("TFTP-005 TFTP-006 START-023 without the default or the own file what was kept stays in force", async () => {
    const first = createRig({ servers: { [server]: { files: texts } }, settings });
    first.begin();
    await first.clock.advance(10);
    for (const missing of ["SIPDefault.cnf", sipPhoneName]) {
      const rest = Object.fromEntries(Object.entries(texts).filter(([name]) => name !== missing));
      const second = createRig({ servers: { [server]: { files: rest } }, settings, flash: first.flash });
      second.begin();
      await second.clock.advance(10);
      const [configured] = second.configured();
      expect(configured?.config.lines[0]).toMatchObject({ user: "2001", proxy: { host: "192.0.2.10" } });
      expect(second.statuses()).toContainEqual({ code: "file-not-found", facts: { name: missing } });
    }
  });

  test("TFTP-001 TFTP-002 TFTP-003 the universal loader looks for every protocol, and the first hit decides", async () => {
    const universal = { ...settings, isUniversalLoader: true };
    const rig = createRig({ servers: { [server]: { files: texts } }, settings: universal });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.asked().slice(0, 4)).toEqual([
      "CTLSEP00005E005301.tlv",
      "SEP00005E005301.cnf.xml",
      sipPhoneName,
      "SIPDefault.cnf",
    ]);
    expect(rig.configured()).toHaveLength(1);
    const none = createRig({ servers: { [server]: { files: {} } }, settings: universal });
    none.begin();
    await none.clock.advance(10);
    expect(none.asked()).toEqual([
      "CTLSEP00005E005301.tlv",
      "SEP00005E005301.cnf.xml",
      sipPhoneName,
      "MGC00005E005301.cnf",
      "XMLDefault.cnf.xml",
      "SIPDefault.cnf",
      "MGCDefault.cnf",
    ]);
    await none.clock.advance(10_000);
    expect(none.asked()[7]).toBe("CTLSEP00005E005301.tlv");
  });
});

describe("cisco-sccp", () => {
  const settings = { profile: "cisco-sccp", imageProtocol: "sccp" } as const;

  test("TFTP-001 trust lists, own XML, default XML, own text, default text: one by one, plain", async () => {
    const rig = createRig({ servers: { [server]: { files: { "SEPDEFAULT.cnf": cnfText } } }, settings });
    rig.begin();
    await rig.clock.advance(20);
    expect(rig.asked().slice(0, 7)).toEqual([
      "CTLSEP00005E005301.tlv",
      "ITLSEP00005E005301.tlv",
      "ITLFile.tlv",
      "SEP00005E005301.cnf.xml",
      "XMLDefault.cnf.xml",
      "SEP00005E005301.cnf",
      "SEPDEFAULT.cnf",
    ]);
    expect(rig.requests.every(({ isPlain }) => isPlain)).toBe(true);
    expect(rig.configured()[0]?.config.kind).toBe("cnf-default");
  });

  test("a phone with a trust list asks for the signed file; an empty list counts as none", async () => {
    const trusting = createRig({
      servers: { [server]: { files: { "CTLSEP00005E005301.tlv": "x" } } },
      settings,
    });
    trusting.begin();
    await trusting.clock.advance(20);
    expect(trusting.asked()[3]).toBe("SEP00005E005301.cnf.xml.sgn");
    const empty = createRig({ servers: { [server]: { files: { "CTLSEP00005E005301.tlv": "" } } }, settings });
    empty.begin();
    await empty.clock.advance(20);
    expect(empty.asked()[3]).toBe("SEP00005E005301.cnf.xml");
  });

  test("a file for the other protocol is refused with a message, and the image's own stays", async () => {
    const rig = createRig({
      servers: { [server]: { files: { [xmlPhoneName]: xmlPhone("SIP") } } },
      settings,
    });
    rig.begin();
    await rig.clock.advance(20);
    expect(rig.configured()).toEqual([]);
    expect(rig.statuses().filter(({ code }) => code === "wrong-protocol")).toEqual([
      { code: "wrong-protocol", facts: { name: xmlPhoneName, protocol: "sip" } },
    ]);
    expect(rig.failed()[0]?.failure).toBe("config-unusable");
  });

  test("the own XML file is taken and nothing after it is asked for but the ring list", async () => {
    const rig = createRig({
      servers: { [server]: { files: { [xmlPhoneName]: xmlPhone("SCCP") } } },
      settings,
    });
    rig.begin();
    await rig.clock.advance(20);
    expect(rig.asked().slice(3)).toEqual([xmlPhoneName, "RINGLIST.DAT"]);
    expect(rig.configured()[0]?.config).toMatchObject({ kind: "xml", deviceName: "SEP00005E005301" });
  });

  test("SEED-010 where only the alias is served, a phone with the switch on uses it after XMLDefault failed", async () => {
    const only = { "sepdefault.cnf.xml": xmlPhone("SCCP").replaceAll("device>", "Default>") };
    const on = createRig({
      servers: { [server]: { files: only } },
      settings: { ...settings, isAliasOn: true },
    });
    on.begin();
    await on.clock.advance(20);
    expect(on.asked().slice(4, 6)).toEqual(["XMLDefault.cnf.xml", "sepdefault.cnf.xml"]);
    expect(on.configured()[0]?.config).toMatchObject({
      kind: "xml-default",
      servers: [{ host: "192.0.2.20" }],
    });
    const off = createRig({ servers: { [server]: { files: only } }, settings });
    off.begin();
    await off.clock.advance(20);
    expect(off.asked()).not.toContain("sepdefault.cnf.xml");
    expect(off.configured()).toEqual([]);
  });
});

describe("legacy-cnf", () => {
  const settings = { profile: "legacy-cnf", imageProtocol: "sccp" } as const;

  test("both files missing: the configuration process begins anew, visibly", async () => {
    const rig = createRig({ servers: { [server]: { files: {} } }, settings });
    rig.begin();
    await rig.clock.advance(10_100);
    expect(rig.asked()).toEqual([
      "SEP00005E005301.cnf",
      "SEPDEFAULT.cnf",
      "SEP00005E005301.cnf",
      "SEPDEFAULT.cnf",
    ]);
    expect(rig.failed()).toHaveLength(2);
    expect(rig.statuses().map(({ facts }) => facts["name"])).toEqual(rig.asked());
  });

  test("auto-registration: the default file is used, and never asked for again after registering", async () => {
    const servers = { [server]: { files: { "SEPDEFAULT.cnf": cnfText } as Record<string, string> } };
    const rig = createRig({ servers, settings });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.configured()[0]?.config.kind).toBe("cnf-default");
    rig.provisioning.registered();
    rig.provisioning.refresh();
    await rig.clock.advance(10);
    expect(rig.asked().filter((name) => name === "SEPDEFAULT.cnf")).toHaveLength(1);
    servers[server].files = { "SEP00005E005301.cnf": cnfText };
    const next = createRig({ servers, settings, flash: rig.flash });
    next.begin();
    await next.clock.advance(10);
    expect(next.asked().slice(0, 1)).toEqual(["SEP00005E005301.cnf"]);
    expect(next.configured()[0]?.config.kind).toBe("cnf-text");
  });

  test("a SIP image asks with its own prefix", () => {
    const rig = createRig({
      servers: { [server]: { files: {} } },
      settings: { ...settings, imageProtocol: "sip" },
    });
    rig.begin();
    expect(rig.asked()).toEqual([sipPhoneName]);
  });
});
