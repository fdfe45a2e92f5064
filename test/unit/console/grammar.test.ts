// Lines as people type them, and the commands they are; lines that are none, and what is said about them.
import { expect, test } from "vitest";
import { debugKeywords, grammar, parseLine, usageOf } from "#firmware/console/grammar.ts";

const command = (line: string): unknown => {
  const parsed = parseLine(line);
  return parsed.kind === "command" ? parsed.command : parsed.text;
};

test("CLI-019 ping takes number, size 1 to 1480 (default 100) and timeout (default 2 s)", () => {
  const request = { address: "192.0.2.1", count: 5, sizeBytes: 100, timeoutMs: 2000 };
  expect(command("ping 192.0.2.1")).toEqual({ kind: "ping", request });
  expect(command("ping 192.0.2.1 10 1480 5")).toEqual({
    kind: "ping",
    request: { address: "192.0.2.1", count: 10, sizeBytes: 1480, timeoutMs: 5000 },
  });
  expect(command("ping 192.0.2.1 1 1481")).toContain('"1481" is no number from 1 to 1480');
  expect(command("ping 192.0.2.256")).toContain("no dotted address");
  expect(command("ping")).toContain("ip-address: missing");
});

test("CLI-020 register: option 0 or 1, a line or the backup, as the samples have it", () => {
  expect(command("register 1 2")).toEqual({ kind: "register", line: 2, isOn: true });
  expect(command("register 0 backup")).toEqual({ kind: "register", line: "backup", isOn: false });
  expect(command("register option 0")).toEqual({ kind: "register", line: "all", isOn: false });
  expect(command("register line 6")).toEqual({ kind: "register", line: 6, isOn: true });
  expect(command("register 1 7")).toContain('"7" is none of');
});

test("clear, erase and reset", () => {
  for (const table of ["arp", "ethernet", "ip", "malloctable", "mem-fail", "tcp-stats"])
    expect(command(`clear ${table}`)).toEqual({ kind: "clear", table });
  expect(command("erase protflash")).toEqual({ kind: "erase" });
  expect(command("erase everything")).toBe("erase: one of protflash");
  expect(command("reset")).toEqual({ kind: "restart", how: "reset" });
  expect(command("reset hard")).toEqual({ kind: "restart", how: "reset-hard" });
  expect(command("restart")).toEqual({ kind: "restart", how: "restart" });
});

test("CLI-010 CLI-030 several traces at once, and all of them off", () => {
  expect(command("debug sip-messages cc")).toEqual({
    kind: "debug",
    keywords: ["sip-messages", "cc"],
    isOn: true,
  });
  expect(command("undebug all")).toEqual({ kind: "debug", keywords: ["all"], isOn: false });
  expect(command("debug")).toContain("keyword: missing");
  expect(command("debug nonsense")).toContain('"nonsense" is none of');
});

test("CLI-011 CLI-012 the traces of SIP and of call control have their names", () => {
  const names = "sip-task sip-state sip-messages sip-reg-state cc cc-msg fim fsm gsm lsm auth error";
  for (const name of names.split(" ")) expect(command(`debug ${name}`)).toMatchObject({ keywords: [name] });
});

test("CLI-013 CLI-014 CLI-015 the traces of media, network, system and the successor have theirs", () => {
  const names =
    "arp arp-broadcast dsp vcm dtmf dns http sntp sntp-packet tcp task-socket flash console-stall config malloc " +
    "malloctable strlib sk-platform mem-fail xml-deck xml-events xml-vars xml-post dialplan timers sip-trx";
  for (const name of names.split(" ")) expect(debugKeywords).toContain(name);
});

test("dns prints, clears, sets and adds", () => {
  expect(command("dns -p")).toEqual({ kind: "dns", dns: { kind: "print" } });
  expect(command("dns -c")).toEqual({ kind: "dns", dns: { kind: "clear" } });
  expect(command("dns -i 192.0.2.1")).toEqual({
    kind: "dns",
    dns: { kind: "server", address: "192.0.2.1", how: "set" },
  });
  expect(command("dns -a 192.0.2.2")).toMatchObject({ dns: { how: "add" } });
  expect(command("dns -x")).toContain('"-x" is none of');
});

test("CLI-028 traceroute takes an address and the most hops", () => {
  expect(command("traceroute 192.0.2.1")).toEqual({ kind: "traceroute", address: "192.0.2.1", mostHops: 30 });
  expect(command("traceroute 192.0.2.1 5")).toMatchObject({ mostHops: 5 });
});

test("CLI-024 test key types a string of digits", () => {
  expect(command("test key 23234")).toEqual({
    kind: "test",
    test: { kind: "keys", keys: ["2", "3", "2", "3", "4"] },
  });
  expect(command("test key *#0")).toMatchObject({ test: { keys: ["*", "#", "0"] } });
  expect(command("test key 12x")).toContain('"12x" is neither digits nor a key');
});

test("CLI-025 keys have the names of the reference, and those of the hardware", () => {
  for (const [name, key] of [
    ["voldn", "volumeDown"],
    ["volup", "volumeUp"],
    ["headset", "headset"],
    ["spkr", "speaker"],
    ["mute", "mute"],
    ["info", "info"],
    ["msgs", "messages"],
    ["serv", "services"],
    ["dir", "directories"],
    ["set", "settings"],
    ["navup", "up"],
    ["navdn", "down"],
    ["soft3", "soft3"],
    ["line6", "line6"],
    ["VolumeUp", "volumeUp"],
  ])
    expect(command(`test key ${name}`)).toEqual({ kind: "test", test: { kind: "keys", keys: [key] } });
  expect(command("test softkey 4")).toMatchObject({ test: { keys: ["soft4"] } });
  expect(command("test line 2")).toMatchObject({ test: { keys: ["line2"] } });
  expect(command("test button spkr 6 0 0 soft1")).toMatchObject({
    test: { keys: ["speaker", "6", "0", "0", "soft1"] },
  });
  expect(command("test softkey 5")).toContain("no number from 1 to 4");
});

test("CLI-023 CLI-026 CLI-027 test: open and close, hook, feedback", () => {
  expect(command("test open")).toMatchObject({ test: { kind: "open" } });
  expect(command("test close")).toMatchObject({ test: { kind: "close" } });
  expect(command("test offhook")).toMatchObject({ test: { kind: "hook", isOffHook: true } });
  expect(command("test onhook")).toMatchObject({ test: { kind: "hook", isOffHook: false } });
  expect(command("test show")).toMatchObject({ test: { kind: "feedback", isOn: true } });
  expect(command("test hide")).toMatchObject({ test: { kind: "feedback", isOn: false } });
});

test("show takes a keyword and a form; only the panel has a picture", () => {
  expect(command("show boot")).toEqual({ kind: "show", name: "boot", format: { kind: "text" } });
  expect(command("SHOW Register JSON")).toEqual({ kind: "show", name: "register", format: { kind: "json" } });
  expect(command("show lcd png /tmp/a.png")).toEqual({
    kind: "show",
    name: "lcd",
    format: { kind: "png", file: "/tmp/a.png" },
  });
  expect(command("show rtp png a.png")).toContain('"png" is none of text, json');
  expect(command("show boot json twice")).toContain("twice: not expected here");
});

test("CLI-008 lines of a configuration file are commands", () => {
  expect(command('line1_name: "2001"')).toEqual({ kind: "set", name: "line1_name", value: "2001" });
  expect(command("phone_label:Desk 7")).toEqual({ kind: "set", name: "phone_label", value: "Desk 7" });
});

test("capture, mirror, tty and an empty line", () => {
  expect(command("capture start boot.pcap")).toEqual({ kind: "capture", file: "boot.pcap" });
  expect(command("capture stop")).toEqual({ kind: "capture", file: undefined });
  expect(command("mirror")).toEqual({ kind: "mirror" });
  expect(command("tty echo off")).toMatchObject({ tty: { kind: "echo", isOn: false } });
  expect(command("tty timeout 30")).toMatchObject({ tty: { kind: "timeout", minutes: 30 } });
  expect(command("   ")).toEqual({ kind: "nothing" });
});

test("a mistake names the word, what was expected, and the usage", () => {
  expect(command("dial 600")).toBe('unknown command "dial"; help lists the commands');
  expect(command("test sing")).toContain("test: one of open, close, key");
  expect(command("traceroute 192.0.2.1 99")).toBe(
    'console: ttl: "99" is no number from 1 to 64 (usage: traceroute IP-ADDRESS [TTL])',
  );
});

test("no command is hidden behind another one's words", () => {
  for (const row of grammar) {
    const found = grammar.find((entry) => entry.words.every((word, at) => word === row.words[at]));
    expect(found, usageOf(row)).toBe(row);
  }
});
