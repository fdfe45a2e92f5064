// Error numbers of the kernel (the same on x64 and arm64) as HalError codes.

import koffi from "koffi";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";

/** The numbers that the code looks at. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EAGAIN: 11,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
  ECANCELED: 125,
} as const;

const codes: Readonly<Record<number, HalErrorCode>> = {
  [errno.EPERM]: "denied",
  [errno.ENOENT]: "missing",
  [errno.ENXIO]: "missing",
  [errno.EACCES]: "denied",
  [errno.EBUSY]: "busy",
  [errno.ENODEV]: "missing",
  [errno.EOPNOTSUPP]: "unsupported",
  [errno.EADDRINUSE]: "busy",
  [errno.EADDRNOTAVAIL]: "unreachable",
  [errno.ENETDOWN]: "unreachable",
  [errno.ENETUNREACH]: "unreachable",
  [errno.ETIMEDOUT]: "timeout",
  [errno.ECONNREFUSED]: "refused",
  [errno.EHOSTUNREACH]: "unreachable",
};

/** C name of an error number, or the number where none is known. */
export function errnoName(number: number): string {
  for (const [name, value] of Object.entries(koffi.os.errno)) if (value === number) return name;
  return `errno ${number}`;
}

/** What an error number means to the firmware; what has no name of its own is `io`. */
export function halErrorOf(number: number, device: string, operation: string, detail?: string): HalError {
  const text = detail === undefined ? errnoName(number) : `${errnoName(number)}: ${detail}`;
  return new HalError(codes[number] ?? "io", device, operation, text);
}

/** Error number of the last failed call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}
