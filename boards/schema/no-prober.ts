// Echo requests need a socket of their own, which hal/linux does not open yet: asking says so.
import { HalError } from "#hal/contract/errors.ts";
import type { Prober } from "#hal/contract/probe.ts";

export const noProber: Prober = {
  probe: () => Promise.reject(new HalError("unsupported", "icmp", "probe", "not on this board yet")),
};
