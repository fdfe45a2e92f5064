// Lines, proxies, speed dials, call managers, passwords: parameters whose name holds a number or whose value is secret.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readText, shown } from "./reading-rig.ts";

const proxy = "proxy1_address: sip.example.com\nproxy1_port: 5070\n";

describe("lines", () => {
  test("CFG-039 CFG-042 CFG-058 a line has a user, a login of its own, and proxy 1", () => {
    const { config } = readText({ default: proxy, phone: 'line1_name: 2001\nline1_authname: "auth 1"\n' });
    expect(config.lines).toMatchObject([
      {
        line: 1,
        user: "2001",
        host: undefined,
        authName: "auth 1",
        proxy: { host: "sip.example.com", port: 5070 },
      },
    ]);
  });

  test("CFG-042 a name in e-mail style gives user and host", () => {
    const { config } = readText({ phone: `${proxy}line1_name: sip:ada@example.com` });
    expect(config.lines[0]).toMatchObject({ user: "ada", host: "example.com", label: "ada" });
  });

  test("CFG-041 CFG-044 display name and label are the name unless given", () => {
    const { config } = readText({
      phone: `${proxy}line1_name: 2001\nline2_name: 2002\nline2_shortname: Lab`,
    });
    expect(config.lines.map(({ displayName, label }) => [displayName, label])).toEqual([
      ["2001", "2001"],
      ["2002", "Lab"],
    ]);
  });

  test("CFG-059 CFG-060 a line without a proxy uses proxy 1 with its port", () => {
    const { config } = readText({
      phone: `${proxy}line1_name: 1\nline2_name: 2\nline3_name: 3\nproxy2_address: 192.0.2.2\nproxy2_port: 5082\nproxy3_port: 5083\n`,
    });
    expect(config.lines.map((line) => line.proxy)).toEqual([
      { host: "sip.example.com", port: 5070 },
      { host: "192.0.2.2", port: 5082 },
      { host: "sip.example.com", port: 5070 },
    ]);
  });

  test("CFG-005 USECALLMANAGER puts the server list in place of a proxy", () => {
    const { config } = readText({
      phone:
        "line1_name: 1\nproxy1_address: USECALLMANAGER\ncall_manager1_addr: cm1.example.com\ncall_manager3_addr: 192.0.2.3\ncall_manager3_sip_port: 5064\n",
    });
    expect(config.lines[0]).toMatchObject({ proxy: undefined, usesServerList: true });
    expect(config.servers.map(({ host, sipPort }) => [host, sipPort])).toEqual([
      ["cm1.example.com", 5060],
      ["192.0.2.3", 5064],
    ]);
  });

  test("SEED-022 line parameters above the key count are ignored, with one message each", () => {
    const text = `${proxy}line1_name: 1\nline3_name: 3\nproxy3_address: 192.0.2.3\nline7_password: x\n`;
    const small = readText({ phone: text, lineKeys: 2 });
    const messages = (statuses: typeof small.statuses): unknown[] =>
      statuses.filter(({ code }) => code === "line-out-of-range").map(({ facts }) => facts["parameter"]);
    expect(messages(small.statuses)).toEqual(["line3_name", "proxy3_address", "line7_password"]);
    expect(small.config.lines.map(({ line }) => line)).toEqual([1]);
    const large = readText({ phone: text, lineKeys: 6 });
    expect(messages(large.statuses)).toEqual(["line7_password"]);
    expect(large.config.lines.map(({ line }) => line)).toEqual([1, 3]);
  });

  test("CFG-002 auto-answer is a mask of lines, typed on the phone only", () => {
    const phone = `${proxy}line1_name: 1\nline2_name: 2\nauto_answer: 1`;
    const { config, statuses } = readText({ phone, local: { auto_answer: "2" } });
    expect(config.lines.map(({ isAutoAnswer }) => isAutoAnswer)).toEqual([false, true]);
    expect(statuses).toContainEqual({
      code: "not-from-file",
      facts: { file: "SIP00005E005301.cnf", parameter: "auto_answer" },
    });
  });

  test("CFG-009 a forward target is typed on the phone only", () => {
    expect(readText({ phone: "cfwd_url: 2005" }).config.features.forwardTarget).toBeUndefined();
    expect(readText({ local: { cfwd_url: "2005" } }).config.features.forwardTarget).toBe("2005");
  });

  test("CFG-075 speed dials are typed on the phone, for keys that are no line, never from text files", () => {
    const { config, statuses } = readText({
      phone: `${proxy}line1_name: 1\nline2_name: 2\nspeed_line4: 700\n`,
      local: { speed_line2: "600", speed_line3: "601", speed_label3: "Echo" },
    });
    expect(config.speedDials).toEqual([{ key: 3, label: "Echo", target: "601", isWatched: false }]);
    expect(statuses.map(({ code }) => code)).toContain("not-from-file");
    expect(readText({ local: { speed_line2: "x".repeat(129) } }).config.speedDials).toEqual([]);
  });
});

describe("secrets", () => {
  const password = "xyzzy-9";

  test("CFG-043 CFG-055 passwords arrive, and are printed nowhere", () => {
    const { config, statuses } = readText({
      phone: `${proxy}line1_name: 1\nline1_password: "${password}"\nphone_password: ${password}`,
    });
    expect(config.lines[0]?.password?.reveal()).toBe(password);
    expect(config.access.password?.reveal()).toBe(password);
    const everything = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      String(config.access.password),
      JSON.stringify(statuses),
    ];
    for (const text of everything) expect(text).not.toContain(password);
    expect(shown(config, "line1_password").text).toBe("********");
    expect(shown(readText({}).config, "line1_password").text).toBe("UNPROVISIONED");
  });

  test("CFG-055 a password that is too long is refused without being repeated", () => {
    const long = "p".repeat(32);
    const { config, statuses } = readText({ phone: `phone_password: ${long}` });
    expect(config.access.password).toBeUndefined();
    expect(JSON.stringify(statuses)).not.toContain(long);
  });
});

describe("what is missing", () => {
  test("each missing parameter is one message, and says whether the phone can call", () => {
    const { config, statuses } = readText({ default: "proxy_register: 1" });
    expect(config.unprovisioned).toEqual(["line1_name", "proxy1_address"]);
    const missing = (list: typeof statuses): unknown[] =>
      list.filter(({ code }) => code === "unprovisioned").map(({ facts }) => facts["parameter"]);
    expect(missing(statuses)).toEqual(["line1_name", "proxy1_address", "proxy_backup", "proxy_emergency"]);
    const whole = readText({
      phone: `${proxy}line1_name: 1\nline1_password: x\nproxy_register: 1\nproxy_backup: 192.0.2.12\nproxy_emergency: 192.0.2.13`,
    });
    expect(whole.config.unprovisioned).toEqual([]);
    expect(missing(whole.statuses)).toEqual([]);
  });
});
