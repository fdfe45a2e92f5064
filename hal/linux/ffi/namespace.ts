// Moves this thread, and what it starts from now on, into a network namespace. For the net tier's tests alone.
import { c } from "./abi.ts";
import { closeDescriptor, libc, must } from "./libc.ts";

/** `path` as `ip netns` makes them, e.g. `/run/netns/NAME`. HalError `missing`, `denied`. */
export function enterNetworkNamespace(path: string): void {
  const fd = must(libc().open(path, c.O_RDONLY | c.O_CLOEXEC, 0), path, "open");
  try {
    must(libc().setns(fd, c.CLONE_NEWNET), path, "enter");
  } finally {
    closeDescriptor(fd);
  }
}
