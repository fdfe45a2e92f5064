// The ways into a phone's console that its process opens: the local socket.

import { type ConsoleOptions, serveSocket } from "#firmware/console/serve.ts";
import { defaultPassword } from "#firmware/console/session.ts";
import { serveBytes } from "#hal/linux/console-socket.ts";
import { createConsolePort } from "./console-port.ts";
import type { Phone } from "./phone.ts";

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

/** Serves the console at `path` until the phone ends. HalError `busy` where another phone answers. */
export function serveConsoleSocket(options: ConsoleOptions, path: string): Promise<void> {
  return serveBytes(path, (session) => serveSocket(options, session), { signal: options.signal });
}
