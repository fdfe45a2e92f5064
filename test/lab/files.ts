// What the lab's file servers (TFTP, HTTP) do when somebody asks for a file: serve it, or one of the known faults.

/** How a request for one file is answered. */
export type FilePlay =
  | { readonly kind: "serve"; readonly bytes: Uint8Array }
  | { readonly kind: "not-found" }
  /** No answer at all. */
  | { readonly kind: "silent" }
  /** An error other than "not found"; the text is for people. */
  | { readonly kind: "error"; readonly text: string }
  /** Ends early as if that were all: over TFTP a short block, over HTTP a closed connection. */
  | { readonly kind: "truncated"; readonly bytes: Uint8Array }
  /** Stops in the middle and never goes on. */
  | { readonly kind: "stalled"; readonly bytes: Uint8Array }
  /** TFTP: a packet from a foreign port follows each block. HTTP serves as usual. */
  | { readonly kind: "foreign-packets"; readonly bytes: Uint8Array };

/** Files by name, without a leading slash. */
export type Files = Map<string, Uint8Array>;

/** Text as a file. */
export function textFile(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What happens without a fault. */
export function playOf(files: ReadonlyMap<string, Uint8Array>, name: string): FilePlay {
  const bytes = files.get(name);
  return bytes === undefined ? { kind: "not-found" } : { kind: "serve", bytes };
}
