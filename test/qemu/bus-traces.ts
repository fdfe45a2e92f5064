// What QEMU wrote down of raspi3b's buses: bytes sent to chips on I2C and SPI in their order, requests to the sound card on USB.
import { readFileSync } from "node:fs";
import { pageChip } from "#test/unit/drivers/page-chip.ts";
import { traceIn, usbTraceIn } from "./emulated.ts";

interface SentByte {
  /** On I2C; undefined: the chip on SPI. */
  readonly address: number | undefined;
  readonly byte: number;
}

const line = /i2c_send send\(addr:(0x[0-9a-f]+)\) data:(0x[0-9a-f]+)|m25p80_transfer .* tx (0x[0-9a-f]+)/g;

/** Every byte so far. */
export function sentToChips(folder: string): readonly SentByte[] {
  return [...readFileSync(traceIn(folder), "utf8").matchAll(line)].map(([, address, onI2c, onSpi]) => ({
    address: address === undefined ? undefined : Number(address),
    byte: Number(onI2c ?? onSpi),
  }));
}

const dataCommandAddress = 0x61;
const firstSelector = 0x06;

/**
 * The memory of an ST7565 that listened on SPI, its data/command line the first of the expander at 0x61: low while that line's
 * selector bits are 00.
 */
export function st7565InTrace(folder: string): Uint8Array {
  const { memory, port } = pageChip();
  let isData = true;
  let register: number | undefined;
  for (const { address, byte } of sentToChips(folder)) {
    if (address === undefined) {
      if (isData) port.data(Uint8Array.of(byte));
      else port.command(byte);
    } else if (address === dataCommandAddress) {
      if (register === firstSelector) isData = (byte & 0b11) !== 0;
      // a register of inputs is asked for with one byte, any other comes with its value
      register = register === undefined && byte >= firstSelector ? byte : undefined;
    }
  }
  return memory;
}

/** A record of libpcap, with what usbmon has in front of the data (Documentation/usb/usbmon.rst). */
const at = {
  firstRecord: 24,
  length: 8,
  recordHead: 16,
  kind: 0 + 8,
  setupFlag: 14,
  setup: 40,
  data: 64,
} as const;
const submitted = 0x53; // "S"
/** USB audio class 1.0, 5.2.1: set the current value of an interface's control; 2 in the selector's byte is the volume. */
const setCurrent = { requestType: 0x21, request: 0x01, volume: 2 } as const;

/** Volumes that the sound card's first channel was told, in 1/256 dB, in order. */
export function volumesSet(folder: string): readonly number[] {
  const bytes = readFileSync(usbTraceIn(folder));
  const volumes: number[] = [];
  for (let record: number = at.firstRecord; record + at.recordHead + at.data <= bytes.length; ) {
    const length = bytes.readUInt32LE(record + at.length);
    const head = record + at.recordHead;
    const setup = bytes.subarray(head + at.setup, head + at.setup + 8);
    const isSet =
      bytes[head + at.kind] === submitted &&
      bytes[head + at.setupFlag] === 0 &&
      setup[0] === setCurrent.requestType &&
      setup[1] === setCurrent.request &&
      setup[2] === 1 &&
      setup[3] === setCurrent.volume;
    if (isSet && length >= at.data + 2 && head + length <= bytes.length)
      volumes.push(bytes.readInt16LE(head + at.data));
    record = head + length;
  }
  return volumes;
}
