// What SCCP needs to know before it can register; the composition root makes it from the phone's configuration.

/** One call manager, in the order of the list. */
export interface SccpServer {
  /** Name or dotted address. */
  readonly host: string;
  /** TCP port, usually 2000. */
  readonly port: number;
  /** A fall-back router (SRST): left only when a listed server was seen for `monitorSec`. */
  readonly isFallback: boolean;
}

/** Why the phone starts anew, as the Alarm before Register tells it (sccp reference 3.1). */
export interface RestartCause {
  /** Reason number, e.g. 25 after power-up. */
  readonly number: number;
  /** Text behind `Last=`, e.g. `Initialized`. */
  readonly last: string;
}

/** The causes this phone can give (C: Cisco's phone administration guides; ● 14, 22, 25 captured). */
export const restartCauses = {
  initialised: { number: 25, last: "Initialized" },
  resetByServer: { number: 22, last: "Reset-Reset" },
  restartByServer: { number: 23, last: "Reset-Restart" },
  keepaliveTimeout: { number: 17, last: "KeepaliveTO" },
  closedByServer: { number: 14, last: "CM-closed-TCP" },
  resetTcp: { number: 12, last: "CM-reset-TCP" },
  tcpTimeout: { number: 10, last: "TCP-timeout" },
  failback: { number: 18, last: "Failback" },
  rejected: { number: 24, last: "Phone-Reg-Rej" },
  keypad: { number: 20, last: "Phone-Keypad" },
  addressChanged: { number: 21, last: "Phone-Re-IP" },
  badStream: { number: 30, last: "Phone-Abort" },
} as const satisfies Readonly<Record<string, RestartCause>>;

export interface SccpSettings {
  /** `SEP` and twelve upper-case hex digits of the MAC. */
  readonly deviceName: string;
  /** 7 is a 7960, 8 a 7940. */
  readonly deviceType: 7 | 8;
  /** Tried in this order. */
  readonly servers: readonly SccpServer[];
  /** Highest protocol version offered, 3 to 22. A 7960 says 11. */
  readonly protocolVersion: number;
  /** Name of the running load, told in alarms. */
  readonly loadName: string;
  readonly cause: RestartCause;
  /** Encoding names this phone can send and receive, e.g. `PCMU`. */
  readonly encodings: readonly string[];
  /** How long a better server must have answered before a fall-back router is left. */
  readonly monitorSec: number;
  readonly isHeadsetOn: boolean;
  /** First RTP port of the configured range, told in IpPort; only CallManager 2.x uses it. */
  readonly rtpPortHint: number;
}
