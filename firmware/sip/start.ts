// SIP for the whole phone: what the composition root starts.

import type { SessionIntent } from "#firmware/call/intents.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Digests, Resolver } from "#hal/contract/names.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { SipEndpoint } from "./endpoint.ts";
import { Lines } from "./lines.ts";
import { Locator, type Target } from "./locate.ts";
import type { LineState, SipNotice } from "./notices.ts";
import type { SipSettings } from "./settings.ts";

export interface SipOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly digests: Digests;
  readonly settings: SipSettings;
  readonly signal: AbortSignal;
  /** The phone's address on its interface, now. */
  localAddress(): string;
  notify(notice: SipNotice): void;
}

/** SIP at work. */
export interface Sip {
  /** Does what the call control wants. */
  perform(intent: SessionIntent): void;
  /** State of each line, by number. */
  lineStates(): ReadonlyMap<number, LineState>;
  /** Console `register 0|1 LINE`: line 0 is the backup proxy, undefined all of them. */
  setRegistered(line: number | undefined, isWanted: boolean): void;
  /** The phone's address changed: every line registers anew. Calls stay. */
  addressChanged(): void;
}

/** Starts SIP; ends with the signal. HalError `busy` when the control port is taken. */
export function startSip(options: SipOptions): Sip {
  const { runtime, sockets, resolver, digests, settings, signal, localAddress, notify } = options;
  const endpoint: SipEndpoint = new SipEndpoint({
    runtime,
    sockets,
    settings,
    signal,
    localAddress,
    suspect: (address) => lines.suspect(address),
    handler: {
      request: (transaction) => endpoint.respond(transaction, 501),
      cancelled: () => undefined,
      ack: () => undefined,
      ended: () => undefined,
    },
  });
  const locator = new Locator(resolver, runtime);
  const lines = new Lines({ runtime, endpoint, locator, digests, signal, localAddress, notify });
  whenNatIsKnown({ settings, locator, signal, runtime, endpoint }, () => lines.start());
  return {
    perform: () => undefined,
    lineStates: () => lines.states,
    setRegistered: (line, isWanted) => lines.setRegistered(line, isWanted),
    addressChanged: () => lines.restart(),
  };
}

/** `nat_address` may be a name, with an A record only; without an answer the own address stays in use. */
function whenNatIsKnown(
  parts: Pick<SipOptions, "settings" | "signal" | "runtime"> & { locator: Locator; endpoint: SipEndpoint },
  go: () => void,
): void {
  const { settings, locator, signal, runtime, endpoint } = parts;
  const { address } = settings.nat;
  if (address === undefined) {
    go();
    return;
  }
  const use = (targets: readonly Target[]): void => {
    const found = targets[0]?.endpoint.address;
    if (found === undefined) runtime.log("sip").warning(`nat_address ${address} has no A record`);
    else endpoint.setPublicAddress(found);
    go();
  };
  const found = locator.locate({ host: address, port: settings.controlPort, transport: "UDP" }, signal);
  if (!(found instanceof Promise)) {
    use(found);
    return;
  }
  found.then(use, (error: unknown) => {
    if (!signal.aborted) runtime.fail("sip", error);
  });
}
