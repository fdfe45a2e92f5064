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

/** What is wrong with a whole file server; `serve` is nothing. */
export type FileFault =
  | "serve"
  | "silent"
  /** No file exists. */
  | "nothing-found"
  /** The phone's own file does not exist, the others do. */
  | "own-file-missing"
  | "error"
  | "truncated"
  | "stalled"
  | "foreign-packets"
  /** Every file holds something else: an error page, half a document. */
  | "malformed";

/** How a server with this fault answers a request for `name`. */
export function playUnder(fault: FileFault, files: ReadonlyMap<string, Uint8Array>, name: string): FilePlay {
  const bytes = files.get(name);
  const notFound: FilePlay = { kind: "not-found" };
  switch (fault) {
    case "silent":
      return { kind: "silent" };
    case "nothing-found":
      return notFound;
    case "own-file-missing":
      return bytes === undefined || /[0-9A-F]{12}/.test(name) ? notFound : { kind: "serve", bytes };
    case "error":
      return bytes === undefined ? notFound : { kind: "error", text: "the lab says no" };
    case "malformed":
      return bytes === undefined ? notFound : { kind: "serve", bytes: malformedFile(name) };
    case "serve":
    case "truncated":
    case "stalled":
    case "foreign-packets":
      return bytes === undefined ? notFound : { kind: fault, bytes };
  }
}

/** What a misconfigured server really sends: an error page, or a document that was cut off. */
function malformedFile(name: string): Uint8Array {
  return textFile(
    name.endsWith(".xml")
      ? "<device><deviceProtocol>SIP</deviceProtocol><devicePool>"
      : "<html>\n<body>\n<h1>Not what you wanted</h1>\n</body>\n</html>\n",
  );
}
