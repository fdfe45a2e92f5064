// The bytes of a configuration file as text: UTF-8, with ISO 8859-1 for what is not valid UTF-8.

import { unicodeText } from "#firmware/wire/unicode.ts";
import { ConfigError } from "#hal/contract/errors.ts";

/** Configuration files longer than this are refused (reference boot-and-provisioning 5.1). */
export const maxConfigBytes = 256 * 1024;

/**
 * The text of a file, without byte order mark. Throws ConfigError `too-large`, or `malformed` for what is no text at
 * all (a NUL byte).
 */
export function fileText(file: string, bytes: Uint8Array): string {
  if (bytes.length > maxConfigBytes)
    throw new ConfigError("too-large", file, "", `${bytes.length} bytes, at most ${maxConfigBytes} belong`);
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new ConfigError("malformed", file, `@${nul}`, "text belongs here, this is binary");
  return unicodeText(bytes);
}
