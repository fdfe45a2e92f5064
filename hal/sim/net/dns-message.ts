// DNS messages (RFC 1035 §4, SRV RFC 2782, NAPTR RFC 3403 §4), read and written; the lab's server uses it too.
// Names are read with compression, bounded as below, and written without. Names compare in lower case.
import type { NaptrRecord, SrvRecord } from "#hal/contract/names.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { DnsCursor } from "./dns-cursor.ts";
import { joined, malformed, type Parsed, setIp4, setU16, setU32, u16 } from "./octets.ts";

export const recordType = { A: 1, CNAME: 5, SRV: 33, NAPTR: 35 } as const;
export const responseCode = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  refused: 5,
} as const;

const internet = 1;

/** One resource record. Others than the four kinds keep their type and nothing else. */
export type DnsRecord = { readonly name: string; readonly ttlSec: number } & (
  | { readonly type: "A"; readonly address: Ip4 }
  | { readonly type: "CNAME"; readonly target: string }
  | ({ readonly type: "SRV" } & SrvRecord)
  | ({ readonly type: "NAPTR" } & NaptrRecord)
  | { readonly type: "other"; readonly code: number }
);

export interface DnsQuestion {
  readonly name: string;
  /** A number of `recordType`, or any other. */
  readonly type: number;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly isTruncated: boolean;
  readonly responseCode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

const headerLength = 12;
const mostRecords = 128;
/** RFC 1035 §2.3.4. */
const mostNameLength = 255;
const flag = {
  response: 0x8000,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
} as const;

export function parseDns(bytes: Uint8Array): Parsed<DnsMessage> {
  if (bytes.length < headerLength) return malformed("truncated");
  const flags = u16(bytes, 2);
  const cursor = new DnsCursor(bytes, headerLength);
  const questions: DnsQuestion[] = [];
  for (let n = Math.min(u16(bytes, 4), mostRecords); n > 0 && cursor.fault === undefined; n--) {
    const name = cursor.name();
    questions.push({ name, type: cursor.u16() });
    cursor.u16();
  }
  const answers = readRecords(cursor, u16(bytes, 6));
  readRecords(cursor, u16(bytes, 8));
  const additionals = readRecords(cursor, u16(bytes, 10));
  if (cursor.fault !== undefined) return cursor.fault;
  return {
    id: u16(bytes, 0),
    isResponse: (flags & flag.response) !== 0,
    isTruncated: (flags & flag.truncated) !== 0,
    responseCode: flags & 15,
    questions,
    answers,
    additionals,
  };
}

function readRecords(cursor: DnsCursor, count: number): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (let n = Math.min(count, mostRecords); n > 0 && cursor.fault === undefined; n--) {
    const name = cursor.name();
    const code = cursor.u16();
    cursor.u16();
    const head = { name, ttlSec: cursor.u32() };
    const end = cursor.sub(cursor.u16());
    records.push(readRecord(cursor, head, code));
    cursor.finish(end);
  }
  return records;
}

function readRecord(
  cursor: DnsCursor,
  head: { readonly name: string; readonly ttlSec: number },
  code: number,
): DnsRecord {
  switch (code) {
    case recordType.A:
      return { ...head, type: "A", address: cursor.ip4() };
    case recordType.CNAME:
      return { ...head, type: "CNAME", target: cursor.name() };
    case recordType.SRV: {
      const [priority, weight, port] = [cursor.u16(), cursor.u16(), cursor.u16()];
      return { ...head, type: "SRV", priority, weight, port, target: cursor.name() };
    }
    case recordType.NAPTR: {
      const [order, preference] = [cursor.u16(), cursor.u16()];
      const [flags, service, regexp] = [cursor.text(), cursor.text(), cursor.text()];
      return {
        ...head,
        type: "NAPTR",
        order,
        preference,
        flags,
        service,
        regexp,
        replacement: cursor.name(),
      };
    }
    default:
      cursor.skipRest();
      return { ...head, type: "other", code };
  }
}

/** A whole message; names longer than DNS allows are cut at a label. */
export function buildDns(message: DnsMessage): Uint8Array {
  const parts: Uint8Array[] = [];
  const head = new Uint8Array(headerLength);
  setU16(head, 0, message.id);
  setU16(
    head,
    2,
    flag.recursionDesired |
      (message.isResponse ? flag.response | flag.recursionAvailable : 0) |
      (message.isTruncated ? flag.truncated : 0) |
      message.responseCode,
  );
  setU16(head, 4, message.questions.length);
  setU16(head, 6, message.answers.length);
  setU16(head, 10, message.additionals.length);
  parts.push(head);
  for (const { name, type } of message.questions) parts.push(nameBytes(name), u16Bytes(type, internet));
  for (const record of [...message.answers, ...message.additionals]) {
    const { code, data } = dataOf(record);
    const fixed = new Uint8Array(10);
    setU16(fixed, 0, code);
    setU16(fixed, 2, internet);
    setU32(fixed, 4, record.ttlSec);
    setU16(fixed, 8, data.length);
    parts.push(nameBytes(record.name), fixed, data);
  }
  return joined(...parts);
}

function dataOf(record: DnsRecord): { readonly code: number; readonly data: Uint8Array } {
  switch (record.type) {
    case "A": {
      const data = new Uint8Array(4);
      setIp4(data, 0, record.address);
      return { code: recordType.A, data };
    }
    case "CNAME":
      return { code: recordType.CNAME, data: nameBytes(record.target) };
    case "SRV": {
      const numbers = u16Bytes(record.priority, record.weight, record.port);
      return { code: recordType.SRV, data: joined(numbers, nameBytes(record.target)) };
    }
    case "NAPTR": {
      const texts = [record.flags, record.service, record.regexp].map(textBytes);
      const parts = [u16Bytes(record.order, record.preference), ...texts, nameBytes(record.replacement)];
      return { code: recordType.NAPTR, data: joined(...parts) };
    }
    case "other":
      return { code: record.code, data: new Uint8Array(0) };
  }
}

function nameBytes(name: string): Uint8Array {
  const labels = name.split(".").filter((label) => label !== "");
  const parts: Uint8Array[] = [];
  let length = 1;
  for (const label of labels) {
    const part = textBytes(label.slice(0, 63));
    length += part.length;
    if (length > mostNameLength) break;
    parts.push(part);
  }
  return joined(...parts, Uint8Array.of(0));
}

function textBytes(text: string): Uint8Array {
  const cut = text.slice(0, 255);
  return Uint8Array.from([cut.length, ...Array.from(cut, (character) => character.charCodeAt(0) & 0xff)]);
}

function u16Bytes(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  values.forEach((value, i) => {
    setU16(bytes, i * 2, value);
  });
  return bytes;
}
