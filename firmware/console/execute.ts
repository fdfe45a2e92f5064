// Carries a command out on the phone and writes its answer. What cannot be done is a failed command, told in a line.
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { Command, Level, ShowFormat, TestCommand, TtyCommand } from "./command.ts";
import { grammar, usageOf } from "./grammar.ts";
import type { ConsolePort, Hop, MirrorLines, PingReply, ShowName } from "./port.ts";
import { plain, renderShow } from "./render.ts";

/** Where a command's answer goes. */
export interface Answer {
  /** One line of text; the end of line is the writer's business. */
  line(text: string): void;
  readonly mirror: MirrorLines;
}

/** What a command changes about its session. */
export type SessionChange = Extract<TestCommand, { kind: "feedback" }> | TtyCommand;

export interface Execution {
  readonly port: ConsolePort;
  readonly answer: Answer;
  /** Level of the session, for help. */
  readonly level: Level;
  /** Test commands show the panel afterwards. */
  readonly hasFeedback: boolean;
  change(change: SessionChange): void;
  readonly signal: AbortSignal;
}

/** Why a command failed, in one line; undefined: it did what it should. */
export async function execute(command: Command, execution: Execution): Promise<string | undefined> {
  try {
    await perform(command, execution);
    return undefined;
  } catch (error) {
    if (execution.signal.aborted) return "interrupted";
    if (error instanceof HalError || error instanceof ConfigError) return error.message;
    throw error;
  }
}

async function perform(command: Command, execution: Execution): Promise<void> {
  const { port, answer, signal } = execution;
  switch (command.kind) {
    case "nothing":
    case "exit":
      return;
    case "help":
      for (const line of helpLines(command.topic, execution.level)) answer.line(line);
      return;
    case "show":
      await show(command.name, command.format, execution);
      return;
    case "debug":
      for (const keyword of command.keywords) port.setDebug(keyword, command.isOn);
      return;
    case "clear":
      port.clear(command.table);
      return;
    case "dns":
      if (command.dns.kind === "print") for (const line of plain(port.dnsCache())) answer.line(line);
      else if (command.dns.kind === "clear") port.clearDns();
      else port.setDnsServer(command.dns.address, command.dns.how);
      return;
    case "erase":
      await port.eraseSettings();
      return;
    case "ping":
      await reportPing(port.ping(command.request, { signal }), command.request.address, answer);
      return;
    case "traceroute":
      for await (const hop of port.traceroute(command.address, command.mostHops, { signal }))
        answer.line(hopLine(hop));
      return;
    case "register":
      port.register(command.line, command.isOn);
      return;
    case "restart":
      port.restart(command.how);
      return;
    case "test":
      await test(command.test, execution);
      return;
    case "tty":
      execution.change(command.tty);
      return;
    case "capture":
      if (command.file !== undefined) await port.startCapture(command.file);
      else answer.line(`${await port.stopCapture()} packets`);
      return;
    case "mirror":
      await port.mirror(answer.mirror, { signal });
      return;
    case "set":
      port.setParameter(command.name, command.value);
      return;
  }
}

async function show(name: ShowName, format: ShowFormat, { port, answer }: Execution): Promise<void> {
  if (format.kind === "png") {
    await port.savePicture(format.file);
    return;
  }
  const value = await port.show(name);
  if (value === undefined)
    throw new HalError("unsupported", "console", `show ${name}`, "not kept by this phone");
  if (format.kind === "json") answer.line(JSON.stringify(value));
  else for (const line of renderShow(name, value)) answer.line(line);
}

async function test(command: TestCommand, execution: Execution): Promise<void> {
  const { port } = execution;
  switch (command.kind) {
    case "open":
    case "close":
      return; // the session's own
    case "feedback":
      execution.change(command);
      return;
    case "keys":
      for (const key of command.keys) port.pressKey(key);
      break;
    case "hook":
      port.setHook(command.isOffHook);
      break;
  }
  if (execution.hasFeedback) await show("lcd", { kind: "text" }, execution);
}

async function reportPing(replies: AsyncIterable<PingReply>, address: string, answer: Answer): Promise<void> {
  let sent = 0;
  let received = 0;
  for await (const { sequence, rttMs } of replies) {
    sent++;
    if (rttMs !== undefined) received++;
    answer.line(
      rttMs === undefined ? `${sequence}: no answer` : `${sequence}: ${address} ${rttMs.toFixed(1)} ms`,
    );
  }
  answer.line(`${received} of ${sent} answered`);
  if (received === 0) throw new HalError("timeout", "ping", address, "no answer");
}

const hopLine = ({ hop, address, rttMs }: Hop): string =>
  `${String(hop).padStart(2)}  ${address ?? "*"}  ${rttMs === undefined ? "" : `${rttMs.toFixed(1)} ms`}`.trimEnd();

/** All commands this level may use, or everything about one. */
function helpLines(topic: string, level: Level): readonly string[] {
  const rows = grammar.filter((row) => row.level <= level && row.words.join(" ").startsWith(topic));
  if (rows.length === 0) throw new ConfigError("bad-value", "console", "help", `no command "${topic}"`);
  const width = Math.max(...rows.map((row) => usageOf(row).length));
  return rows.map((row) => `${usageOf(row).padEnd(Math.min(width, 44))}  ${row.help}`);
}
