// Which source wins, what the user may change, what is counted.
import { describe, expect, test } from "vitest";
import { readText, shown } from "./reading-rig.ts";

describe("order of sources", () => {
  test("START-021 the default file overrides what was typed, the phone's own file overrides the default file", () => {
    const local = { messages_uri: "700" };
    expect(shown(readText({ local }).config, "messages_uri")).toMatchObject({ text: "700", source: "local" });
    const withDefault = readText({ local, default: "messages_uri: 800" }).config;
    expect(shown(withDefault, "messages_uri")).toMatchObject({ text: "800", source: "default-file" });
    const withPhone = readText({ local, default: "messages_uri: 800", phone: "messages_uri: 900" }).config;
    expect(shown(withPhone, "messages_uri")).toMatchObject({ text: "900", source: "phone-file" });
  });

  test("START-022 what is typed holds at once; after the files are read again only where they are silent", () => {
    const typed = { dnd_control: "1", call_waiting: "0" };
    const files = { default: "dnd_control: 0" };
    const now = readText({ ...files, local: typed, session: typed }).config.features;
    expect([now.doNotDisturb.isOn, now.callWaiting.isOn]).toEqual([true, false]);
    const later = readText({ ...files, local: typed }).config.features;
    expect([later.doNotDisturb.isOn, later.callWaiting.isOn]).toEqual([false, false]);
  });

  test("START-024 the dynamic addresses are cleared by removal, by nothing and by UNPROVISIONED", () => {
    const set = "dyn_tftp_addr: 192.0.2.69\ndyn_dns_addr_1: 192.0.2.53\ndyn_dns_addr_2: 192.0.2.54\n";
    const full = readText({ default: set }).config.network;
    expect([full.tftpServer, full.dnsServers]).toEqual(["192.0.2.69", ["192.0.2.53", "192.0.2.54"]]);
    for (const cleared of ['""', "", "UNPROVISIONED"]) {
      const phone = `dyn_tftp_addr: ${cleared}\ndyn_dns_addr_1: ${cleared}\n`;
      const { network } = readText({ default: set, phone }).config;
      expect([network.tftpServer, network.dnsServers]).toEqual([undefined, ["192.0.2.54"]]);
    }
    expect(readText({ default: "sync: 2" }).config.network.tftpServer).toBeUndefined();
  });

  test("CFGG-012 within one file the last occurrence wins", () => {
    expect(readText({ phone: "sync: 1\nsync: 2\nsync: 3" }).config.sync).toBe("3");
  });

  test("a value that is explicitly none hides a weaker one", () => {
    const { config } = readText({ default: "messages_uri: 800", phone: "messages_uri: UNPROVISIONED" });
    expect(config.features.messagesUri).toBeUndefined();
    expect(shown(config, "messages_uri")).toMatchObject({ text: "UNPROVISIONED", source: "phone-file" });
  });
});

describe("locks", () => {
  const names = [
    "anonymous_call_block",
    "call_hold_ringback",
    "call_waiting",
    "callerid_blocking",
    "dnd_control",
  ];

  test.each([
    ["LOCK-001", "0", false, false],
    ["LOCK-002", "1", true, false],
    ["LOCK-003", "2", false, true],
    ["LOCK-004", "3", true, true],
  ] as const)("%s value %s in the phone's own file: on %s, locked %s", (_row, value, isOn, isLocked) => {
    const { config } = readText({ phone: names.map((name) => `${name}: ${value}`).join("\n") });
    const { features } = config;
    for (const state of [
      features.anonymousCallBlock,
      features.callHoldRingback,
      features.callWaiting,
      features.callerIdBlocking,
      features.doNotDisturb,
    ])
      expect(state).toEqual({ isOn, isLocked });
    for (const name of names) expect(shown(config, name)).toMatchObject({ text: value, isLocked });
  });
});

describe("what is counted", () => {
  test("CFGG-011 unknown names are kept and counted with the unreadable lines, one message per file", () => {
    const { config, statuses } = readText({
      default: "proxy_regster: 1\nsync: 2\nnonsense\n",
      phone: "colour: red\n",
    });
    expect(config.unknown).toEqual([
      { file: "SIPDefault.cnf", name: "proxy_regster" },
      { file: "SIP00005E005301.cnf", name: "colour" },
    ]);
    expect(statuses.filter(({ code }) => code === "parse-errors")).toEqual([
      { code: "parse-errors", facts: { name: "SIPDefault.cnf", count: 2 } },
      { code: "parse-errors", facts: { name: "SIP00005E005301.cnf", count: 1 } },
    ]);
    expect(config.sync).toBe("2");
  });

  test("the guide's own slip costs one count and nothing else", () => {
    const guide = [
      "time_zone : PST",
      "dst_offset : 01/00",
      "dst_start_month : April",
      "dst_start_day : 1",
      "dst_start_time : 02/00",
      "dst_stop_month : October",
      "dst_stop_day : 1",
      "dst_stop_time : 02/00",
      "dst_stop_autoadjust : 1",
    ].join("\n");
    const { config, statuses } = readText({ default: guide });
    expect(statuses.filter(({ code }) => code !== "unprovisioned")).toEqual([
      { code: "parse-errors", facts: { name: "SIPDefault.cnf", count: 1 } },
    ]);
    expect(config.time.dst).toMatchObject({
      offsetMinutes: 60,
      start: { month: 4, day: 1, atMinute: 120 },
      stop: { month: 10, day: 1, atMinute: 120 },
    });
  });

  test("ten thousand unknown names are counted, but only a hundred are kept", () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `unknown_${i}: 1`).join("\n");
    const { config, statuses } = readText({ default: text });
    expect(config.unknown).toHaveLength(100);
    expect(statuses[0]).toEqual({ code: "parse-errors", facts: { name: "SIPDefault.cnf", count: 10_000 } });
  });
});

describe("daylight saving", () => {
  test("the zone's own rules hold until a line describes a change; the strict profile has the guide's", () => {
    expect(readText({ default: "time_zone: CET\ndst_auto_adjust: 1" }).config.time.dst).toBeUndefined();
    expect(readText({ default: "dst_offset: 1" }).config.time.dst).toMatchObject({
      start: { month: 4, weekday: 1, week: 1, atMinute: 120 },
      stop: { month: 10, weekday: 1, week: 8, atMinute: 120 },
    });
    expect(readText({ default: "time_zone: PST", isGuideDst: true }).config.time.dst?.offsetMinutes).toBe(60);
  });

  test("TIM-005 without a line the mode is directedbroadcast, and no server is named", () => {
    const { time } = readText({}).config;
    expect([time.sntpMode, time.sntpServers]).toEqual(["directedbroadcast", []]);
  });

  test("a date order that ends in A means a 12-hour clock", () => {
    const { time } = readText({ default: "date_format: D-M-YA\ntime_format_24hr: 1" }).config;
    expect([time.dateFormat, time.is24Hour]).toEqual(["D-M-Y", false]);
  });
});

test("values that are right alone and wrong together fall back together", () => {
  const { config, statuses } = readText({
    default: "timer_t1: 5000\ntimer_t2: 4000\nstart_media_port: 30000\nend_media_port: 20000",
  });
  expect([config.sip.t1Ms, config.sip.t2Ms]).toEqual([500, 4000]);
  expect([config.media.startPort, config.media.endPort]).toEqual([16_384, 32_766]);
  expect(statuses.filter(({ code }) => code === "bad-value").map(({ facts }) => facts["parameter"])).toEqual([
    "timer_t2",
    "end_media_port",
  ]);
});
