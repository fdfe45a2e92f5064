// Messages to bytes: headers in their order, Content-Length last and exact (RFC 3261 §7, §18.3).
import { fromLatin1 } from "#firmware/wire/bytes.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { headers } from "./headers.ts";
import { type SipMessage, sipVersion } from "./message.ts";

/** The first line, without its line end. */
export function startLine(message: SipMessage): string {
  return message.kind === "request"
    ? `${message.method} ${message.uri} ${message.version}`
    : `${sipVersion} ${message.status} ${message.reason}`;
}

/** The bytes of a message. A line break inside a value would be somebody's forged header: InvariantError. */
export function printMessage(message: SipMessage): Uint8Array {
  let text = `${startLine(message)}\r\n`;
  for (const line of message.headers) {
    if (line.id !== headers.contentLength.id) text += `${line.name}: ${line.value}\r\n`;
  }
  if (/\r(?!\n)|[^\r]\n/.test(text)) throw new InvariantError("no header of ours holds a line break");
  text += `Content-Length: ${message.body.length}\r\n\r\n`;
  const head = fromLatin1(text);
  if (message.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
}
