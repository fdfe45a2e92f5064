// The structures of the GPIO character device, version 2 (linux/gpio.h): what is asked and what comes back, as bytes.
import { c, layout } from "#hal/linux/ffi/abi.ts";
import type { Bias, InputWish, OutputWish } from "./gpio.ts";

const { gpiochip_info: infoAt, gpio_v2_line_info: lineInfoAt } = layout;
const { gpio_v2_line_request: requestAt, gpio_v2_line_config: configAt } = layout;
const { gpio_v2_line_config_attribute: configAttributeAt, gpio_v2_line_attribute: attributeAt } = layout;
const { gpio_v2_line_values: valuesAt, gpio_v2_line_event: eventAt } = layout;

const biasFlags: Readonly<Record<Bias, number>> = {
  "pull-up": c.GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
  "pull-down": c.GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
  none: c.GPIO_V2_LINE_FLAG_BIAS_DISABLED,
};

/** Events the kernel keeps for us between two reads; a contact bounces a dozen times. */
const eventsKept = 64;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(bytes: Uint8Array, start: number): string {
  const field = bytes.subarray(start, start + 32);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function request(offset: number, consumer: string, flags: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(requestAt.sizeof);
  const view = viewOf(bytes);
  view.setUint32(requestAt.offsets, offset, true);
  view.setUint32(requestAt.num_lines, 1, true);
  bytes.set(new TextEncoder().encode(consumer).subarray(0, 31), requestAt.consumer);
  view.setBigUint64(requestAt.config + configAt.flags, BigInt(flags), true);
  return { bytes, view };
}

/** An input with events on both edges, stamped with CLOCK_MONOTONIC. */
export function encodeInputRequest({ line, bias, consumer }: InputWish): Uint8Array {
  const edges = c.GPIO_V2_LINE_FLAG_EDGE_RISING | c.GPIO_V2_LINE_FLAG_EDGE_FALLING;
  const biasFlag = bias === undefined ? 0 : biasFlags[bias];
  const { bytes, view } = request(line, consumer, c.GPIO_V2_LINE_FLAG_INPUT | edges | biasFlag);
  view.setUint32(requestAt.event_buffer_size, eventsKept, true);
  return bytes;
}

/** An output that has its first level from the moment it becomes one. */
export function encodeOutputRequest({ line, isHighAtStart, isOpenDrain, consumer }: OutputWish): Uint8Array {
  const drain = isOpenDrain ? c.GPIO_V2_LINE_FLAG_OPEN_DRAIN : 0;
  const { bytes, view } = request(line, consumer, c.GPIO_V2_LINE_FLAG_OUTPUT | drain);
  const attribute = requestAt.config + configAt.attrs;
  view.setUint32(requestAt.config + configAt.num_attrs, 1, true);
  view.setUint32(attribute + attributeAt.id, c.GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, true);
  view.setBigUint64(attribute + attributeAt.values, isHighAtStart ? 1n : 0n, true);
  view.setBigUint64(attribute + configAttributeAt.mask, 1n, true);
  return bytes;
}

/** The descriptor that a granted request holds. */
export function decodeGrantedFd(bytes: Uint8Array): number {
  return viewOf(bytes).getInt32(requestAt.fd, true);
}

/** Values of the one line of a request: to get them, or to set them to `isHigh`. */
export function encodeValue(isHigh: boolean): Uint8Array {
  const bytes = new Uint8Array(valuesAt.sizeof);
  const view = viewOf(bytes);
  view.setBigUint64(valuesAt.bits, isHigh ? 1n : 0n, true);
  view.setBigUint64(valuesAt.mask, 1n, true);
  return bytes;
}

export function decodeValue(bytes: Uint8Array): boolean {
  return (viewOf(bytes).getUint32(valuesAt.bits, true) & 1) === 1;
}

/** An edge as the kernel saw it. */
export interface RawEdge {
  readonly isHigh: boolean;
  /** CLOCK_MONOTONIC. */
  readonly atNs: bigint;
}

/** The edges in one read; a read never ends inside an event. */
export function decodeEvents(bytes: Uint8Array): readonly RawEdge[] {
  const view = viewOf(bytes);
  const edges: RawEdge[] = [];
  for (let start = 0; start + eventAt.sizeof <= bytes.length; start += eventAt.sizeof) {
    edges.push({
      isHigh: view.getUint32(start + eventAt.id, true) === c.GPIO_V2_LINE_EVENT_RISING_EDGE,
      atNs: view.getBigUint64(start + eventAt.timestamp_ns, true),
    });
  }
  return edges;
}

/** A chip's label and how many lines it has. */
export function decodeChipInfo(bytes: Uint8Array): { readonly label: string; readonly lines: number } {
  return { label: textAt(bytes, infoAt.label), lines: viewOf(bytes).getUint32(infoAt.lines, true) };
}

/** What asks the kernel about one line. */
export function encodeLineInfo(line: number): Uint8Array {
  const bytes = new Uint8Array(lineInfoAt.sizeof);
  viewOf(bytes).setUint32(lineInfoAt.offset, line, true);
  return bytes;
}

/** Who holds a line; empty when nobody does. */
export function decodeConsumer(bytes: Uint8Array): string {
  return textAt(bytes, lineInfoAt.consumer);
}
