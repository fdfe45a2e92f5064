// Secrets in text that passes by in pieces: digest answers, passwords in configuration lines and XML, SRTP keys. Each
// character is replaced by one of ours, so that no length and no offset changes.

/** Where a secret begins, and where it ends. The end may come in a later piece. */
interface Rule {
  /** Ends right in front of the secret. */
  readonly begin: RegExp;
  readonly end: RegExp;
  /** What may stand between the two; it is not the secret's end. */
  readonly lead?: RegExp;
}

const rules: readonly Rule[] = [
  // Digest answers (RFC 7616 §3.4): the nonces beside them stay, they show what went wrong.
  { begin: /\b(?:response|rspauth)\s*=/gi, lead: /^\s*"?/, end: /["\s,]/ },
  { begin: /authorization\s*:\s*basic/gi, end: /[\r\n]/ },
  // `line1_password: "…"`, in a file or typed.
  { begin: /(?:password|passwd|secret|\bpin)[\w.-]*"?\s*:/gi, end: /[\r\n]/ },
  // The same sent in a form.
  { begin: /(?:password|passwd|secret|\bpin)[\w.-]*\s*=/gi, end: /[\r\n&]/ },
  // `<authPassword>…</authPassword>`
  { begin: /<(?:[\w:.-]*(?:password|passwd|secret)[^<>\r\n]*|pin)>/gi, end: /</ },
  // SRTP keys (RFC 4568 §6.1).
  { begin: /\binline:/gi, end: /[\s|]/ },
];

/** What stands in place of each character; spaces and quotes stay. */
const mark = "x".charCodeAt(0);
const kept: ReadonlySet<number> = new Set([0x20, 0x09, 0x22]);

/** As much of the last piece is remembered, for beginnings that are split. */
const tailLength = 64;

/** Between two pieces of a text. */
export interface MaskState {
  readonly tail: string;
  /** The rule whose secret has not ended. */
  readonly within: number | undefined;
  /** The secret itself has begun. */
  readonly isInside?: boolean;
}

/** Before the first piece. */
export const freshMask: MaskState = { tail: "", within: undefined };

/** Nobody knows what went before: until the first end of a line anything may be a secret. */
export const unknownMask: MaskState = { tail: "", within: 2 };

/** Masks `bytes` in place; the state for the piece after it. */
export function maskPiece(state: MaskState, bytes: Uint8Array): MaskState {
  const piece = latin1(bytes);
  const text = state.tail + piece;
  const offset = state.tail.length;
  let at = offset;
  let { within, isInside = false } = state;
  while (at < text.length || within !== undefined) {
    if (within === undefined) {
      const found = firstBegin(text, at);
      if (found === undefined) break;
      at = found.end;
      within = found.rule;
    }
    const rule = rules[within];
    if (!isInside) at += rule?.lead?.exec(text.slice(at))?.[0].length ?? 0;
    const length = text.slice(at).search(rule?.end ?? /[\r\n]/);
    const stop = length < 0 ? text.length : at + length;
    for (let index = at; index < stop; index++) {
      const byte = bytes[index - offset];
      if (byte !== undefined && !kept.has(byte)) bytes[index - offset] = mark;
    }
    if (length < 0) return { tail: "", within, isInside: isInside || stop > at };
    isInside = false;
    within = undefined;
    at = stop;
  }
  return { tail: text.slice(-tailLength), within: undefined };
}

/** The first beginning that ends behind `at`; one that ended earlier was dealt with then. */
function firstBegin(text: string, at: number): { readonly end: number; readonly rule: number } | undefined {
  let first: { readonly end: number; readonly rule: number } | undefined;
  for (const [rule, { begin }] of rules.entries()) {
    begin.lastIndex = Math.max(0, at - tailLength);
    for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
      const end = match.index + match[0].length;
      if (end <= at) continue;
      if (first === undefined || end < first.end) first = { end, rule };
      break;
    }
  }
  return first;
}

/** Masks everything that can be read: what a person types. */
export function maskAll(bytes: Uint8Array): void {
  for (const [at, byte] of bytes.entries()) if (byte > 0x20 && byte < 0x7f) bytes[at] = mark;
}

const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
