// The calls of libc that the HAL makes, all of them short: sockets are non-blocking and waiting is one bounded poll.
// Variadic functions are declared with the arguments we pass: the x64 and arm64 Linux conventions agree on those.
import { c } from "./abi.ts";
import { errnoName, halErrorOf, lastErrno } from "./errno.ts";
import { openLibrary } from "./library.ts";

/** Bytes we own, or an address outside the JavaScript heap; null is C's NULL. */
export type Pointer = Uint8Array | bigint | null;

/** C's int functions: −1 on failure, the reason in `lastErrno()`. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Pointer, length: number): number;
  connect(fd: number, address: Pointer, length: number): number;
  shutdown(fd: number, how: number): number;
  getsockname(fd: number, address: Pointer, length: Pointer): number;
  setsockopt(fd: number, level: number, name: number, value: Pointer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Pointer, length: Pointer): number;
  sendto(
    fd: number,
    bytes: Pointer,
    size: number,
    flags: number,
    address: Pointer,
    addressLength: number,
  ): number;
  recv(fd: number, bytes: Pointer, size: number, flags: number): number;
  recvmsg(fd: number, message: Pointer, flags: number): number;
  sendmsg(fd: number, message: Pointer, flags: number): number;
  poll(descriptors: Pointer, count: number, timeoutMs: number): number;
  eventfd(initial: number, flags: number): number;
  timerfd_create(clock: number, flags: number): number;
  timerfd_settime(fd: number, flags: number, value: Pointer, old: Pointer): number;
  open(path: string, flags: number, mode: number): number;
  read(fd: number, bytes: Pointer, size: number): number;
  write(fd: number, bytes: Pointer, size: number): number;
  close(fd: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  ioctl(fd: number, request: number, argument: Pointer): number;
  clock_gettime(clock: number, value: Pointer): number;
  clock_settime(clock: number, value: Pointer): number;
  adjtimex(value: Pointer): number;
  getrandom(bytes: Pointer, size: number, flags: number): number;
  setrlimit(resource: number, value: Pointer): number;
  if_nametoindex(name: string): number;
  setns(fd: number, kind: number): number;
  sched_setscheduler(pid: number, policy: number, parameters: Pointer): number;
}

const declarations: Record<keyof Libc, string> = {
  socket: "int socket(int, int, int)",
  bind: "int bind(int, void *, uint32_t)",
  connect: "int connect(int, void *, uint32_t)",
  shutdown: "int shutdown(int, int)",
  getsockname: "int getsockname(int, void *, void *)",
  setsockopt: "int setsockopt(int, int, int, void *, uint32_t)",
  getsockopt: "int getsockopt(int, int, int, void *, void *)",
  sendto: "int64_t sendto(int, void *, size_t, int, void *, uint32_t)",
  recv: "int64_t recv(int, void *, size_t, int)",
  recvmsg: "int64_t recvmsg(int, void *, int)",
  sendmsg: "int64_t sendmsg(int, void *, int)",
  poll: "int poll(void *, unsigned long, int)",
  eventfd: "int eventfd(unsigned int, int)",
  timerfd_create: "int timerfd_create(int, int)",
  timerfd_settime: "int timerfd_settime(int, int, void *, void *)",
  open: "int open(const char *, int, uint32_t)",
  read: "int64_t read(int, void *, size_t)",
  write: "int64_t write(int, void *, size_t)",
  close: "int close(int)",
  fcntl: "int fcntl(int, int, int)",
  ioctl: "int ioctl(int, unsigned long, void *)",
  clock_gettime: "int clock_gettime(int, void *)",
  clock_settime: "int clock_settime(int, void *)",
  adjtimex: "int adjtimex(void *)",
  getrandom: "int64_t getrandom(void *, size_t, unsigned int)",
  setrlimit: "int setrlimit(int, void *)",
  if_nametoindex: "unsigned int if_nametoindex(const char *)",
  setns: "int setns(int, int)",
  sched_setscheduler: "int sched_setscheduler(int, int, void *)",
};

let opened: Libc | undefined;

/** The C library of this process, opened at the first call on each thread. */
export function libc(): Libc {
  if (opened !== undefined) return opened;
  const library = openLibrary(["libc.so.6"]);
  const functions = Object.entries(declarations).map(([name, text]) => [name, library.func(text)]);
  opened = Object.fromEntries(functions) as Libc; // each name is declared above with the types of the interface
  return opened;
}

/** The result, or HalError with the meaning of errno when it is negative. */
export function must(result: number, device: string, operation: string): number {
  if (result < 0) throw halErrorOf(lastErrno(), device, operation);
  return result;
}

/** Sets an int-valued socket option. */
export function setOption(fd: number, level: number, name: number, value: number, operation: string): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  must(libc().setsockopt(fd, level, name, bytes, 4), `socket ${fd}`, operation);
}

/** A read or write of the descriptor returns at once from now on, whoever opened it. */
export function setNonBlocking(fd: number): void {
  const flags = must(libc().fcntl(fd, c.F_GETFL, 0), `descriptor ${fd}`, "read its flags");
  if ((flags & c.O_NONBLOCK) !== 0) return;
  must(libc().fcntl(fd, c.F_SETFL, flags | c.O_NONBLOCK), `descriptor ${fd}`, "make non-blocking");
}

/** Closes a descriptor that is not used by another thread; a failure is our own bug and is told. */
export function closeDescriptor(fd: number): void {
  if (libc().close(fd) < 0)
    throw halErrorOf(lastErrno(), `descriptor ${fd}`, "close", errnoName(lastErrno()));
}
