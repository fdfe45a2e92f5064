// Whom TLS believes beside the built-in set: the site's CA of `offhook_ca`. The first one is pinned; another one in its
// place is told and not believed until somebody erases the configuration at the phone (architecture section 7).
import { X509Certificate } from "node:crypto";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Storage } from "#hal/contract/storage.ts";
import { type Alarm, later } from "#hal/contract/time.ts";

/** Registration over TLS waits no longer than this for the site's CA and the time. */
export const patienceMs = 3000;

const shelf = "trust";
const key = "ca";

/** What it stands on. */
export interface TrustPorts {
  readonly storage: Storage;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

/** What became of a file that should hold certificates. */
export type TrustVerdict = "pinned" | "same" | "changed" | "unreadable";

/** The certificates of this site. */
export interface Trust {
  /** PEM; the same array until it changes. */
  certificates(): readonly string[];
  /** The file that `offhook_ca` names, as it came; undefined: there is none. */
  take(bytes: Uint8Array | undefined): TrustVerdict | undefined;
  /**
   * Calls `go` once a server of this configuration can be checked: the CA is known or will not come, and the time is
   * known. At once where nothing is missing, or nothing is checked; `patienceMs` later in any case.
   */
  whenReady(config: PhoneConfig, go: () => void): void;
  /** Nobody waits any more. */
  forget(): void;
  /** The time is known now. */
  timeCame(): void;
}

/** Certificates of a PEM file, each by itself; undefined where one of them is none, or there is none. */
export function certificatesOf(bytes: Uint8Array): readonly string[] | undefined {
  const text = new TextDecoder().decode(bytes);
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const pem of found) new X509Certificate(pem);
  } catch {
    return undefined; // the verdict is `unreadable`, which the caller tells
  }
  return found.length === 0 ? undefined : found;
}

/** Reads what is pinned; nothing waits yet. */
export function createTrust({ storage, runtime, signal }: TrustPorts): Trust {
  const { clock } = runtime;
  const log = runtime.log("trust");
  const kept = storage.read(shelf, key);
  let trusted: readonly string[] = (kept === undefined ? undefined : certificatesOf(kept)) ?? [];
  /** The file of this configuration came, or it is known that it will not. */
  let isSettled = trusted.length > 0;
  let waiting: { readonly go: () => void; readonly alarm: Alarm } | undefined;

  const isReady = (): boolean => isSettled && clock.wall() !== undefined;
  const release = (): void => {
    const { go, alarm } = waiting ?? {};
    waiting = undefined;
    alarm?.cancel();
    go?.();
  };
  const forget = (): void => {
    waiting?.alarm.cancel();
    waiting = undefined;
  };
  signal.addEventListener("abort", forget, { once: true });
  const judge = (bytes: Uint8Array): TrustVerdict => {
    const found = certificatesOf(bytes);
    if (found === undefined) return "unreadable";
    if (trusted.length > 0) return trusted.join() === found.join() ? "same" : "changed";
    trusted = found;
    storage
      .write([{ shelf, key, value: bytes }])
      .catch((error: unknown) => log.warning(`not kept: ${String(error)}`));
    return "pinned";
  };
  return {
    certificates: () => trusted,
    take(bytes) {
      isSettled = true;
      const verdict = bytes === undefined ? undefined : judge(bytes);
      log.info(`site CA: ${verdict ?? "no file"}`);
      if (isReady()) release();
      return verdict;
    },
    whenReady(config, go) {
      forget();
      const isChecked = config.protocol === "sip" && config.sip.transport === "tls";
      if (config.access.caFile === undefined) isSettled = true;
      if (!isChecked || isReady()) {
        go();
        return;
      }
      const at = later(clock.now(), patienceMs);
      waiting = { go, alarm: runtime.timers.start("trust", "site CA and time", at, release) };
    },
    forget,
    timeCame() {
      if (isReady()) release();
    },
  };
}
