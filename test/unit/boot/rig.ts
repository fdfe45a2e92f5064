// The boot machine with everything it speaks to reduced to a few words, for the tests of this folder.
import type {
  BootEffect,
  BootEvent,
  BootSettings,
  Configuration,
  RegistrationNotice,
} from "#firmware/boot/events.ts";
import { bootMachine } from "#firmware/boot/machine.ts";
import type { Trouble } from "#firmware/boot/notices.ts";
import { type AnyBootState, bootView } from "#firmware/boot/state.ts";
import type { CdpNeighbour, CdpVoiceVlan } from "#firmware/cdp/notices.ts";
import type { DhcpNotice, Lease } from "#firmware/dhcp/notices.ts";
import { staticLease } from "#firmware/dhcp/static-address.ts";
import type { LldpNeighbour, LldpPolicy } from "#firmware/lldp/notices.ts";
import type { Random } from "#hal/contract/random.ts";
import { MachineRig, middling } from "#test/unit/machine-rig.ts";

export const settings: BootSettings = {
  vlanMaster: "switch",
  typedVlan: undefined,
  heartbeatMs: undefined,
  requestedMilliwatts: 6300,
};

export const lease: Lease = {
  ...staticLease({
    address: "10.77.0.141",
    mask: "255.255.255.0",
    routers: ["10.77.0.1"],
    dnsServers: [],
    domainName: undefined,
    tftpServers: ["10.77.0.1"],
  }),
  origin: "dhcp",
  server: "10.77.0.1",
  leaseSec: 600,
};

/** The parts of a configuration the boot looks at. */
export function configuration(protocol: "sip" | "sccp" = "sip", servers = 0): Configuration {
  const partial = {
    protocol,
    servers: Array.from({ length: servers }, (_, i) => ({ host: `10.77.0.${10 + i}` })),
    files: [{ name: "SEP001122334455.cnf.xml" }],
  };
  return partial as unknown as Configuration; // the machine reads nothing else of it
}

export function cdpNeighbour(voiceVlan: CdpVoiceVlan, more: Partial<CdpNeighbour> = {}): CdpNeighbour {
  return {
    mac: "00:11:22:33:44:01",
    deviceId: "switch-1",
    portId: "Gi0/1",
    platform: "",
    software: "",
    capabilities: 0x28,
    addresses: [],
    nativeVlan: undefined,
    voiceVlan,
    duplex: undefined,
    power: undefined,
    trust: undefined,
    location: undefined,
    ttlSec: 180,
    ...more,
  };
}

export function lldpNeighbour(
  voice: Partial<LldpPolicy> | undefined,
  more: Partial<LldpNeighbour> = {},
): LldpNeighbour {
  return {
    mac: "00:11:22:33:44:02",
    chassisId: "switch-2",
    portId: "1/1",
    portDescription: "",
    systemName: "",
    systemDescription: "",
    capabilities: 4,
    managementAddresses: [],
    isMed: voice !== undefined,
    voice:
      voice === undefined
        ? undefined
        : { isKnown: true, isTagged: true, vlanId: 0, priority: 5, dscp: 46, ...voice },
    voiceSignalling: undefined,
    grantedMilliwatts: undefined,
    location: undefined,
    ttlSec: 120,
    ...more,
  };
}

export const vlan = (vlanId: number): CdpVoiceVlan => ({ kind: "vlan", vlanId });
export const cdp = (voiceVlan: CdpVoiceVlan, more?: Partial<CdpNeighbour>): BootEvent => ({
  kind: "cdp",
  notice: { kind: "neighbour", neighbour: cdpNeighbour(voiceVlan, more), isNew: true },
});
export const lldp = (voice: Partial<LldpPolicy> | undefined, more?: Partial<LldpNeighbour>): BootEvent => ({
  kind: "lldp",
  notice: { kind: "neighbour", neighbour: lldpNeighbour(voice, more), isNew: true },
});
export const dhcp = (notice: DhcpNotice): BootEvent => ({ kind: "dhcp", notice });
export const registration = (notice: RegistrationNotice): BootEvent => ({ kind: "registration", notice });
export const trouble = (code: Trouble["code"]): Trouble => ({ code, facts: {} });
export const carrier = (isUp: boolean): BootEvent => ({ kind: "link", isUp });
export const calls = (count: number): BootEvent => ({ kind: "calls", count });

/** Phases in the order a whole boot passes them. */
export type Stop = "link" | "vlan" | "ip" | "config" | "load" | "register" | "run";

export class BootRig extends MachineRig<AnyBootState, BootEvent, BootEffect> {
  constructor(options: { random?: Random; settings?: Partial<BootSettings>; crashes?: number } = {}) {
    super(bootMachine, { random: options.random ?? middling });
    this.send({
      kind: "begin",
      settings: { ...settings, ...options.settings },
      image: { name: "A", version: "0.1.0", isVerified: true },
      crashes: {
        countInARow: options.crashes ?? 0,
        reason: options.crashes === undefined ? undefined : "main: boom",
      },
    });
  }

  /** Answers what was asked for, as a good network would, until the phase is reached. */
  bootTo(stop: Stop, options: { vlan?: number; config?: Configuration } = {}): this {
    const vlanId = options.vlan ?? 110;
    const config = options.config ?? configuration();
    const answers: readonly (readonly [string, readonly BootEvent[]])[] = [
      [
        "power",
        [
          {
            kind: "power",
            power: {
              sources: ["poe-af"],
              limitMilliwatts: undefined,
              drawMilliwatts: undefined,
              health: "good",
              evidence: [],
            },
          },
        ],
      ],
      ["link", [carrier(true)]],
      ["vlan", [cdp(vlan(vlanId)), { kind: "vlan-set", vlanId, outcome: "done" }]],
      [
        "ip",
        [
          dhcp({ kind: "bound", lease, how: "new" }),
          { kind: "address-set", address: lease.address, failure: undefined },
        ],
      ],
      ["config", [{ kind: "config", notice: { kind: "configured", config, origin: "files" } }]],
      ["load", [{ kind: "config", notice: { kind: "load", load: { kind: "keep" } } }]],
      ["register", [registration({ kind: "registered", server: "10.77.0.10:5060" })]],
    ];
    for (const [phase, events] of answers) {
      if (this.state.kind === stop) break;
      if (this.state.kind === phase) for (const event of events) this.send(event);
    }
    if (this.state.kind !== stop)
      throw new Error(`${stop} was not reached, the boot is in ${this.state.kind}`);
    return this;
  }

  /** The kinds of effects since the last call. */
  done(): readonly string[] {
    return this.take().map(([, effect]) => effect.kind);
  }

  get shown(): string {
    const { phase, trouble: why } = bootView(this.state);
    return why === undefined ? phase : `${phase}: ${why.code}`;
  }

  get warnings(): readonly string[] {
    return bootView(this.state).warnings.map(({ code }) => code);
  }

  record(name: string) {
    return this.state.kind === "off" ? undefined : this.state.records.find((record) => record.name === name);
  }
}
