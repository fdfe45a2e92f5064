// Ephemeral ports, as Linux hands them out (net.ipv4.ip_local_port_range).
import type { Random } from "#hal/contract/random.ts";

const first = 32_768;
const last = 60_999;

/** A free port chosen by chance; undefined when every one is taken. */
export function freePort(random: Random, isTaken: (port: number) => boolean): number | undefined {
  const count = last - first + 1;
  const start = random.u32() % count;
  for (let i = 0; i < count; i++) {
    const port = first + ((start + i) % count);
    if (!isTaken(port)) return port;
  }
  return undefined;
}
