// One console command inside this process, with the rights of the local socket.
import { execute } from "#firmware/console/execute.ts";
import { parseLine } from "#firmware/console/grammar.ts";
import type { ConsolePort } from "#firmware/console/port.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";

/** The answer's lines joined; ConfigError where the line is no command or the command failed. */
export async function runCommand(port: ConsolePort, line: string, signal: AbortSignal): Promise<string> {
  const parsed = parseLine(line);
  if (parsed.kind === "mistake") throw new ConfigError("malformed", "console", line, parsed.text);
  const lines: string[] = [];
  const failure = await execute(parsed.command, {
    port,
    answer: {
      line: (text) => lines.push(text),
      mirror: { write: (text) => lines.push(text), input: new Emitter<string>() },
    },
    level: 2,
    hasFeedback: false,
    change: () => undefined,
    signal,
  });
  if (failure !== undefined) throw new ConfigError("unusable", "console", line, failure);
  return lines.join("\n");
}
