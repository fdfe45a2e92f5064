// recvmsg with its ancillary data: one arena outside the JavaScript heap per thread, and a reader of control messages
// that believes no length.
import koffi from "koffi";
import { c, layout } from "./abi.ts";
import { errno, lastErrno } from "./errno.ts";
import { type Libc, libc } from "./libc.ts";

/** Largest datagram or frame that is taken. */
export const receiveBytes = 65_536;
const nameBytes = 128;
const controlBytes = 512;

/** One ancillary message. `data` is a view that the next receive overwrites. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** What recvmsg gave. `bytes` is a copy; `name` and the control messages are views. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly name: Uint8Array;
  readonly controls: readonly ControlMessage[];
  /** Longer than the arena, the rest is gone. */
  readonly isTruncated: boolean;
}

/** Ancillary messages of a control buffer; stops at the first length that does not fit. */
function readControls(buffer: Uint8Array): ControlMessage[] {
  const at = layout.cmsghdr;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const found: ControlMessage[] = [];
  let offset = 0;
  while (offset + at.sizeof <= buffer.length) {
    const length = view.getUint32(offset + at.cmsg_len, true);
    if (length < at.sizeof || view.getUint32(offset + at.cmsg_len + 4, true) !== 0) break;
    if (offset + length > buffer.length) break;
    found.push({
      level: view.getInt32(offset + at.cmsg_level, true),
      type: view.getInt32(offset + at.cmsg_type, true),
      data: buffer.subarray(offset + at.sizeof, offset + length),
    });
    offset += (length + 7) & ~7; // CMSG_ALIGN on 64 bit
  }
  return found;
}

/** Receives into one arena, again and again. Not to be shared between threads. */
export class Receiver {
  readonly #libc: Libc = libc();
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #address: bigint;
  readonly #nameAt = layout.msghdr.sizeof + layout.iovec.sizeof;
  readonly #controlAt = this.#nameAt + nameBytes;
  readonly #dataAt = this.#controlAt + controlBytes;

  constructor() {
    const size = this.#dataAt + receiveBytes;
    const pointer: bigint = koffi.alloc("uint8_t", size); // lives as long as the thread
    const memory = koffi.view(pointer, size);
    this.#memory = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#address = koffi.address(pointer);
    const { msghdr, iovec } = layout;
    const iovecAt = msghdr.sizeof;
    this.#view.setBigUint64(msghdr.msg_name, this.#address + BigInt(this.#nameAt), true);
    this.#view.setBigUint64(msghdr.msg_iov, this.#address + BigInt(iovecAt), true);
    this.#view.setBigUint64(msghdr.msg_iovlen, 1n, true);
    this.#view.setBigUint64(msghdr.msg_control, this.#address + BigInt(this.#controlAt), true);
    this.#view.setBigUint64(iovecAt + iovec.iov_base, this.#address + BigInt(this.#dataAt), true);
    this.#view.setBigUint64(iovecAt + iovec.iov_len, BigInt(receiveBytes), true);
  }

  /** One datagram or frame; undefined when there is none now; a number is the errno of a failure. */
  receive(fd: number, flags: number): Received | number | undefined {
    const { msghdr } = layout;
    this.#view.setUint32(msghdr.msg_namelen, nameBytes, true);
    this.#view.setBigUint64(msghdr.msg_controllen, BigInt(controlBytes), true);
    const length = this.#libc.recvmsg(fd, this.#address, flags | c.MSG_DONTWAIT);
    if (length < 0) {
      const reason = lastErrno();
      return reason === errno.EAGAIN || reason === errno.EINTR ? undefined : reason;
    }
    const nameLength = Math.min(this.#view.getUint32(msghdr.msg_namelen, true), nameBytes);
    const controlLength = Math.min(this.#view.getUint32(msghdr.msg_controllen, true), controlBytes);
    return {
      bytes: this.#memory.slice(this.#dataAt, this.#dataAt + Math.min(length, receiveBytes)),
      name: this.#memory.subarray(this.#nameAt, this.#nameAt + nameLength),
      controls: readControls(this.#memory.subarray(this.#controlAt, this.#controlAt + controlLength)),
      isTruncated: (this.#view.getInt32(msghdr.msg_flags, true) & c.MSG_TRUNC) !== 0,
    };
  }
}
