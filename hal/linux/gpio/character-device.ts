// GPIO by the character device, version 2: chips by label, edges with the kernel's own timestamps through the I/O
// worker's poll. Levels are read and written by ioctl on main: a microsecond each, and they do not wait.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { InputLine, LineEdge, OutputLine } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";
import { errno, errnoName, halErrorOf, lastErrno } from "#hal/linux/ffi/errno.ts";
import { closeDescriptor, libc, must } from "#hal/linux/ffi/libc.ts";
import type { Io } from "#hal/linux/io/io.ts";
import { type Gpio, type InputWish, type LineRef, lineName, type OutputWish } from "./gpio.ts";
import {
  decodeChipInfo,
  decodeConsumer,
  decodeEvents,
  decodeGrantedFd,
  decodeValue,
  encodeInputRequest,
  encodeLineInfo,
  encodeOutputRequest,
  encodeValue,
} from "./line-uapi.ts";

export interface CharacterDeviceOptions {
  readonly io: Io;
  readonly originNs: bigint;
  /** A line that worked was lost: its chip was unplugged or its driver removed. */
  failed(line: LineRef, error: HalError): void;
  /** `/dev` unless told. */
  readonly deviceFolder?: string;
}

interface Chip {
  readonly label: string;
  readonly fd: number;
}

class CharacterDeviceGpio implements Gpio {
  readonly kind = "character device";
  readonly #options: CharacterDeviceOptions;
  readonly #chips: readonly Chip[];
  /** Ends of the lines that are held. */
  readonly #ends: (() => void)[] = [];

  constructor(options: CharacterDeviceOptions) {
    this.#options = options;
    this.#chips = openChips(options.deviceFolder ?? "/dev");
  }

  input(wish: InputWish): InputLine {
    const fd = this.#request(wish, encodeInputRequest(wish));
    const edges = new Emitter<LineEdge>();
    const { io, originNs, failed } = this.#options;
    const handle = io.add(fd, "bytes", (event) => {
      if (event.kind === "broken") failed(wish, halErrorOf(event.errno, lineName(wish), "wait for edges"));
      if (event.kind !== "bytes") return;
      for (const { isHigh, atNs } of decodeEvents(event.bytes))
        edges.emit({ isHigh, at: (Number(atNs - originNs) / 1e6) as MonoMs }); // the same clock as MonoMs
    });
    this.#ends.push(() => handle.remove());
    return { read: () => readLevel(fd, wish), edges };
  }

  output(wish: OutputWish): OutputLine {
    const fd = this.#request(wish, encodeOutputRequest(wish));
    this.#ends.push(() => closeDescriptor(fd));
    return {
      write(isHigh) {
        must(
          libc().ioctl(fd, c.GPIO_V2_LINE_SET_VALUES_IOCTL, encodeValue(isHigh)),
          lineName(wish),
          "set level",
        );
      },
    };
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const { fd } of this.#chips) closeDescriptor(fd);
  }

  #request(wish: LineRef, bytes: Uint8Array): number {
    const chip = this.#chips.find(({ label }) => label === wish.chip);
    if (chip === undefined) {
      const there = this.#chips.map(({ label }) => `"${label}"`).join(", ") || "no chip at all";
      throw new HalError("missing", lineName(wish), "open", `this kernel has ${there}`);
    }
    if (libc().ioctl(chip.fd, c.GPIO_V2_GET_LINE_IOCTL, bytes) >= 0) return decodeGrantedFd(bytes);
    const reason = lastErrno();
    if (reason === errno.EINVAL)
      throw new HalError("missing", lineName(wish), "open", "the chip has no such line");
    const holder = reason === errno.EBUSY ? consumerOf(chip.fd, wish.line) : "";
    throw halErrorOf(reason, lineName(wish), "open", holder === "" ? undefined : `held by ${holder}`);
  }
}

function readLevel(fd: number, ref: LineRef): boolean {
  const values = encodeValue(false);
  must(libc().ioctl(fd, c.GPIO_V2_LINE_GET_VALUES_IOCTL, values), lineName(ref), "read level");
  return decodeValue(values);
}

function consumerOf(chipFd: number, line: number): string {
  const info = encodeLineInfo(line);
  return libc().ioctl(chipFd, c.GPIO_V2_GET_LINEINFO_IOCTL, info) < 0 ? "" : decodeConsumer(info);
}

/** Every chip that may be opened, in the order of their numbers. */
function openChips(folder: string): Chip[] {
  const names = readdirSync(folder).filter((name) => /^gpiochip\d+$/.test(name));
  names.sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)));
  const chips: Chip[] = [];
  const refusals: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const fd = libc().open(path, c.O_RDWR | c.O_CLOEXEC, 0);
    if (fd < 0) {
      refusals.push(`${path} ${errnoName(lastErrno())}`);
      continue;
    }
    const info = new Uint8Array(layout.gpiochip_info.sizeof);
    if (libc().ioctl(fd, c.GPIO_GET_CHIPINFO_IOCTL, info) < 0) closeDescriptor(fd);
    else chips.push({ label: decodeChipInfo(info).label, fd });
  }
  if (chips.length === 0 && refusals.length > 0)
    throw new HalError("denied", "GPIO", "open chips", refusals.join(", "));
  return chips;
}

/** Opens the chips of this machine; none is no error until a line is asked for. HalError `denied`. */
export function openCharacterDeviceGpio(options: CharacterDeviceOptions): Gpio {
  return new CharacterDeviceGpio(options);
}
