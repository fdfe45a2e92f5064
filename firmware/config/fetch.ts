// How provisioning asks for files: a function the composition root builds from TFTP and HTTP.
import type { Ip4 } from "#hal/contract/network.ts";

export type Transport = "tftp" | "http";

/** One file of one server. */
export interface FileRequest {
  /** As on the server, e.g. `SIPDefault.cnf`. */
  readonly name: string;
  readonly server: Ip4;
  readonly transport: Transport;
  readonly maxBytes: number;
  /** How long it was last time; undefined: never seen. TFTP chooses its options by it. */
  readonly expectedBytes: number | undefined;
  /** Ask exactly as an old phone does: TFTP without options. */
  readonly isPlain: boolean;
}

export type FileAnswer =
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  /** TFTP ERROR 1, HTTP 404. */
  | { readonly kind: "not-found" }
  | { readonly kind: "timeout" }
  /** Refused port, or no way to the server. */
  | { readonly kind: "unreachable" }
  /** Any other TFTP ERROR or HTTP status, or an answer against the protocol. */
  | { readonly kind: "error"; readonly error: string | number; readonly text: string }
  | { readonly kind: "too-large"; readonly limitBytes: number };

/** Resolves with what became of it; rejects only with the signal's reason. */
export type FetchFile = (request: FileRequest, options: { signal: AbortSignal }) => Promise<FileAnswer>;
