// Frames with secrets in them: masked in place, checksums right, repeated pieces masked like the first ones.
import { expect, test } from "vitest";
import { Redactor } from "#firmware/capture/redact.ts";
import { below } from "#firmware/runtime/chance.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bytes = (from: string): Uint8Array => Uint8Array.from(from, (character) => character.charCodeAt(0));

/** RFC 1071 over pseudo header and segment; 0: the checksum in it is right. */
function checksum(frame: Uint8Array, ip: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const end = ip + view.getUint16(ip + 2);
  let sum = view.getUint8(ip + 9) + (end - ip - 20);
  for (let at = ip + 12; at < ip + 20; at += 2) sum += view.getUint16(at);
  for (let at = ip + 20; at < end; at += 2)
    sum += (view.getUint8(at) << 8) | (at + 1 < end ? view.getUint8(at + 1) : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return 0xffff - sum;
}

interface Segment {
  readonly protocol: "udp" | "tcp";
  readonly ports: readonly [number, number];
  readonly payload: Uint8Array;
  readonly sequence?: number;
  readonly tag?: boolean;
}

function frameOf({ protocol, ports, payload, sequence = 0, tag = false }: Segment): Uint8Array {
  const ip = tag ? 18 : 14;
  const header = protocol === "udp" ? 8 : 20;
  const frame = new Uint8Array(ip + 20 + header + payload.length);
  const view = new DataView(frame.buffer);
  if (tag) view.setUint32(12, 0x8100_a06e);
  view.setUint16(ip - 2, 0x0800);
  frame.set(
    [0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol === "udp" ? 17 : 6, 0, 0, 10, 77, 110, 1, 10, 77, 110, 20],
    ip,
  );
  view.setUint16(ip + 2, 20 + header + payload.length);
  view.setUint16(ip + 20, ports[0]);
  view.setUint16(ip + 22, ports[1]);
  if (protocol === "udp") view.setUint16(ip + 24, header + payload.length);
  else {
    view.setUint32(ip + 24, sequence);
    view.setUint8(ip + 32, 5 << 4);
  }
  frame.set(payload, ip + 20 + header);
  view.setUint16(ip + 20 + (protocol === "udp" ? 6 : 16), checksum(frame, ip));
  return frame;
}

const tftpBlock = (number: number, content: string): Uint8Array =>
  Uint8Array.of(0, 3, 0, number, ...bytes(content));

test("a password over the border of two TFTP blocks is masked in both, and in a block that comes again", () => {
  const redactor = new Redactor();
  const ports = [32000, 50000] as const;
  const first = frameOf({ protocol: "udp", ports, payload: tftpBlock(1, 'line1_password: "lab') });
  const second = frameOf({ protocol: "udp", ports, payload: tftpBlock(2, '-1001"\nline1_name: "1001"\n') });
  expect(text(redactor.redact(first))).toContain('line1_password: "xxx');
  for (let time = 0; time < 2; time++) {
    const shown = redactor.redact(second);
    expect(text(shown)).toContain('xxxxx"\nline1_name: "1001"');
    expect(checksum(shown, 14)).toBe(0);
  }
  expect(checksum(redactor.redact(first), 14)).toBe(0);
});

test("a digest answer over the border of two TCP segments is masked, tagged or not, and sent again", () => {
  for (const tag of [false, true]) {
    const redactor = new Redactor();
    const ports = [5060, 40000] as const;
    const head = "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest respon";
    const rest = 'se="0123456789abcdef", uri="sip:a"\r\n\r\n';
    const one = frameOf({ protocol: "tcp", ports, payload: bytes(head), sequence: 1000, tag });
    const two = frameOf({ protocol: "tcp", ports, payload: bytes(rest), sequence: 1000 + head.length, tag });
    redactor.redact(one);
    for (let time = 0; time < 2; time++) {
      const shown = redactor.redact(two);
      expect(text(shown)).toContain('se="xxxxxxxxxxxxxxxx", uri="sip:a"');
      expect(checksum(shown, tag ? 18 : 14)).toBe(0);
    }
  }
});

test("a segment nobody saw the beginning of is masked to the end of its line", () => {
  const redactor = new Redactor();
  const ports = [80, 40000] as const;
  redactor.redact(frameOf({ protocol: "tcp", ports, payload: bytes("HTTP/1.1 200 OK\r\n"), sequence: 1 }));
  const late = redactor.redact(
    frameOf({ protocol: "tcp", ports, payload: bytes("cret\nname: a\n"), sequence: 500 }),
  );
  expect(text(late)).toContain("xxxx\nname: a");
});

test("what is typed by telnet is masked, the answers are not", () => {
  const redactor = new Redactor();
  const typed = redactor.redact(
    frameOf({ protocol: "tcp", ports: [40000, 23], payload: bytes("c"), sequence: 1 }),
  );
  expect(text(typed.subarray(54))).toBe("x");
  const said = redactor.redact(
    frameOf({ protocol: "tcp", ports: [23, 40000], payload: bytes("SIP Phone> "), sequence: 1 }),
  );
  expect(text(said.subarray(54))).toBe("SIP Phone> ");
});

test("any bytes come out as long as they went in", () => {
  const random = createSeededRandom(7);
  const redactor = new Redactor();
  const whole = frameOf({
    protocol: "tcp",
    ports: [5060, 5060],
    payload: bytes("response=abc password: x\n"),
  });
  for (let count = 0; count < 3000; count++) {
    const frame = whole.slice(0, below(random, whole.length + 1));
    for (let flips = below(random, 6); flips > 0 && frame.length > 0; flips--)
      frame[below(random, frame.length)] = below(random, 256);
    expect(redactor.redact(frame).length).toBe(frame.length);
  }
});
