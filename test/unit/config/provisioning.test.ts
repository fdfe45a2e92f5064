// Servers that fail, files that are bad, what is kept, what is typed, what follows.
import { describe, expect, test } from "vitest";
import { keptKind } from "#firmware/config/memory.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import {
  createRig,
  type FileServer,
  sipDefault,
  sipPhone,
  sipPhoneName,
  xmlPhone,
  xmlPhoneName,
} from "./provisioning-rig.ts";

const [one, two] = ["192.0.2.1", "192.0.2.2"] as const;
const texts = { "SIPDefault.cnf": sipDefault, [sipPhoneName]: sipPhone };
const good = (): FileServer => ({ files: { ...texts } });

describe("servers", () => {
  test("TFTP-017 a time-out moves to the second server for the same file, and for the rest of the boot", async () => {
    const rig = createRig({
      servers: { [one]: { files: {}, isSilent: true }, [two]: good() },
      settings: { profile: "cisco-sip" },
    });
    rig.begin();
    await rig.clock.advance(15_010);
    expect(rig.asked()).toEqual([
      "OS79XX.TXT",
      "2:OS79XX.TXT",
      "2:SIPDefault.cnf",
      `2:${sipPhoneName}`,
      "2:dialplan.xml",
      "2:RINGLIST.DAT",
    ]);
    expect(rig.statuses()).toContainEqual({ code: "server-changed", facts: { from: one, to: two } });
    rig.provisioning.refresh();
    expect(rig.asked().at(-1)).toBe("2:OS79XX.TXT");
  });

  test("TFTP-015 a file that is not there is not asked of the second server; the message names it", async () => {
    const rig = createRig({
      servers: { [one]: { files: {} }, [two]: good() },
      settings: { profile: "cisco-sip" },
    });
    rig.begin();
    await rig.clock.advance(100);
    expect(rig.asked().filter((name) => name.startsWith("2:"))).toEqual([]);
    expect(rig.statuses()).toContainEqual({ code: "file-not-found", facts: { name: "SIPDefault.cnf" } });
    expect(rig.failed()[0]).toMatchObject({ failure: "config-not-found", hasLastGood: false });
  });

  test("files asked for together move together, each once", async () => {
    const rig = createRig({ servers: { [one]: { files: {}, isSilent: true }, [two]: good() } });
    rig.begin();
    await rig.clock.advance(15_010);
    expect(rig.asked().slice(3, 6)).toEqual([
      "2:SEP00005E005301.cnf.xml",
      "2:SIPDefault.cnf",
      `2:${sipPhoneName}`,
    ]);
    expect(rig.statuses().filter(({ code }) => code === "server-changed")).toHaveLength(1);
    expect(rig.configured()).toHaveLength(1);
  });

  test("silent servers: pauses of 10, 20, 40, 80, 120, 120 s between whole passes, each told", async () => {
    const rig = createRig({ servers: { [one]: { files: {}, isSilent: true } } });
    rig.begin();
    await rig.clock.advance(500_000);
    expect(
      rig
        .failed()
        .slice(0, 6)
        .map(({ failure, retryInMs }) => [failure, retryInMs / 1000]),
    ).toEqual([
      ["tftp-timeout", 10],
      ["tftp-timeout", 20],
      ["tftp-timeout", 40],
      ["tftp-timeout", 80],
      ["tftp-timeout", 120],
      ["tftp-timeout", 120],
    ]);
    expect(rig.failed()[0]?.facts).toEqual({ server: one, name: "SEP00005E005301.cnf.xml" });
    expect(rig.failures).toEqual([]);
  });

  test("no server at all is a failure of its own, and is asked about again", async () => {
    const rig = createRig({ servers: {} });
    rig.begin();
    expect(rig.failed()[0]).toMatchObject({ failure: "tftp-no-server", retryInMs: 10_000 });
    expect(rig.timers.list()).toEqual([{ area: "config", name: "ask again", dueInMs: 10_000 }]);
    rig.provisioning.stop();
    expect(rig.timers.list()).toEqual([]);
  });

  test("TFTP-016 any other ERROR is told with the server's words, and the chain goes on", async () => {
    const server: FileServer = { files: texts, errors: ["SEP00005E005301.cnf.xml"] };
    const rig = createRig({ servers: { [one]: server } });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.statuses()[0]).toEqual({
      code: "file-error",
      facts: { name: "SEP00005E005301.cnf.xml", error: 2, text: "Access violation" },
    });
    expect(rig.configured()).toHaveLength(1);
    const all = createRig({ servers: { [one]: { files: {}, errors: Object.keys(texts) } } });
    all.begin();
    await all.clock.advance(20);
    expect(all.failed()[0]).toMatchObject({
      failure: "tftp-error",
      facts: { server: one, name: "SIPDefault.cnf", text: "Access violation" },
    });
  });

  test("START-024 an address from the file replaces the server for what is asked for later", async () => {
    const first: FileServer = { files: { ...texts, "SIPDefault.cnf": `${sipDefault}dyn_tftp_addr: ${two}` } };
    const rig = createRig({ servers: { [one]: first, [two]: good() } });
    rig.begin({ servers: [one] });
    await rig.clock.advance(10);
    rig.provisioning.refresh();
    expect(rig.asked().at(-1)).toBe(`2:${sipPhoneName}`);
    const alternate = createRig({ servers: { [one]: first, [two]: good() } });
    alternate.begin({ servers: [one], isAlternate: true });
    await alternate.clock.advance(10);
    alternate.provisioning.refresh();
    expect(alternate.asked().at(-1)).toBe(sipPhoneName);
  });
});

describe("HTTP first", () => {
  test("with HTTP there, files come by it; 404 goes to TFTP", async () => {
    const rig = createRig({
      servers: { [one]: { ...good(), hasHttp: true } },
      settings: { isHttpFirst: true },
    });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.asked().slice(0, 4)).toEqual([
      "http SEP00005E005301.cnf.xml",
      "http SIPDefault.cnf",
      `http ${sipPhoneName}`,
      "SEP00005E005301.cnf.xml",
    ]);
    expect(rig.configured()).toHaveLength(1);
  });

  test("a file can switch it on for the next boot", async () => {
    const files = { ...texts, "SIPDefault.cnf": `${sipDefault}offhook_http_files: 1` };
    const first = createRig({ servers: { [one]: { files, hasHttp: true } } });
    first.begin();
    await first.clock.advance(10);
    expect(first.asked().some((name) => name.startsWith("http"))).toBe(false);
    const second = createRig({ servers: { [one]: { files, hasHttp: true } }, flash: first.flash });
    second.begin();
    expect(second.asked()).toEqual(["http SIPDefault.cnf", `http ${sipPhoneName}`]);
  });

  test("a server that refuses HTTP is asked by TFTP at once, and by HTTP no more", async () => {
    const rig = createRig({
      servers: { [one]: good() },
      settings: { isHttpFirst: true, profile: "cisco-sip" },
    });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.asked().slice(0, 4)).toEqual([
      "http OS79XX.TXT",
      "OS79XX.TXT",
      "SIPDefault.cnf",
      sipPhoneName,
    ]);
    expect(rig.statuses()[0]).toEqual({ code: "http-unavailable", facts: { server: one } });
  });
});

describe("the last good configuration", () => {
  async function booted() {
    const rig = createRig({ servers: { [one]: good() } });
    rig.begin();
    await rig.clock.advance(10);
    return rig.flash;
  }

  test.each([
    ["a binary file", Uint8Array.of(1, 0, 2)],
    ["an error page", "<html>\n<body>404 not found</body>\n</html>"],
    ["a file over the limit", "#".repeat(262_145)],
  ])("%s is refused whole, and the kept files stay in force", async (_what, bad) => {
    const flash = await booted();
    const rig = createRig({ servers: { [one]: { files: { ...texts, [sipPhoneName]: bad } } }, flash });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.failed()[0]).toMatchObject({ failure: "config-malformed", hasLastGood: true });
    const [configured] = rig.configured();
    expect(configured).toMatchObject({ origin: "last-good", config: { lines: [{ user: "2001" }] } });
    expect(rig.statuses().map(({ code }) => code)).toContain("file-malformed");
    const again = createRig({ servers: { [one]: { files: {}, isSilent: true } }, flash });
    again.begin();
    await again.clock.advance(15_000);
    expect(again.configured()[0]?.config.lines[0]?.password?.reveal()).toBe("secret");
  });

  test("BOOT-056 a malformed XML file leaves the kept one in force", async () => {
    const server: FileServer = { files: { [xmlPhoneName]: xmlPhone("SCCP") } };
    const first = createRig({ servers: { [one]: server } });
    first.begin();
    await first.clock.advance(10);
    server.files = { [xmlPhoneName]: xmlPhone("SCCP", "192.0.2.99").replace("</device>", "") };
    const second = createRig({ servers: { [one]: server }, flash: first.flash });
    second.begin();
    await second.clock.advance(20);
    expect(second.failed()[0]).toMatchObject({ failure: "config-malformed", hasLastGood: true });
    expect(second.configured()).toMatchObject([
      { origin: "last-good", config: { servers: [{ host: "192.0.2.20" }] } },
    ]);
    expect(second.statuses().map(({ code }) => code)).toContain("file-malformed");
  });

  test("START-023 without any server the phone starts with what it kept, and keeps asking", async () => {
    const servers: Record<string, FileServer> = { [one]: { files: texts, isSilent: true } };
    const rig = createRig({ servers, flash: await booted() });
    rig.begin();
    await rig.clock.advance(15_000);
    expect(rig.configured()).toMatchObject([{ origin: "last-good", config: { kind: "sip-text" } }]);
    servers[one] = { files: { ...texts, [sipPhoneName]: "line1_name: 2009" } };
    await rig.clock.advance(11_000);
    expect(rig.configured().map(({ origin, config }) => [origin, config.lines[0]?.user])).toEqual([
      ["last-good", "2001"],
      ["files", "2009"],
    ]);
  });

  test("the kind that worked last can be asked before anything else", async () => {
    expect(keptKind(createSimStorage(createFlash()))).toBeUndefined();
    expect(keptKind(createSimStorage(await booted()))).toBe("sip-text");
  });

  test("an unchanged boot writes nothing", async () => {
    const flash = await booted();
    const before = JSON.stringify([...(flash.shelves.get("config") ?? [])].map(([key]) => key));
    const rig = createRig({ servers: { [one]: good() }, flash });
    flash.fault = "full"; // a write would be told
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.configured()).toHaveLength(1);
    expect(rig.lines.filter((line) => line.includes("not kept"))).toEqual([]);
    expect(JSON.stringify([...(flash.shelves.get("config") ?? [])].map(([key]) => key))).toBe(before);
  });

  test("a full or torn store costs the memory, not the boot", async () => {
    const flash = await booted();
    flash.shelves.get("config")?.set("index", new TextEncoder().encode("{"));
    flash.fault = "full";
    const rig = createRig({ servers: { [one]: good() }, flash });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.configured()).toHaveLength(1);
    expect(rig.lines.filter((line) => line.includes("not kept"))).toHaveLength(1);
  });
});

describe("what is typed on the phone", () => {
  async function running(phone = "") {
    const rig = createRig({
      servers: { [one]: { files: { ...texts, [sipPhoneName]: `${sipPhone}${phone}` } } },
    });
    rig.begin();
    await rig.clock.advance(10);
    return rig;
  }

  test("START-025 what a file locked is refused, what it set at first may be changed", async () => {
    const rig = await running("dnd_control: 2\ncall_waiting: 1\n");
    expect(rig.provisioning.type({ dnd_control: "1" })).toEqual({ refused: "locked", name: "dnd_control" });
    expect(rig.provisioning.type({ call_waiting: "0" })).toBeUndefined();
    expect(rig.provisioning.config?.features).toMatchObject({
      doNotDisturb: { isOn: false },
      callWaiting: { isOn: false },
    });
    expect(rig.notices.at(-1)).toMatchObject({ kind: "changed", names: ["call_waiting"] });
  });

  test("START-022 after the next reading the file decides again, and a name it does not set stays as typed", async () => {
    const rig = await running("call_waiting: 1\n");
    rig.provisioning.type({ call_waiting: "0", messages_uri: "700" });
    rig.provisioning.refresh();
    await rig.clock.advance(10);
    expect(rig.provisioning.config?.features).toMatchObject({
      callWaiting: { isOn: true },
      messagesUri: "700",
    });
    const next = createRig({ servers: { [one]: good() }, flash: rig.flash });
    next.begin();
    await next.clock.advance(10);
    expect(next.provisioning.config?.features).toMatchObject({
      callWaiting: { isOn: false },
      messagesUri: "700",
    });
  });

  test("all or nothing, and nothing wrong gets in", async () => {
    const rig = await running();
    const type = rig.provisioning.type;
    expect(type({ messages_uri: "1", voip_control_port: "80" })).toEqual({
      refused: "bad-value",
      name: "voip_control_port",
    });
    expect(type({ no_such: "1" })).toEqual({ refused: "no-such-parameter", name: "no_such" });
    expect(type({ sntp_server: "192.0.2.1" })).toEqual({ refused: "not-changeable", name: "sntp_server" });
    expect(type({ dnd_control: "3" })).toEqual({ refused: "bad-value", name: "dnd_control" });
    expect(rig.provisioning.config?.features.messagesUri).toBeUndefined();
    expect(type({ messages_uri: "" })).toBeUndefined();
  });

  test("a phone with settings and without any file is configured by nobody", async () => {
    const rig = createRig({ servers: { [one]: { files: {} } } });
    expect(rig.provisioning.type({ line1_name: "2001" })).toBeUndefined();
    rig.begin();
    await rig.clock.advance(20);
    expect(rig.failed()[0]?.failure).toBe("config-not-found");
  });
});

describe("what follows", () => {
  test("TFTP-010 START-011 ring list and dial template are fetched after the configuration and handed on", async () => {
    const server: FileServer = {
      files: { ...texts, "dialplan.xml": "<DIALTEMPLATE/>" },
      slow: ["dialplan.xml"],
    };
    const rig = createRig({ servers: { [one]: server } });
    rig.begin();
    await rig.clock.advance(100);
    const files = rig.notices.filter((notice) => notice.kind === "file");
    expect(files.map(({ role, name, bytes }) => [role, name, bytes?.length])).toEqual([
      ["ring-list", "RINGLIST.DAT", undefined],
      ["dial-template", "dialplan.xml", 15],
    ]);
    expect(rig.statuses()).toContainEqual({ code: "file-not-found", facts: { name: "RINGLIST.DAT" } });
    server.files = { ...texts };
    const next = createRig({ servers: { [one]: server }, flash: rig.flash });
    next.begin();
    await next.clock.advance(100);
    expect(next.notices).toContainEqual(
      expect.objectContaining({ kind: "file", role: "dial-template", bytes: expect.any(Uint8Array) }),
    );
  });

  test.each([
    ["", "keep", undefined],
    ["image_version: offhook-0.1.0", "keep", undefined],
    ["image_version: offhook-0.2.0", "fetch", ["offhook-0.2.0.loads", "offhook-0.2.0.bin"]],
    ["image_version: P0S3-07-4-00", "foreign", undefined],
  ] as const)("the load of '%s': %s", async (line, kind, files) => {
    const rig = createRig({
      servers: { [one]: { files: { ...texts, [sipPhoneName]: `${sipPhone}${line}` } } },
    });
    rig.begin();
    await rig.clock.advance(10);
    const [load] = rig.notices.filter((notice) => notice.kind === "load");
    expect(load?.load.kind).toBe(kind);
    if (load?.load.kind === "fetch") expect(load.load.files).toEqual(files);
  });

  test.each([
    ["offhook-0.2.0\r\n", "", "fetch"],
    ["offhook-0.1.0", "", "keep"],
    ["P003-07-4-00", "", "foreign"],
    ["offhook-0.2.0", "image_version: offhook-0.1.0", "keep"],
    ["two words", "", "keep"],
  ] as const)("START-008 OS79XX.TXT with '%s' and '%s' in the files: %s", async (selection, line, kind) => {
    const files = { "OS79XX.TXT": selection, ...texts, [sipPhoneName]: `${sipPhone}${line}` };
    const rig = createRig({ servers: { [one]: { files } }, settings: { profile: "cisco-sip" } });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.notices.find((notice) => notice.kind === "load")).toMatchObject({ load: { kind } });
  });

  test("a load that is not there is given up after three failures, until another is named", async () => {
    const server: FileServer = {
      files: { ...texts, [sipPhoneName]: `${sipPhone}image_version: offhook-0.2.0` },
    };
    const rig = createRig({ servers: { [one]: server } });
    const loads = (): unknown[] => rig.notices.flatMap((one) => (one.kind === "load" ? [one.load.kind] : []));
    for (let i = 0; i < 4; i++) {
      rig.begin();
      await rig.clock.advance(10);
      rig.provisioning.loadSettled("offhook-0.2.0", false);
    }
    expect(loads()).toEqual(["fetch", "fetch", "fetch", "given-up"]);
    server.files[sipPhoneName] = `${sipPhone}image_version: offhook-0.3.0`;
    rig.begin();
    await rig.clock.advance(10);
    expect(loads().at(-1)).toBe("fetch");
  });

  test("a language the screens do not have is one message", async () => {
    const rig = createRig({
      servers: { [one]: { files: { ...texts, [sipPhoneName]: `${sipPhone}language: Klingon` } } },
    });
    rig.begin();
    await rig.clock.advance(10);
    expect(rig.statuses()).toContainEqual({ code: "language-missing", facts: { language: "Klingon" } });
  });
});

describe("interruptions", () => {
  test("the address goes in the middle: fetches end, nothing is told, the next address begins anew", async () => {
    const rig = createRig({ servers: { [one]: { ...good(), slow: Object.keys(texts) } } });
    rig.begin();
    await rig.clock.advance(10);
    rig.provisioning.stop();
    await rig.clock.advance(1000);
    expect(rig.configured()).toEqual([]);
    rig.begin();
    await rig.clock.advance(100);
    expect(rig.configured()).toHaveLength(1);
    expect(rig.failures).toEqual([]);
  });

  test("a second begin in the middle of a pass takes no answer of the first for its own", async () => {
    const server: FileServer = { ...good(), slow: Object.keys(texts) };
    const rig = createRig({ servers: { [one]: server } });
    rig.begin();
    await rig.clock.advance(20);
    server.files[sipPhoneName] = "line1_name: 2009";
    rig.begin();
    await rig.clock.advance(200);
    expect(rig.configured().map(({ config }) => config.lines[0]?.user)).toEqual(["2009"]);
  });

  test("shutdown at any moment leaves no alarm and no failure", async () => {
    for (let at = 0; at < 60; at += 7) {
      const rig = createRig({ servers: { [one]: { ...good(), slow: Object.keys(texts) } } });
      rig.begin();
      await rig.clock.advance(at);
      rig.stop.abort(new Error("shutdown"));
      await rig.clock.advance(0);
      expect(rig.clock.alarmCount).toBe(0);
      expect(rig.failures).toEqual([]);
    }
  });
});
