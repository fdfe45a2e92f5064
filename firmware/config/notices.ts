// What provisioning reports, upward. Codes and facts, no words.
import type { Ip4 } from "#hal/contract/network.ts";
import type { PhoneConfig } from "./phone-config.ts";

/** Why no configuration could be fetched; the names are those of the boot's troubles. */
export type ConfigFailure =
  | "tftp-no-server" // nobody told an address
  | "tftp-timeout" // no server answers
  | "tftp-error" // an ERROR other than "file not found"
  | "config-not-found" // no file of the profile exists
  | "config-malformed" // a file was refused
  | "config-unusable"; // well-formed, but without server or line

/** One line of the status messages screen and of `show status`; ui/ has the words. */
export type StatusCode =
  | "file-not-found" // name
  | "file-timeout" // name, server
  | "file-error" // name, error, text
  | "file-too-large" // name, limitBytes
  | "file-malformed" // name, place (line, line:column or field), detail (code of a ConfigError)
  | "parse-errors" // name, count
  | "bad-value" // file, parameter, expected (a code of value-types.ts, or data)
  | "not-from-file" // file, parameter
  | "line-out-of-range" // file, parameter
  | "unprovisioned" // parameter
  | "wrong-protocol" // name, protocol
  | "server-list-too-long" // count
  | "security-mode-refused" // mode
  | "signature-unchecked" // name
  | "ca-changed" // name: not the pinned one, so it is not believed
  | "ca-unreadable" // name
  | "language-missing" // language
  | "server-changed" // from, to
  | "http-unavailable" // server
  | "last-good-used" // kind
  | "load-unavailable" // name
  | "load-refused" // name: its signature does not hold, or it is another image
  | "load-failed" // name: it was tried, and the phone went back
  | "load-foreign"; // name

export interface StatusMessage {
  readonly code: StatusCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What to do about the load a configuration names (reference boot-and-provisioning 5.5). */
export type LoadDecision =
  /** Empty or the running one. */
  | { readonly kind: "keep" }
  /** An image of another maker: never fetched, never flashed. */
  | { readonly kind: "foreign"; readonly name: string }
  /** Try these files in order, on this server only. */
  | {
      readonly kind: "fetch";
      readonly name: string;
      readonly files: readonly string[];
      readonly server: string | undefined;
    }
  /** Three tries failed: nothing more until the configuration names another. */
  | { readonly kind: "given-up"; readonly name: string };

/** Files that follow an accepted configuration. */
export type FileRole = "dial-template" | "ring-list" | "ca" | "dictionary" | "tones";

export type ConfigNotice =
  /** A file is asked for. */
  | {
      readonly kind: "asking";
      readonly name: string;
      readonly server: Ip4;
      readonly transport: "tftp" | "http";
    }
  /** A configuration was accepted. `last-good`: the kept one, while the servers are asked again in the background. */
  | {
      readonly kind: "configured";
      readonly config: PhoneConfig;
      readonly origin: "files" | "last-good";
    }
  /** A pass over all servers failed; the next one begins after `retryInMs`. */
  | {
      readonly kind: "failed";
      readonly failure: ConfigFailure;
      readonly facts: Readonly<Record<string, string | number>>;
      readonly retryInMs: number;
      /** The kept configuration is in use meanwhile. */
      readonly hasLastGood: boolean;
    }
  /** The user changed local settings: the new whole, and the names that changed. */
  | { readonly kind: "changed"; readonly config: PhoneConfig; readonly names: readonly string[] }
  | { readonly kind: "load"; readonly load: LoadDecision }
  /** A file that follows the configuration; undefined: it does not exist, and none is kept. */
  | {
      readonly kind: "file";
      readonly role: FileRole;
      readonly name: string;
      readonly bytes: Uint8Array | undefined;
    }
  | { readonly kind: "status"; readonly status: StatusMessage };
