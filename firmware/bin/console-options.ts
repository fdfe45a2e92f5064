// The console as every way into it has it: a local socket, a serial line, telnet, one command of a test.
import type { ConsoleOptions } from "#firmware/console/serve.ts";
import { defaultPassword } from "#firmware/console/session.ts";
import type { Phone } from "./composed-phone.ts";
import { createConsolePort } from "./console-port.ts";

const usualPrompt = "SIP Phone";

/** What every way in shares: the configuration decides passwords and levels, read anew for each session. */
export function consoleOptions(phone: Phone): ConsoleOptions {
  const { base } = phone;
  return {
    runtime: base.runtime,
    port: createConsolePort(phone),
    settings() {
      const access = phone.config()?.access;
      return {
        prompt: access?.prompt ?? usualPrompt,
        password: access?.password?.reveal() ?? defaultPassword,
        telnetLevel: access?.telnetLevel ?? 0,
        isDevelopmentImage: base.options.isDevelopment,
      };
    },
    signal: base.signal,
  };
}
