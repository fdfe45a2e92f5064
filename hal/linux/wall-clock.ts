// Wall time: the kernel's clock where the board owns it and we are permitted to set it, else an offset in this process.
import type { PartStatus } from "#hal/contract/hal.ts";
import type { MonoMs, UnixMs, WallClock } from "#hal/contract/time.ts";
import { c, layout } from "./ffi/abi.ts";
import { errnoName, lastErrno } from "./ffi/errno.ts";
import { libc } from "./ffi/libc.ts";
import { ProcessWallClock } from "./process-wall-clock.ts";

/** `system`: this program owns the machine's clock. `process`: somebody else keeps it, only this program's view moves. */
export type WallClockKind = "system" | "process";

export interface LinuxWallClock extends WallClock {
  /** Undefined until it was set. */
  wall(): UnixMs | undefined;
  status(): PartStatus;
}

function setSystemTime(at: number): boolean {
  const bytes = new Uint8Array(layout.timespec.sizeof);
  const view = new DataView(bytes.buffer);
  const sec = Math.floor(at / 1000);
  view.setBigInt64(layout.timespec.tv_sec, BigInt(sec), true);
  view.setBigInt64(layout.timespec.tv_nsec, BigInt(Math.floor((at - sec * 1000) * 1e6)), true);
  return libc().clock_settime(c.CLOCK_REALTIME, bytes) === 0;
}

function slewSystemTime(offsetMs: number): boolean {
  const bytes = new Uint8Array(layout.timex.sizeof);
  const view = new DataView(bytes.buffer);
  view.setUint32(layout.timex.modes, c.ADJ_OFFSET_SINGLESHOT, true);
  view.setBigInt64(layout.timex.offset, BigInt(Math.round(offsetMs * 1000)), true); // microseconds
  return libc().adjtimex(bytes) >= 0;
}

/**
 * Sets and reads wall time. A `system` clock that the kernel refuses to set becomes a `process` clock, and `status`
 * says so. Certificate checks use the machine's clock in either case.
 */
export function createWallClock(options: { kind: WallClockKind; now: () => MonoMs }): LinuxWallClock {
  const fallback = new ProcessWallClock(options.now);
  let kind = options.kind;
  let isSet = false;
  let refusal: string | undefined;
  const refuse = (operation: string): void => {
    refusal = `${operation}: ${errnoName(lastErrno())}; this program's own offset is used`;
    kind = "process";
  };
  return {
    wall() {
      if (kind === "process") return fallback.wall();
      return isSet ? (Date.now() as UnixMs) : undefined; // the kernel's clock, set by us
    },
    step(at) {
      isSet = true;
      if (kind === "system" && !setSystemTime(at)) refuse("clock_settime");
      if (kind === "process") fallback.step(at);
    },
    slew(offsetMs) {
      if (kind === "system" && !slewSystemTime(offsetMs)) {
        fallback.step(Date.now() as UnixMs); // go on from where the kernel's clock stands
        refuse("adjtimex");
      }
      if (kind === "process") fallback.slew(offsetMs);
    },
    status: () => ({
      part: "wall clock",
      attached: kind === "system" ? "the machine's clock" : "an offset in this process",
      state: refusal === undefined ? "working" : "degraded",
      detail: refusal,
    }),
  };
}
