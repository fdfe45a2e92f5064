// The port for a computer: a bridge of the kernel between it and the network port, which the phone's own untagged traffic
// uses as well. Frames of the voice VLAN leave the bridge's port before the bridge sees them: they are the phone's alone.
import { HalError } from "#hal/contract/errors.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import type { LinkState, Mac } from "#hal/contract/link.ts";
import type { PcPort } from "#hal/contract/power.ts";
import type { Stream } from "#hal/contract/stream.ts";
import { readNegotiated } from "./ethtool.ts";
import { c } from "./ffi/abi.ts";
import { errno } from "./ffi/errno.ts";
import { addBridge, endGroupHere, setLinkMaster } from "./netlink/bridge.ts";
import { decodeLink, type LinkFact } from "./netlink/facts.ts";
import type { Message } from "./netlink/message.ts";
import { getLink, setLinkDown, setLinkUp } from "./netlink/requests.ts";
import { type Rtnetlink, RtnetlinkRefusal } from "./netlink/rtnetlink.ts";
import type { Interface } from "./udp.ts";

const bridgeName = "switch0";
/** A computer's CDP is not the phone's to pass on, nor the switch's the computer's. */
const cdpGroup: Mac = "01:00:0c:cc:cc:cc";
const down: LinkState = { isUp: false, speedMbps: undefined, duplex: undefined };

export interface PcPortOptions {
  /** Interface of the computer's port. */
  readonly name: string;
  /** Interface of the network port. */
  readonly networkPort: string;
  /** The phone's. */
  readonly mac: Mac;
  readonly netlink: Pick<Rtnetlink, "ask">;
  readonly messages: Stream<Message>;
  readonly signal: AbortSignal;
}

/** The port where there is one, what carries untagged traffic then, and what to say of it. */
export interface OpenedPcPort {
  readonly pcPort: PcPort | undefined;
  readonly bridge: Interface | undefined;
  readonly status: PartStatus;
}

/** Makes the bridge, or takes the one that an earlier run left. Without interface or bridge the phone goes on without. */
export function openPcPort(options: PcPortOptions): OpenedPcPort {
  const { name } = options;
  const about = { part: "pc port", attached: `${name}, bridged to ${options.networkPort}` };
  try {
    const computer = linkNamed(options.netlink, name);
    if (computer === undefined) throw new HalError("missing", name, "look up", "no such interface");
    const { bridge, isFiltering } = makeBridge(options, computer);
    const detail = isFiltering ? undefined : "this kernel knows no VLANs: a computer's tagged frames pass";
    const status = { ...about, state: isFiltering ? "working" : "degraded", detail } as const;
    return { pcPort: new BridgedPort(options, computer), bridge, status };
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return {
      pcPort: undefined,
      bridge: undefined,
      status: { ...about, state: "missing", detail: error.message },
    };
  }
}

function linkNamed(netlink: Pick<Rtnetlink, "ask">, name: string): LinkFact | undefined {
  try {
    const [answer] = netlink.ask(getLink(name), name);
    return answer === undefined ? undefined : decodeLink(answer);
  } catch (error) {
    if (error instanceof RtnetlinkRefusal && error.errno === errno.ENODEV) return undefined;
    throw error;
  }
}

function makeBridge(options: PcPortOptions, computer: LinkFact): { bridge: Interface; isFiltering: boolean } {
  const { netlink, mac, networkPort } = options;
  const port = linkNamed(netlink, networkPort);
  if (port === undefined) throw new HalError("missing", networkPort, "look up", "no such interface");
  const isFiltering = refusedWith(errno.EOPNOTSUPP, () => addOnce(netlink, { mac, isFiltering: true }));
  if (!isFiltering) addOnce(netlink, { mac, isFiltering: false });
  const made = linkNamed(netlink, bridgeName);
  if (made === undefined) throw new HalError("missing", bridgeName, "look up", "it was made a moment ago");
  netlink.ask(setLinkUp(made.index), bridgeName); // groups are taken by a bridge that runs
  refusedWith(errno.EEXIST, () => netlink.ask(endGroupHere(made.index, cdpGroup), bridgeName));
  for (const { index } of [port, computer]) netlink.ask(setLinkMaster(index, made.index), bridgeName);
  for (const { index } of [port, computer]) netlink.ask(setLinkUp(index), bridgeName);
  return { bridge: { name: bridgeName, index: made.index }, isFiltering };
}

/** One that an earlier run left stays: the computer's connection outlives the program. */
function addOnce(netlink: Pick<Rtnetlink, "ask">, bridge: { mac: Mac; isFiltering: boolean }): void {
  refusedWith(errno.EEXIST, () => netlink.ask(addBridge({ name: bridgeName, ...bridge }), bridgeName));
}

/** False where the kernel refused with that number. */
function refusedWith(expected: number, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof RtnetlinkRefusal && error.errno === expected) return false;
    throw error;
  }
}

class BridgedPort implements PcPort {
  readonly #name: string;
  readonly #netlink: Pick<Rtnetlink, "ask">;
  #fact: LinkFact;
  #isEnabled = true;

  constructor({ name, netlink, messages, signal }: PcPortOptions, fact: LinkFact) {
    this.#name = name;
    this.#netlink = netlink;
    this.#fact = linkNamed(netlink, name) ?? fact; // it is up by now
    messages.subscribe((message) => this.#noticed(message), { signal });
  }

  #noticed(message: Message): void {
    if (message.type !== c.RTM_NEWLINK && message.type !== c.RTM_DELLINK) return;
    const fact = decodeLink(message);
    if (fact.index !== this.#fact.index) return;
    this.#fact = message.type === c.RTM_DELLINK ? { ...fact, isUp: false, hasCarrier: false } : fact;
  }

  state(): LinkState {
    return this.#fact.hasCarrier ? { isUp: true, ...readNegotiated(this.#name) } : down;
  }

  isEnabled(): boolean {
    return this.#isEnabled;
  }

  async setEnabled(isEnabled: boolean): Promise<void> {
    const { index } = this.#fact;
    this.#netlink.ask(isEnabled ? setLinkUp(index) : setLinkDown(index), this.#name);
    this.#isEnabled = isEnabled;
  }

  /** A bridged frame leaves without a tag, so without a priority. */
  async setTrust(trust: { readonly isTrusted: boolean; readonly untrustedPriority: number }): Promise<void> {
    if (!trust.isTrusted && trust.untrustedPriority === 0) return;
    const wanted = trust.isTrusted ? "its own" : `priority ${trust.untrustedPriority}`;
    throw new HalError(
      "unsupported",
      this.#name,
      "mark a computer's frames",
      `${wanted} is wanted; they leave untagged`,
    );
  }
}
