// Loads the native add-ons. They are optional and bound to one Node major: what is wrong is said, with the command that
// puts it right.
import { createRequire } from "node:module";
import { HalError } from "#hal/contract/errors.ts";

/** Packages with a native part (onoff's is epoll), and what each must offer. */
export const addons = {
  epoll: ["Epoll"],
  onoff: ["Gpio"],
  "i2c-bus": ["openSync"],
  "spi-device": ["openSync"],
} as const;

export type AddonName = keyof typeof addons;

const require = createRequire(import.meta.url);

/** The add-on's module. HalError `missing` (not installed or not built), `unsupported` (built for another Node). */
export function loadAddon(name: AddonName): Readonly<Record<string, unknown>> {
  let loaded: Record<string, unknown>;
  try {
    loaded = require(name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isOther = /NODE_MODULE_VERSION|different Node\.js version|ERR_DLOPEN_FAILED/.test(reason);
    const detail = `${reason.split("\n")[0]} (npm run addons builds it)`;
    throw new HalError(isOther ? "unsupported" : "missing", `add-on ${name}`, "load", detail, { cause });
  }
  for (const part of addons[name])
    if (typeof loaded[part] !== "function")
      throw new HalError("unsupported", `add-on ${name}`, "load", `it offers no ${part}`);
  return loaded;
}
