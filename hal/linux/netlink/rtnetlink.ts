// Talking to the kernel about its network: orders and questions that it answers at once, and a monitor of changes.
import { HalError } from "#hal/contract/errors.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { halErrorOf } from "#hal/linux/ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "#hal/linux/ffi/libc.ts";
import type { Io } from "#hal/linux/io/io.ts";
import { pollMs } from "#hal/linux/io/io-protocol.ts";
import { decodeError, decodeMessages, encodeRequest, type Message, type Request, viewOf } from "./message.ts";

const answerBytes = 65_536;

function openNetlink(groups: number): number {
  const type = c.SOCK_RAW | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
  const fd = must(libc().socket(c.AF_NETLINK, type, c.NETLINK_ROUTE), "netlink", "open");
  const at = layout.sockaddr_nl;
  const address = new Uint8Array(at.sizeof);
  viewOf(address).setUint16(at.nl_family, c.AF_NETLINK, true);
  viewOf(address).setUint32(at.nl_groups, groups, true);
  must(libc().bind(fd, address, address.length), "netlink", "bind");
  return fd;
}

/** Orders and questions. rtnetlink answers while the request is being sent, so nothing here waits for long. */
export class Rtnetlink {
  readonly #fd = openNetlink(0);
  readonly #buffer = new Uint8Array(answerBytes);
  #sequence = 0;

  constructor() {
    setOption(this.#fd, c.SOL_NETLINK, c.NETLINK_EXT_ACK, 1, "ask for reasons");
  }

  /** Sends `request` and returns what the kernel answers; HalError with the meaning of its refusal. */
  ask(request: Request, device: string): Message[] {
    const sequence = ++this.#sequence;
    const bytes = encodeRequest(request, sequence);
    must(libc().sendto(this.#fd, bytes, bytes.length, 0, null, 0), device, request.what);
    const isDump = (request.flags & c.NLM_F_DUMP) === c.NLM_F_DUMP;
    const wantsAck = !isDump && (request.flags & c.NLM_F_ACK) !== 0;
    const answers: Message[] = [];
    for (;;) {
      for (const message of this.#receive(device, request.what)) {
        if (message.sequence !== sequence) continue; // of a request that was given up
        if (message.type === c.NLMSG_DONE) return answers;
        if (message.type === c.NLMSG_ERROR) {
          const { errno, text } = decodeError(message);
          if (errno === 0) return answers;
          throw new RtnetlinkRefusal(errno, device, request.what, text);
        }
        answers.push(message);
      }
      if (!isDump && !wantsAck && answers.length > 0) return answers;
    }
  }

  #receive(device: string, what: string): Message[] {
    const poll = new Uint8Array(layout.pollfd.sizeof);
    viewOf(poll).setInt32(layout.pollfd.fd, this.#fd, true);
    viewOf(poll).setInt16(layout.pollfd.events, c.POLLIN, true);
    if (must(libc().poll(poll, 1, pollMs), device, what) === 0)
      throw new HalError("timeout", device, what, "the kernel did not answer");
    const length = must(libc().recv(this.#fd, this.#buffer, answerBytes, 0), device, what);
    return decodeMessages(this.#buffer.slice(0, length));
  }

  close(): void {
    closeDescriptor(this.#fd);
  }
}

/** The kernel's refusal, with its number for the few callers that look at it. */
export class RtnetlinkRefusal extends HalError {
  readonly errno: number;

  constructor(errno: number, device: string, operation: string, text: string | undefined) {
    const { code, message } = halErrorOf(errno, device, operation, text);
    super(code, device, operation, message.slice(`${device}: ${operation}: `.length));
    this.errno = errno;
  }
}

/** Every change of links and IPv4 addresses in this namespace, as messages. */
export function monitorChanges(io: Io): { readonly messages: Stream<Message>; close(): void } {
  const messages = new Emitter<Message>();
  const fd = openNetlink(c.RTMGRP_LINK | c.RTMGRP_IPV4_IFADDR);
  const handle = io.add(fd, "bytes", (event) => {
    if (event.kind !== "bytes") return;
    for (const message of decodeMessages(event.bytes)) messages.emit(message);
  });
  return { messages, close: () => handle.remove() };
}
