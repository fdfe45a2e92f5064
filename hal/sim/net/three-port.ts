// The switch inside a phone with a port for a computer (reference cisco-7960-sip NET-002): the cable to the network, the
// phone itself, the jack. The computer's frames cross it untagged; those of the voice VLAN are the phone's alone.
import type { LinkState, Mac } from "#hal/contract/link.ts";
import type { PcPort } from "#hal/contract/power.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { CableEnd } from "./cable.ts";
import { isControl, isGroupMac, splitTag, withTag } from "./ethernet.ts";
import { macAt } from "./octets.ts";

export interface ThreePortOptions {
  /** Plug of the cable to the network. */
  readonly uplink: CableEnd;
  /** Where the computer's cable ends. */
  readonly jack: CableEnd;
  /** The phone's. */
  readonly mac: Mac;
  readonly signal: AbortSignal;
}

/** More addresses than a desk has behind one jack. */
const mostComputers = 64;
const down: LinkState = { isUp: false, speedMbps: undefined, duplex: undefined };

/** What the phone's own interface is plugged into, and the port for the computer. It trusts no marking until told. */
export function createThreePortSwitch(options: ThreePortOptions): {
  readonly inside: CableEnd;
  readonly pcPort: PcPort;
} {
  const { uplink, jack, mac, signal } = options;
  const received = new Emitter<Uint8Array>();
  const sent = new Emitter<Uint8Array>();
  const computers = new Set<Mac>();
  let isEnabled = true;
  let trust = { isTrusted: false, untrustedPriority: 0 };
  const toJack = (frame: Uint8Array): void => {
    if (isEnabled) jack.send(frame);
  };

  const fromNetwork = (frame: Uint8Array): void => {
    received.emit(frame);
    const split = splitTag(frame);
    if (split === undefined || isControl(split.bytes)) return;
    if (split.tag !== undefined && split.tag.vlanId !== 0) return;
    if (macAt(split.bytes, 0) !== mac) toJack(withTag(split.bytes, undefined));
  };
  const fromComputer = (frame: Uint8Array): void => {
    const split = splitTag(frame);
    if (!isEnabled || split === undefined || isControl(split.bytes)) return;
    const { bytes, tag } = split;
    if (tag !== undefined && tag.vlanId !== 0) return;
    if (computers.size < mostComputers) computers.add(macAt(bytes, 6));
    const isForPhone = macAt(bytes, 0) === mac;
    if (isForPhone || isGroupMac(bytes)) received.emit(withTag(bytes, undefined));
    if (isForPhone) return;
    const priority = trust.isTrusted ? (tag?.priority ?? 0) : trust.untrustedPriority;
    uplink.send(withTag(bytes, priority === 0 ? undefined : { vlanId: 0, priority }));
  };
  const fromPhone = (frame: Uint8Array): void => {
    const split = splitTag(frame);
    sent.emit(frame);
    if (split !== undefined && split.tag === undefined && !isControl(split.bytes)) {
      const to = macAt(split.bytes, 0);
      if (isGroupMac(split.bytes) || computers.has(to)) toJack(frame);
      if (computers.has(to)) return;
    }
    uplink.send(frame);
  };
  uplink.received.subscribe(fromNetwork, { signal });
  jack.received.subscribe(fromComputer, { signal });
  jack.changes.subscribe(() => computers.clear(), { signal });

  return {
    inside: { send: fromPhone, received, sent, state: () => uplink.state(), changes: uplink.changes },
    pcPort: {
      state: () => (isEnabled ? jack.state() : down),
      isEnabled: () => isEnabled,
      async setEnabled(wanted) {
        isEnabled = wanted;
        if (!wanted) computers.clear();
      },
      async setTrust(wanted) {
        trust = wanted;
      },
    },
  };
}
