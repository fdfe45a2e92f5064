// What happens to the boot machine and what it wants done. It speaks in the notices of the other folders; effects are
// data that the composition root performs in order. Every effect may come again and must then change nothing new.
import type { CdpNotice } from "#firmware/cdp/notices.ts";
import type { ConfigNotice, LoadDecision } from "#firmware/config/notices.ts";
import type { DhcpNotice, Lease } from "#firmware/dhcp/notices.ts";
import type { LldpNotice } from "#firmware/lldp/notices.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { PowerState } from "#hal/contract/power.ts";
import type { Trouble } from "./notices.ts";

/** The configuration in force. */
export type Configuration = Extract<ConfigNotice, { kind: "configured" }>["config"];

/** An image to fetch. */
export type LoadToFetch = Extract<LoadDecision, { kind: "fetch" }>;

/** What the boot does not find out by itself. */
export interface BootSettings {
  /** `switch`: what CDP or LLDP says overrides the typed VLAN (seed 003); `typed`: the other way round (Mitel). */
  readonly vlanMaster: "switch" | "typed";
  /** Admin. VLAN Id: 1–4094; undefined: none. */
  readonly typedVlan: number | undefined;
  /** How often the watchdog must hear from the boot machine; undefined: there is none. */
  readonly heartbeatMs: number | undefined;
  /** What the board asks of its supply; undefined where it is not powered over the cable. */
  readonly requestedMilliwatts: number | undefined;
}

/** Where the phone stands with its call servers, whatever the protocol; the composition root maps SIP, SCCP and PIN. */
export type RegistrationNotice =
  | { readonly kind: "registering"; readonly server: string }
  | { readonly kind: "registered"; readonly server: string }
  /** No line wants to register: the phone is as ready as it will be. `trouble`: because there is none. */
  | { readonly kind: "not-needed"; readonly why: string; readonly trouble: Trouble | undefined }
  /** A try failed; the protocol goes on by itself. */
  | { readonly kind: "failed"; readonly trouble: Trouble; readonly retryInMs: number | undefined }
  /** The list was walked once and the phone is not wanted (reference seed-coverage X2). */
  | { readonly kind: "rejected"; readonly trouble: Trouble }
  /** No server of the list answers. Stand-alone SIP lines go on by themselves, the rest waits for the boot (X1). */
  | { readonly kind: "exhausted"; readonly trouble: Trouble }
  /** Was registered, and is not any more; the protocol tries again. */
  | { readonly kind: "lost"; readonly trouble: Trouble };

export type TimeNotice =
  | { readonly kind: "synchronised"; readonly server: Ip4 }
  | { readonly kind: "silent"; readonly server: Ip4 | undefined }
  /** Answers that are not believed; `doubt` is the clock query's word for why. */
  | { readonly kind: "doubtful"; readonly server: Ip4; readonly doubt: string }
  /** Every server asked to be left alone: no more questions in this boot. */
  | { readonly kind: "refused"; readonly server: Ip4 | undefined };

/** `restart`: again from configuration; `reset`: from VLAN; `hard-reset`: from power-on (reference 0). */
export type RestartLevel = "restart" | "reset" | "hard-reset";

export type BootEvent =
  | {
      readonly kind: "begin";
      readonly settings: BootSettings;
      /** The running image and whether its signature was checked. */
      readonly image: { readonly name: string; readonly version: string; readonly isVerified: boolean };
      readonly crashes: { readonly countInARow: number; readonly reason: string | undefined };
    }
  /** A menu or file changed them; they count from the next reset on. */
  | { readonly kind: "settings"; readonly settings: BootSettings }
  | { readonly kind: "power"; readonly power: PowerState }
  | { readonly kind: "link"; readonly isUp: boolean }
  | { readonly kind: "cdp"; readonly notice: CdpNotice }
  | { readonly kind: "lldp"; readonly notice: LldpNotice }
  | { readonly kind: "dhcp"; readonly notice: DhcpNotice }
  | { readonly kind: "config"; readonly notice: ConfigNotice }
  | { readonly kind: "registration"; readonly notice: RegistrationNotice }
  | { readonly kind: "time"; readonly notice: TimeNotice }
  /** Answer to `set-vlan` of this VLAN (undefined: untagged). `failed` is any HalError but `unsupported`. */
  | {
      readonly kind: "vlan-set";
      readonly vlanId: number | undefined;
      readonly outcome: "done" | "unsupported" | "failed";
    }
  /** Answer to `use-address` of this address; `failure` is the HalError's code, undefined where all went well. */
  | { readonly kind: "address-set"; readonly address: Ip4; readonly failure: string | undefined }
  /** Answer to `fetch-load`. */
  | { readonly kind: "load-done"; readonly outcome: "stored" | "failed"; readonly name: string }
  /** How many calls there are now. */
  | { readonly kind: "calls"; readonly count: number }
  /** Somebody wants a restart. A person's is obeyed at once, a server's after the last call. */
  | { readonly kind: "order"; readonly level: RestartLevel; readonly by: "person" | "server" }
  /** Something else that a person should know: storage, a missing part. */
  | { readonly kind: "warning"; readonly trouble: Trouble };

export type BootEffect =
  /** All traffic tagged so from here on; answered by `vlan-set`. */
  | { readonly kind: "set-vlan"; readonly tag: VlanTag | undefined }
  /** How voice and signalling are marked where the configuration says nothing. */
  | {
      readonly kind: "mark";
      readonly priority: number;
      readonly voiceDscp: number | undefined;
      readonly signallingPriority: number | undefined;
      readonly signallingDscp: number | undefined;
    }
  /** Forget CDP and LLDP neighbours and ask anew. */
  | { readonly kind: "discover" }
  /** Which protocol may speak of power on this link (reference 1.4: a switch locks to the first it hears). */
  | { readonly kind: "negotiate-power"; readonly by: "cdp" | "lldp" }
  | { readonly kind: "trust-pc-port"; readonly isTrusted: boolean; readonly untrustedPriority: number }
  /** What CDP and LLDP say of the phone. */
  | { readonly kind: "describe"; readonly address: Ip4 | undefined; readonly vlanId: number | undefined }
  /** DHCP, or the typed-in address. */
  | { readonly kind: "start-address"; readonly tag: VlanTag | undefined }
  /** The link was away; the VLAN is the same. */
  | { readonly kind: "verify-address" }
  /** RELEASE where there is a lease, then stop. */
  | { readonly kind: "release-address" }
  /** Stop; the lease is kept for the next start. */
  | { readonly kind: "stop-address" }
  /** Address, mask, router and DNS servers of the lease; answered by `address-set`. */
  | { readonly kind: "use-address"; readonly lease: Lease }
  | { readonly kind: "remove-address" }
  /** Ask for the configuration, from the servers that the lease and the settings name. */
  | { readonly kind: "fetch-configuration"; readonly lease: Lease }
  | { readonly kind: "stop-configuration" }
  | { readonly kind: "fetch-load"; readonly load: LoadToFetch }
  /** Register as this configuration says; with another one while registered, with the same one where a try failed. */
  | { readonly kind: "start-registration"; readonly config: Configuration }
  /** Unregister where that is possible, and end every call. */
  | { readonly kind: "stop-registration" }
  /** Ask for the time: servers of the configuration, else of the lease. */
  | { readonly kind: "start-time"; readonly lease: Lease; readonly config: Configuration | undefined }
  | { readonly kind: "stop-time" }
  | { readonly kind: "feed-watchdog" }
  /** This image works: confirm its slot, forget the crashes. */
  | { readonly kind: "boot-succeeded"; readonly by: "registered" | "healthy" }
  /** A person wants to try again: forget the crashes. */
  | { readonly kind: "forgive-crashes" }
  /** Orderly: LLDP shutdown frame, then the whole board. */
  | { readonly kind: "restart-board"; readonly why: string };
