// The command line of the phone as one table (reference cisco-7960-sip section 8, and the additions that make it the
// test interface). One row: the words that begin it, how it is used, what it does, who may use it.
import { ConfigError } from "#hal/contract/errors.ts";
import { digitKeys, functionKeys, type KeyId, lineKeys, softKeys } from "#hal/contract/panel.ts";
import type { Command, Level, ShowFormat } from "./command.ts";
import { clearNames, showNames } from "./port.ts";
import { splitWords, Words } from "./words.ts";

export interface CommandRow {
  readonly words: readonly string[];
  /** What follows the words, as help prints it. */
  readonly usage: string;
  readonly help: string;
  readonly level: Level;
  read(words: Words): Command;
}

/** Traces of the phone, and `all` (reference 8.2). */
export const debugKeywords = [
  "sip-task",
  "sip-state",
  "sip-messages",
  "sip-reg-state",
  "sip-trx",
  "cc",
  "cc-msg",
  "fim",
  "fsm",
  "gsm",
  "lsm",
  "auth",
  "error",
  "arp",
  "arp-broadcast",
  "dsp",
  "vcm",
  "dtmf",
  "dns",
  "http",
  "sntp",
  "sntp-packet",
  "tcp",
  "task-socket",
  "flash",
  "console-stall",
  "config",
  "malloc",
  "malloctable",
  "strlib",
  "sk-platform",
  "mem-fail",
  "xml-deck",
  "xml-events",
  "xml-vars",
  "xml-post",
  "dialplan",
  "timers",
  "boot",
  "cdp",
  "lldp",
  "dhcp",
  "tftp",
  "sccp",
  "prx",
  "media",
  "call",
  "all",
] as const;

/** Names of keys on the command line, beside digits (reference CLI-025). */
const keyNames: Readonly<Record<string, KeyId>> = {
  voldn: "volumeDown",
  volup: "volumeUp",
  headset: "headset",
  spkr: "speaker",
  mute: "mute",
  info: "info",
  msgs: "messages",
  serv: "services",
  dir: "directories",
  set: "settings",
  navup: "up",
  navdn: "down",
};

const allKeys: readonly KeyId[] = [...digitKeys, ...softKeys, ...lineKeys, ...functionKeys];

/** The keys a word names: a key's name, or a string of digits. */
function keysOf(word: string): readonly KeyId[] {
  const named = Object.hasOwn(keyNames, word.toLowerCase()) ? keyNames[word.toLowerCase()] : undefined;
  if (named !== undefined) return [named];
  const own = allKeys.find((key) => key.toLowerCase() === word.toLowerCase());
  if (own !== undefined) return [own];
  if (/^[0-9*#]+$/.test(word)) return [...word].map((character) => character as KeyId); // each is a digit key
  throw new ConfigError("bad-value", "console", "key", `"${word}" is neither digits nor a key's name`);
}

function show(words: Words): Command {
  const name = words.choice("keyword", showNames);
  return { kind: "show", name, format: showFormat(name, words) };
}

function showFormat(name: string, words: Words): ShowFormat {
  if (!words.hasMore) return { kind: "text" };
  const kind = words.choice(
    "format",
    name === "lcd" ? (["text", "json", "png"] as const) : (["text", "json"] as const),
  );
  return kind === "png" ? { kind, file: words.text("FILE") } : { kind };
}

function keywords(words: Words): readonly string[] {
  const chosen: string[] = [words.choice("keyword", debugKeywords)];
  while (words.hasMore) chosen.push(words.choice("keyword", debugKeywords));
  return chosen;
}

/** `register 1 2` registers line 2, `register 0 backup` un-registers the backup; `line` and `option` may be spelt out. */
function register(words: Words): Command {
  const first = words.choice("option", ["0", "1", "option", "line"]);
  if (first === "line") return { kind: "register", line: lineOf(words), isOn: true };
  const isOn = first === "option" ? words.integer("value", 0, 1) === 1 : first === "1";
  return { kind: "register", line: words.hasMore ? lineOf(words) : "all", isOn };
}

function lineOf(words: Words): number | "backup" {
  const word = words.choice("line", ["1", "2", "3", "4", "5", "6", "backup"]);
  return word === "backup" ? word : Number(word);
}

function dns(words: Words): Command {
  switch (words.choice("option", ["-p", "-c", "-i", "-a"])) {
    case "-p":
      return { kind: "dns", dns: { kind: "print" } };
    case "-c":
      return { kind: "dns", dns: { kind: "clear" } };
    case "-i":
      return { kind: "dns", dns: { kind: "server", address: words.address("ip"), how: "set" } };
    case "-a":
      return { kind: "dns", dns: { kind: "server", address: words.address("ip"), how: "add" } };
  }
}

function ping(words: Words): Command {
  const address = words.address("ip-address");
  const count = words.integerOr("number", 1, 1000, 5);
  const sizeBytes = words.integerOr("packet-size", 1, 1480, 100);
  const timeoutMs = words.integerOr("timeout", 1, 60, 2) * 1000;
  return { kind: "ping", request: { address, count, sizeBytes, timeoutMs } };
}

const keys = (words: Words): Command => {
  const pressed = [...keysOf(words.text("string"))];
  while (words.hasMore) pressed.push(...keysOf(words.text("string")));
  return { kind: "test", test: { kind: "keys", keys: pressed } };
};

const oneKey =
  (keysThere: readonly KeyId[], most: number) =>
  (words: Words): Command => {
    const key = keysThere[words.integer("N", 1, most) - 1];
    return { kind: "test", test: { kind: "keys", keys: key === undefined ? [] : [key] } };
  };

/** Every command, in the order help lists them. */
export const grammar: readonly CommandRow[] = [
  {
    words: ["help"],
    usage: "[COMMAND]",
    help: "lists the commands, or tells about one",
    level: 1,
    read: help,
  },
  { words: ["?"], usage: "[COMMAND]", help: "as help", level: 1, read: help },
  { words: ["exit"], usage: "", help: "ends the session", level: 1, read: () => ({ kind: "exit" }) },
  {
    words: ["show"],
    usage: "KEYWORD [text|json]",
    help: `shows ${showNames.join(", ")}`,
    level: 1,
    read: show,
  },
  {
    words: ["mirror"],
    usage: "",
    help: "streams the panel and takes keys until ^C",
    level: 2,
    read: () => ({ kind: "mirror" }),
  },
  {
    words: ["debug"],
    usage: "KEYWORD…",
    help: `turns traces on: ${debugKeywords.join(", ")}`,
    level: 2,
    read: (words) => ({ kind: "debug", keywords: keywords(words), isOn: true }),
  },
  {
    words: ["undebug"],
    usage: "KEYWORD…|all",
    help: "turns traces off",
    level: 2,
    read: (words) => ({ kind: "debug", keywords: keywords(words), isOn: false }),
  },
  {
    words: ["register"],
    usage: "0|1 [1-6|backup]",
    help: "1 registers a line, 0 un-registers it",
    level: 2,
    read: register,
  },
  {
    words: ["restart"],
    usage: "",
    help: "begins again from the configuration",
    level: 2,
    read: () => ({ kind: "restart", how: "restart" }),
  },
  {
    words: ["reset"],
    usage: "[hard]",
    help: "begins again from the VLAN; hard: from power-on",
    level: 2,
    read: (words) => ({
      kind: "restart",
      how: words.hasMore ? `reset-${words.choice("how", ["hard"])}` : "reset",
    }),
  },
  {
    words: ["ping"],
    usage: "IP-ADDRESS [NUMBER [PACKET-SIZE [TIMEOUT]]]",
    help: "sends echo requests; size 1-1480, timeout in s",
    level: 1,
    read: ping,
  },
  {
    words: ["traceroute"],
    usage: "IP-ADDRESS [TTL]",
    help: "finds the path, at most TTL hops",
    level: 1,
    read: (words) => ({
      kind: "traceroute",
      address: words.address("ip-address"),
      mostHops: words.integerOr("ttl", 1, 64, 30),
    }),
  },
  {
    words: ["dns"],
    usage: "-p | -c | -i IP | -a IP",
    help: "prints or clears the DNS cache, sets or adds a server",
    level: 2,
    read: dns,
  },
  {
    words: ["clear"],
    usage: clearNames.join("|"),
    help: "empties a table or set of counters",
    level: 2,
    read: (words) => ({ kind: "clear", table: words.choice("table", clearNames) }),
  },
  {
    words: ["erase", "protflash"],
    usage: "",
    help: "erases what was set on the phone; the files are read again",
    level: 2,
    read: () => ({ kind: "erase" }),
  },
  {
    words: ["capture", "start"],
    usage: "FILE",
    help: "writes packets to a file",
    level: 2,
    read: (words) => ({ kind: "capture", file: words.text("FILE") }),
  },
  {
    words: ["capture", "stop"],
    usage: "",
    help: "ends the capture",
    level: 2,
    read: () => ({ kind: "capture", file: undefined }),
  },
  {
    words: ["test", "open"],
    usage: "",
    help: "allows test functions",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "open" } }),
  },
  {
    words: ["test", "close"],
    usage: "",
    help: "forbids them again",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "close" } }),
  },
  {
    words: ["test", "key"],
    usage: "STRING…",
    help: "presses keys: digits, or names such as volup, soft1, line2",
    level: 2,
    read: keys,
  },
  { words: ["test", "button"], usage: "NAME…", help: "presses keys by name", level: 2, read: keys },
  {
    words: ["test", "softkey"],
    usage: "N",
    help: "presses soft key 1-4",
    level: 2,
    read: oneKey(softKeys, 4),
  },
  { words: ["test", "line"], usage: "N", help: "presses line key 1-6", level: 2, read: oneKey(lineKeys, 6) },
  {
    words: ["test", "offhook"],
    usage: "",
    help: "lifts the handset",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "hook", isOffHook: true } }),
  },
  {
    words: ["test", "onhook"],
    usage: "",
    help: "puts it down",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "hook", isOffHook: false } }),
  },
  {
    words: ["test", "show"],
    usage: "",
    help: "tells what a test did",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "feedback", isOn: true } }),
  },
  {
    words: ["test", "hide"],
    usage: "",
    help: "keeps silent about it",
    level: 2,
    read: () => ({ kind: "test", test: { kind: "feedback", isOn: false } }),
  },
  {
    words: ["tty", "echo"],
    usage: "on|off",
    help: "whether typed characters come back",
    level: 1,
    read: (words) => ({
      kind: "tty",
      tty: { kind: "echo", isOn: words.choice("echo", ["on", "off"]) === "on" },
    }),
  },
  {
    words: ["tty", "mon"],
    usage: "",
    help: "copies log lines to this session, or stops it",
    level: 1,
    read: () => ({ kind: "tty", tty: { kind: "monitor" } }),
  },
  {
    words: ["tty", "timeout"],
    usage: "MINUTES",
    help: "ends an idle session after so long; 0: never",
    level: 1,
    read: (words) => ({ kind: "tty", tty: { kind: "timeout", minutes: words.integer("minutes", 0, 1440) } }),
  },
];

function help(words: Words): Command {
  return { kind: "help", topic: words.rest().join(" ").toLowerCase() };
}

/** What a line was found to be; `mistake`: which word, and what was expected. */
export type Parsed =
  | { readonly kind: "command"; readonly command: Command; readonly level: Level }
  | { readonly kind: "mistake"; readonly text: string };

/** Lines as a configuration file has them are commands, too. */
const parameterLine = /^([A-Za-z_][A-Za-z0-9_]*)\s*:\s*(.*)$/;

/** Reads one line. Any text gives a command or says what is wrong with it. */
export function parseLine(line: string): Parsed {
  const words = splitWords(line);
  const parameter = parameterLine.exec(line.trim());
  if (words.length === 0) return { kind: "command", command: { kind: "nothing" }, level: 1 };
  if (parameter !== null) {
    const [, name = "", value = ""] = parameter;
    return {
      kind: "command",
      command: { kind: "set", name, value: value.replace(/^"(.*)"$/, "$1") },
      level: 2,
    };
  }
  const row = grammar.find((entry) => entry.words.every((word, at) => word === words[at]?.toLowerCase()));
  if (row === undefined) return { kind: "mistake", text: unknown(words) };
  const rest = new Words(words.slice(row.words.length));
  try {
    const command = row.read(rest);
    rest.end();
    return { kind: "command", command, level: row.level };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: "mistake", text: `${error.message} (usage: ${usageOf(row)})` };
  }
}

function unknown(words: readonly string[]): string {
  const first = words[0]?.toLowerCase();
  const similar = grammar.filter((row) => row.words[0] === first && row.words.length > 1);
  if (similar.length > 0)
    return `${first}: one of ${similar.map((row) => row.words.slice(1).join(" ")).join(", ")}`;
  return `unknown command "${words[0]}"; help lists the commands`;
}

/** A command with what follows it. */
export function usageOf(row: CommandRow): string {
  return [...row.words, row.usage].join(" ").trimEnd();
}
