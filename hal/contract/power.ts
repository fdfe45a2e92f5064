// Power and health of the board, and its second Ethernet port. What cannot be read is undefined, never a made-up number.
import type { LinkState } from "./link.ts";
import type { Stream } from "./stream.ts";

export type PowerSource = "poe-af" | "poe-at" | "poe-bt" | "poe-unknown" | "adapter" | "unknown";

/** Read at start and on change (reference boot-and-provisioning 1.3). */
export interface PowerState {
  /** Both PoE and adapter may be there; the list holds each that was found. */
  readonly sources: readonly PowerSource[];
  /** What the supply grants at the PD. */
  readonly limitMilliwatts: number | undefined;
  readonly drawMilliwatts: number | undefined;
  readonly health: "good" | "overcurrent" | "undervoltage" | "unknown";
  /** The readings this rests on, e.g. `T2P low`, `rpi-poe current_now 412 mA, 5 V assumed`. */
  readonly evidence: readonly string[];
}

export interface PoePd {
  /** Resolves within 200 ms, with "unknown" if need be. */
  read(): Promise<PowerState>;
  readonly changes: Stream<PowerState>;
}

export interface BoardHealth {
  readonly socTemperatureC: number | undefined;
  readonly isThrottled: boolean | undefined;
  readonly isUnderVoltage: boolean | undefined;
}

export interface HealthMonitor {
  read(): BoardHealth;
}

/** Resets the board unless fed. The boot machine's heartbeat feeds it. */
export interface Watchdog {
  readonly timeoutMs: number;
  feed(): void;
  /** Orderly stop: no reset follows. */
  disarm(): void;
}

/**
 * The second Ethernet port, where a board has one: a computer behind it shares the phone's cable, untagged. What it sends in
 * a VLAN goes nowhere, and its CDP and LLDP influence neither VLAN nor power.
 */
export interface PcPort {
  /** What it negotiated with the computer; down while it is switched off. */
  state(): LinkState;
  isEnabled(): boolean;
  setEnabled(isEnabled: boolean): Promise<void>;
  /** What to do with markings of frames from the PC (CDP TLVs 0x12, 0x13). HalError `unsupported` where it cannot. */
  setTrust(trust: { readonly isTrusted: boolean; readonly untrustedPriority: number }): Promise<void>;
}
