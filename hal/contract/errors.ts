// The error classes that boards, drivers and firmware share. WireError, the fourth, lives in firmware/wire.
// Tests and callers look at `code`; the message is for a person and names the thing, the value, the expectation.

/** Why hardware, kernel or network refused. */
export type HalErrorCode =
  | "missing" // the device or file is not there
  | "busy" // somebody else holds it
  | "io" // it answered with an error
  | "unsupported" // this kernel or board cannot do it
  | "denied" // no permission
  | "refused" // a peer answered with RST or ICMP unreachable
  | "unreachable" // no route, no link, or no address yet
  | "timeout" // no answer in the given time
  | "not-found"; // the name or file does not exist at the peer

/** Hardware, kernel or network refuses: which device, which operation, why. */
export class HalError extends Error {
  readonly code: HalErrorCode;
  readonly device: string;
  readonly operation: string;

  constructor(
    code: HalErrorCode,
    device: string,
    operation: string,
    detail: string,
    options?: { cause?: unknown },
  ) {
    super(`${device}: ${operation}: ${detail}`, options);
    this.name = "HalError";
    this.code = code;
    this.device = device;
    this.operation = operation;
  }
}

/** What is wrong with a configuration or board file. */
export type ConfigErrorCode =
  | "malformed"
  | "missing-field"
  | "bad-value"
  | "too-large"
  | "duplicate"
  | "unusable";

/** A configuration file or a board description is wrong: which file, which place, what was expected. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  /** File or board name. */
  readonly file: string;
  /** Field path, or line and column. */
  readonly place: string;

  constructor(
    code: ConfigErrorCode,
    file: string,
    place: string,
    expected: string,
    options?: { cause?: unknown },
  ) {
    super(`${file}: ${place}: ${expected}`, options);
    this.name = "ConfigError";
    this.code = code;
    this.file = file;
    this.place = place;
  }
}

/** Our own mistake: something that was believed to be impossible. Ends the process; the supervisor decides. */
export class InvariantError extends Error {
  readonly code = "invariant";

  constructor(believed: string) {
    super(`believed: ${believed}`);
    this.name = "InvariantError";
  }
}

/** For the `default` of a switch over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`no such case: ${JSON.stringify(value)}`);
}
