// What can be typed, as values. The grammar makes them, execution carries them out.
import type { KeyId } from "#hal/contract/panel.ts";
import type { ClearName, PingRequest, ShowName } from "./port.ts";

export type ShowFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | { readonly kind: "png"; readonly file: string };

export type TestCommand =
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  | { readonly kind: "feedback"; readonly isOn: boolean }
  | { readonly kind: "keys"; readonly keys: readonly KeyId[] }
  | { readonly kind: "hook"; readonly isOffHook: boolean };

export type TtyCommand =
  | { readonly kind: "echo"; readonly isOn: boolean }
  | { readonly kind: "monitor" }
  /** 0: never. */
  | { readonly kind: "timeout"; readonly minutes: number };

export type DnsCommand =
  | { readonly kind: "print" }
  | { readonly kind: "clear" }
  | { readonly kind: "server"; readonly address: string; readonly how: "set" | "add" };

export type Command =
  | { readonly kind: "nothing" }
  | { readonly kind: "exit" }
  /** `topic` empty: every command. */
  | { readonly kind: "help"; readonly topic: string }
  | { readonly kind: "show"; readonly name: ShowName; readonly format: ShowFormat }
  | { readonly kind: "debug"; readonly keywords: readonly string[]; readonly isOn: boolean }
  | { readonly kind: "clear"; readonly table: ClearName }
  | { readonly kind: "dns"; readonly dns: DnsCommand }
  | { readonly kind: "erase" }
  | { readonly kind: "ping"; readonly request: PingRequest }
  | { readonly kind: "traceroute"; readonly address: string; readonly mostHops: number }
  | { readonly kind: "register"; readonly line: number | "backup" | "all"; readonly isOn: boolean }
  | { readonly kind: "restart"; readonly how: "restart" | "reset" | "reset-hard" }
  | { readonly kind: "test"; readonly test: TestCommand }
  | { readonly kind: "tty"; readonly tty: TtyCommand }
  | { readonly kind: "capture"; readonly file: string | undefined }
  | { readonly kind: "mirror" }
  | { readonly kind: "set"; readonly name: string; readonly value: string };

/** Level 1 sees, level 2 may do everything (`telnet_level`). */
export type Level = 1 | 2;
