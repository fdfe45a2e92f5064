// What a telephone does with each message of RFC 4475. Where the RFC allows leniency, the choice is written here.
// A phone is neither registrar nor proxy: a well-formed REGISTER gets 405. `user`: the line that owns the message.
import { headerId } from "#firmware/sip/message/headers.ts";

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** Statuses that end it, or what else happens. */
export type Expected =
  | { readonly kind: "answered"; readonly status: number; readonly header?: string }
  /** Handled as an INVITE: a call comes in. */
  | { readonly kind: "rings" }
  /** A response, fed to a request of ours that waits for one. */
  | { readonly kind: "taken"; readonly status: number }
  | { readonly kind: "dropped" };

export interface Torture {
  readonly section: string;
  readonly name: string;
  readonly user?: string;
  readonly expected: Expected;
  /** Over a stream, where it differs: without Content-Length nothing can follow; baddn's headers have no end. */
  readonly stream?: "closes" | "waits";
}

const answered = (status: number, header?: string): Expected => ({
  kind: "answered",
  status,
  ...(header === undefined ? {} : { header }),
});
const rings: Expected = { kind: "rings" };
const dropped: Expected = { kind: "dropped" };

export const tortures: readonly Torture[] = [
  // Read to the last header: its To has the tag of a dialog that nobody here knows (RFC 3261 §12.2.2).
  { section: "3.1.1.1", name: "wsinv", user: "vivekg", expected: answered(481) },
  { section: "3.1.1.2", name: "intmeth", expected: answered(501, "allow") },
  { section: "3.1.1.3", name: "esc01", user: "sips:user@example.com", expected: rings },
  { section: "3.1.1.4", name: "escnull", expected: answered(405, "allow") },
  { section: "3.1.1.5", name: "esc02", expected: answered(501, "allow") },
  { section: "3.1.1.6", name: "lwsdisp", user: "user", expected: answered(200) },
  {
    section: "3.1.1.7",
    name: "longreq",
    user: "user",
    expected: rings,
  },
  // The first message is a REGISTER; the INVITE behind its Content-Length is never acted on.
  { section: "3.1.1.8", name: "dblreq", expected: answered(405) },
  { section: "3.1.1.9", name: "semiuri", user: "user", expected: answered(200) },
  { section: "3.1.1.10", name: "transports", user: "user", expected: answered(200) },
  { section: "3.1.1.11", name: "mpart01", user: "kumiko", expected: answered(405) },
  { section: "3.1.1.12", name: "unreason", expected: { kind: "taken", status: 200 } },
  { section: "3.1.1.13", name: "noreason", expected: { kind: "taken", status: 100 } },
  { section: "3.1.2.1", name: "badinv01", user: "user", expected: answered(400) },
  { section: "3.1.2.2", name: "clerr", user: "user", expected: answered(400), stream: "waits" },
  { section: "3.1.2.3", name: "ncl", user: "user", expected: answered(400), stream: "closes" },
  { section: "3.1.2.4", name: "scalar02", expected: answered(400) },
  { section: "3.1.2.5", name: "scalarlg", expected: dropped },
  { section: "3.1.2.6", name: "quotbal", user: "user", expected: answered(400) },
  { section: "3.1.2.7", name: "ltgtruri", user: "user", expected: answered(400) },
  { section: "3.1.2.8", name: "lwsruri", user: "user", expected: answered(400) },
  { section: "3.1.2.9", name: "lwsstart", user: "user", expected: answered(400) },
  { section: "3.1.2.10", name: "trws", user: "remote-target", expected: answered(400) },
  // The escaped headers are ignored, as the RFC allows: they would be taken for a Route of the caller's making.
  { section: "3.1.2.11", name: "escruri", user: "user", expected: rings },
  // Date is not used in an INVITE, so it is not read.
  { section: "3.1.2.12", name: "baddate", user: "user", expected: rings },
  { section: "3.1.2.13", name: "regbadct", expected: answered(400) },
  { section: "3.1.2.14", name: "badaspec", user: "user", expected: answered(400) },
  { section: "3.1.2.15", name: "baddn", user: "t.watson", expected: answered(400), stream: "waits" },
  { section: "3.1.2.16", name: "badvers", user: "t.watson", expected: answered(505) },
  { section: "3.1.2.17", name: "mismatch01", user: "user", expected: answered(400) },
  { section: "3.1.2.18", name: "mismatch02", user: "user", expected: answered(501) },
  { section: "3.1.2.19", name: "bigcode", expected: dropped },
  // The branch is the cookie alone: matched by the older rules.
  { section: "3.2.1", name: "badbranch", user: "user", expected: answered(200) },
  { section: "3.3.1", name: "insuf", user: "user", expected: answered(400) },
  { section: "3.3.2", name: "unkscm", expected: answered(416) },
  { section: "3.3.3", name: "novelsc", expected: answered(416) },
  { section: "3.3.4", name: "unksm2", expected: answered(405) },
  { section: "3.3.5", name: "bext01", user: "user", expected: answered(420, "unsupported") },
  { section: "3.3.6", name: "invut", user: "user", expected: answered(415, "accept") },
  { section: "3.3.7", name: "regaut01", expected: answered(405) },
  { section: "3.3.8", name: "multi01", user: "user", expected: answered(400) },
  { section: "3.3.9", name: "mcl01", user: "user", expected: answered(400), stream: "closes" },
  { section: "3.3.10", name: "bcast", expected: dropped },
  { section: "3.3.11", name: "zeromf", user: "user", expected: answered(200) },
  { section: "3.3.12", name: "cparam01", expected: answered(405) },
  { section: "3.3.13", name: "cparam02", expected: answered(405) },
  { section: "3.3.14", name: "regescrt", expected: answered(405) },
  { section: "3.3.15", name: "sdp01", user: "user", expected: answered(406, "warning") },
  { section: "3.4.1", name: "inv2543", user: "UserB", expected: rings, stream: "closes" },
];

/** The same response, but for the headers that make it an answer to `request`. */
export function asAnswer(bytes: Uint8Array, request: string, keeps: readonly string[]): string {
  const own = new Map(
    request.split("\r\n").flatMap((text) => {
      const match = /^(Via|From|To|Call-ID|CSeq): (.*)$/.exec(text);
      return match === null ? [] : [[headerId(match[1] ?? ""), match[2] ?? ""] as const];
    }),
  );
  const [head = "", body = ""] = latin1(bytes)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n\r\n");
  const seen = new Set<string>();
  const lines = head.split("\r\n").flatMap((text, i) => {
    const id = headerId(text.split(":")[0]?.trim() ?? "");
    const value = own.get(id);
    if (i === 0 || value === undefined || keeps.includes(id)) return [text];
    if (seen.has(id)) return [];
    seen.add(id);
    return [`${text.split(":")[0]}: ${value}${id === "to" ? ";tag=x" : ""}`];
  });
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
