// An Ethernet switch in memory: VLANs, 802.1Q, MAC learning per VLAN, and a control plane per port for CDP and LLDP.
import type { LinkPort, Mac, VlanTag } from "#hal/contract/link.ts";
import type { Random } from "#hal/contract/random.ts";
import { type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import { type Cable, type CableEnd, createCable, type Impairment } from "#hal/sim/net/cable.ts";
import { isControl, isGroupMac, splitTag, withTag } from "#hal/sim/net/ethernet.ts";
import { macAt } from "#hal/sim/net/octets.ts";
import { createPort } from "#hal/sim/net/port.ts";

/** How frames enter and leave a port. */
export interface PortVlans {
  /** VLAN of untagged frames. */
  readonly access: number;
  /** Also carried, with a tag. Undefined: tagged frames of other VLANs are dropped. */
  readonly voice?: number | undefined;
}

/** A port and the cable in it. */
export interface SwitchPort {
  readonly name: string;
  /** The plug for whoever is attached. */
  readonly plug: CableEnd;
  /** The switch's own end, for captures. */
  readonly inside: CableEnd;
  /** The switch's control plane on this port: CDP and LLDP speakers use it. */
  readonly control: LinkPort;
  /** Carrier, and what the cable does to frames. */
  readonly cable: Cable;
  setVlans(vlans: PortVlans): void;
}

export interface PortSetup {
  readonly name: string;
  readonly vlans: PortVlans;
  readonly impairment?: Impairment;
  readonly speedMbps?: number;
}

export interface Switch {
  attach(setup: PortSetup): SwitchPort;
  /** Where a MAC was last seen in a VLAN. */
  learned(vlan: number, mac: Mac): string | undefined;
  /** Frames that came with a tag the port does not carry. */
  readonly droppedFrames: number;
  close(): void;
}

/** Address table entries are forgotten after this (IEEE 802.1Q §8.8.3, default). */
const ageMs = 300_000;
const mostLearned = 4096;

interface Port extends SwitchPort {
  vlans: PortVlans;
}

interface Learned {
  readonly port: Port;
  readonly until: MonoMs;
}

/** A switch without ports. `mac` is the first of its ports' addresses. */
export function createSwitch(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly mac: Mac;
}): Switch {
  const { clock, random } = options;
  const life = new AbortController();
  const { signal } = life;
  const ports: Port[] = [];
  const table = new Map<string, Learned>();
  let droppedFrames = 0;

  const learn = (vlan: number, source: Uint8Array, port: Port): void => {
    const key = `${vlan} ${macAt(source, 6)}`;
    table.delete(key);
    if (table.size >= mostLearned) table.delete(table.keys().next().value ?? "");
    table.set(key, { port, until: later(clock.now(), ageMs) });
  };
  const find = (vlan: number, mac: Mac): Port | undefined => {
    const entry = table.get(`${vlan} ${mac}`);
    return entry !== undefined && entry.until > clock.now() ? entry.port : undefined;
  };
  const forward = (raw: Uint8Array, from: Port): void => {
    const split = splitTag(raw);
    if (split === undefined) return;
    const { bytes, tag } = split;
    const vlan = vlanOf(tag, from.vlans);
    if (vlan === undefined) {
      droppedFrames++;
      return;
    }
    learn(vlan, bytes, from);
    if (isControl(bytes)) return;
    const priority = tag?.priority ?? 0;
    const known = isGroupMac(bytes) ? undefined : find(vlan, macAt(bytes, 0));
    const targets = known === undefined ? ports : [known];
    for (const port of targets) if (port !== from) emit(port, bytes, vlan, priority);
  };

  return {
    attach(setup) {
      const cable = createCable({ clock, random, ...setup });
      const mac = portMac(options.mac, ports.length);
      const port: Port = {
        name: setup.name,
        plug: cable.b,
        inside: cable.a,
        control: createPort({ name: setup.name, mac, end: cable.a, clock, signal }),
        cable,
        vlans: setup.vlans,
        setVlans(vlans) {
          port.vlans = vlans;
        },
      };
      ports.push(port);
      cable.a.received.subscribe((frame) => forward(frame, port), { signal });
      cable.a.changes.subscribe(
        ({ isUp }) => {
          if (!isUp) for (const [key, entry] of table) if (entry.port === port) table.delete(key);
        },
        { signal },
      );
      return port;
    },
    learned: (vlan, mac) => find(vlan, mac)?.name,
    get droppedFrames() {
      return droppedFrames;
    },
    close() {
      life.abort();
      for (const { cable } of ports) cable.close();
    },
  };
}

/** Untagged and priority-tagged frames are in the access VLAN. */
function vlanOf(tag: VlanTag | undefined, vlans: PortVlans): number | undefined {
  if (tag === undefined || tag.vlanId === 0) return vlans.access;
  return tag.vlanId === vlans.access || tag.vlanId === vlans.voice ? tag.vlanId : undefined;
}

function emit(port: Port, bytes: Uint8Array, vlan: number, priority: number): void {
  if (vlan === port.vlans.access) port.inside.send(withTag(bytes, undefined));
  else if (vlan === port.vlans.voice) port.inside.send(withTag(bytes, { vlanId: vlan, priority }));
}

function portMac(first: Mac, index: number): Mac {
  const last = Number.parseInt(first.slice(-2), 16) + index;
  return `${first.slice(0, -2)}${(last & 0xff).toString(16).padStart(2, "0")}`;
}
