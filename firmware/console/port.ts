// What the console needs of the phone: narrow functions that the composition root gives. Values are plain JSON.
import type { LogLine } from "#hal/contract/log.ts";
import type { KeyId } from "#hal/contract/panel.ts";
import type { Stream } from "#hal/contract/stream.ts";

/** A plain value; field names carry units. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** What `show` can show; each has a provider in the composition root or is not kept by this phone. */
export const showNames = [
  "boot",
  "lcd",
  "register",
  "calls",
  "rtp",
  "network",
  "hal",
  "timers",
  "config",
  "status",
  "dialplan",
  "debug",
  "personaldir",
  "log",
  "version",
  "arp",
  "ip",
  "ethernet",
  "tcp",
  "dspstate",
  "lsm",
  "fsm",
  "fsmdef",
  "fsmcnf",
  "fsmxfr",
  "fim",
  "gsm",
  "flash",
  "memorymap",
  "malloctable",
  "strpool",
  "stacks",
  "dump",
  "abort_vector",
] as const;
export type ShowName = (typeof showNames)[number];

/** Tables and counters that `clear` empties. */
export const clearNames = ["arp", "ethernet", "ip", "malloctable", "mem-fail", "tcp-stats"] as const;
export type ClearName = (typeof clearNames)[number];

/** One answer to an echo request; `rttMs` undefined: none in time. */
export interface PingReply {
  readonly sequence: number;
  readonly rttMs: number | undefined;
}

/** One hop; address undefined: silent. */
export interface Hop {
  readonly hop: number;
  readonly address: string | undefined;
  readonly rttMs: number | undefined;
}

export interface PingRequest {
  readonly address: string;
  readonly count: number;
  readonly sizeBytes: number;
  readonly timeoutMs: number;
}

/** What `mirror` writes frames to and reads keys from: one line of text each. */
export interface MirrorLines {
  write(line: string): void;
  readonly input: Stream<string>;
}

/**
 * The phone as the console sees it. Functions may throw or reject with HalError (cannot be done) or ConfigError (wrong
 * value): the message is printed, the command has failed. Anything else is our own mistake.
 */
export interface ConsolePort {
  /** Undefined: this phone keeps no such thing. */
  show(name: ShowName): Json | undefined | Promise<Json | undefined>;
  /** Writes the panel as PNG; the composition root decides where files may lie. */
  savePicture(file: string): Promise<void>;
  /** Presses and releases a key, as the hand would. */
  pressKey(key: KeyId): void;
  setHook(isOffHook: boolean): void;
  /** Lines count from 1; `all`: every line. */
  register(line: number | "backup" | "all", isOn: boolean): void;
  /** `restart`: from configuration; `reset`: from VLAN; `reset-hard`: from power-on. */
  restart(how: "restart" | "reset" | "reset-hard"): void;
  /** Switches a trace; `all` names every one. */
  setDebug(keyword: string, isOn: boolean): void;
  /** Log lines as they come, for `tty mon`. */
  readonly logLines: Stream<LogLine>;
  ping(request: PingRequest, options: { signal: AbortSignal }): AsyncIterable<PingReply>;
  traceroute(address: string, mostHops: number, options: { signal: AbortSignal }): AsyncIterable<Hop>;
  /** The DNS cache. */
  dnsCache(): Json;
  clearDns(): void;
  /** Sets the first server, or adds one. */
  setDnsServer(address: string, how: "set" | "add"): void;
  clear(table: ClearName): void;
  /** All that was set on the phone or learnt: settings, network values, logs; files are read again. */
  eraseSettings(): Promise<void>;
  /** Packets to a file from now on. */
  startCapture(file: string): Promise<void>;
  /** Ends the capture; returns how many packets it holds. */
  stopCapture(): Promise<number>;
  /** A line of a configuration file typed here. */
  setParameter(name: string, value: string): void;
  /** Streams frames and takes keys until the signal aborts. */
  mirror(lines: MirrorLines, options: { signal: AbortSignal }): Promise<void>;
}
