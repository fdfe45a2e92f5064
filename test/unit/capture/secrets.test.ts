// Secrets are masked wherever a text is cut into pieces, and nothing else is.
import { expect, test } from "vitest";
import { freshMask, maskPiece, unknownMask } from "#firmware/capture/secrets.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (masked: Uint8Array): string => String.fromCharCode(...masked);

/** The text after it went by in these pieces. */
function masked(pieces: readonly string[], before = freshMask): string {
  let state = before;
  return pieces
    .map((piece) => {
      const copy = bytes(piece);
      state = maskPiece(state, copy);
      return text(copy);
    })
    .join("");
}

const table: readonly (readonly [string, string])[] = [
  ['line1_password: "lab 1"\r\nx: 1', 'line1_password: "xxx x"\r\nx: 1'],
  ["phone_password : cisco ; stays secret\nproxy", "phone_password : xxxxx x xxxxx xxxxxx\nproxy"],
  ["<authPassword>s3cret&amp;</authPassword><b>", "<authPassword>xxxxxxxxxxx</authPassword><b>"],
  ["line2_password: a&b\n", "line2_password: xxx\n"],
  ["<phonePassword></phonePassword>", "<phonePassword></phonePassword>"],
  ["<pin>1234</pin><spinner>on</spinner>", "<pin>xxxx</pin><spinner>on</spinner>"],
  [
    'Authorization: Digest username="1001", nonce="abc", response="0123456789abcdef", qop=auth\r\n',
    'Authorization: Digest username="1001", nonce="abc", response="xxxxxxxxxxxxxxxx", qop=auth\r\n',
  ],
  ["response = 0123, algorithm=MD5", "response = xxxx, algorithm=MD5"],
  ["AUTHORIZATION: Basic YWRtaW46\r\nHost: a", "AUTHORIZATION: Basic xxxxxxxx\r\nHost: a"],
  ["a=crypto:1 AES inline:MTIzNDU2|2^20\r\n", "a=crypto:1 AES inline:xxxxxxxx|2^20\r\n"],
  ["user=1&password=abc&x=1", "user=1&password=xxx&x=1"],
  ["INVITE sip:600@example.com SIP/2.0\r\n", "INVITE sip:600@example.com SIP/2.0\r\n"],
];

test("passwords, digest answers and keys are masked, what stands beside them is not", () => {
  for (const [open, hidden] of table) expect(masked([open])).toBe(hidden);
});

test("no cut into two or three pieces lets a secret through", () => {
  for (const [open, hidden] of table) {
    for (let first = 0; first <= open.length; first++) {
      for (let second = first; second <= open.length; second += 7) {
        const pieces = [open.slice(0, first), open.slice(first, second), open.slice(second)];
        const result = masked(pieces.filter((piece) => piece !== ""));
        expect(result.replaceAll(/\s/g, ""), JSON.stringify(pieces)).toBe(hidden.replaceAll(/\s/g, ""));
      }
    }
  }
});

test("where nobody knows what went before, all is masked to the end of the line", () => {
  expect(masked(["cret\nproxy1_address: a"], unknownMask)).toBe("xxxx\nproxy1_address: a");
});
