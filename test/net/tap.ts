// A Linux TAP device at one end of a cable: what is at the other end talks to the kernel's own stack. Needs root.
import { closeDescriptor, libc, must } from "#hal/linux/ffi/libc.ts";
import type { CableEnd } from "#hal/sim/net/cable.ts";

/** linux/if_tun.h, the same on x64 and arm64. */
const setInterface = 0x4004_54ca;
const tapWithoutInfo = 0x0002 | 0x1000;
const nonBlocking = 2 | 0x800;
const nameBytes = 16;
const requestBytes = 40;
const mostFrameBytes = 2048;
const pollEveryMs = 1;

/** Creates the device `name` in this process's network namespace and relays frames until the signal. */
export function attachTap(name: string, end: CableEnd, signal: AbortSignal): void {
  const fd = must(libc().open("/dev/net/tun", nonBlocking, 0), "/dev/net/tun", "open");
  const request = new Uint8Array(requestBytes);
  request.set(new TextEncoder().encode(name).subarray(0, nameBytes - 1));
  new DataView(request.buffer).setUint16(nameBytes, tapWithoutInfo, true);
  must(libc().ioctl(fd, setInterface, request), name, "TUNSETIFF");
  end.received.subscribe((frame) => libc().write(fd, frame, frame.length), { signal });
  const buffer = new Uint8Array(mostFrameBytes);
  const poll = (): void => {
    for (let size = libc().read(fd, buffer, buffer.length); size > 0; ) {
      end.send(buffer.slice(0, size));
      size = libc().read(fd, buffer, buffer.length);
    }
  };
  const timer = setInterval(poll, pollEveryMs);
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(timer);
      closeDescriptor(fd);
    },
    { once: true },
  );
}
