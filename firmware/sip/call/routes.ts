// Where requests of calls go: the line's proxies, the emergency and backup proxies, the outbound proxy, the route set of
// a dialog, or the host of a URI (RFC 3261 §8.1.2, §12.2.1.1; reference section 4.5).
import type { CallRoute } from "#firmware/call/intents.ts";
import type { Locator, Target } from "#firmware/sip/locate.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { has, type SipRequest } from "#firmware/sip/message/message.ts";
import { parseUri, type SipUri } from "#firmware/sip/message/uri.ts";
import type { ServerAddress, SipLine, SipSettings } from "#firmware/sip/settings.ts";
import type { TransportName } from "#firmware/sip/transport/flow.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";

export type Targets = readonly Target[] | Promise<readonly Target[]>;

export interface RoutesOptions {
  readonly settings: SipSettings;
  readonly locator: Locator;
  readonly signal: AbortSignal;
  /** The server a line is registered with now: it is asked first. */
  serverOf(line: number): Endpoint | undefined;
}

/** Joins lists of targets, at once where none has to be looked up. */
function joined(lists: readonly Targets[]): Targets {
  if (lists.every((list) => !(list instanceof Promise)))
    return (lists as readonly (readonly Target[])[]).flat(); // none is a promise
  return Promise.all(lists).then((found) => found.flat());
}

const transports: Readonly<Record<string, TransportName>> = { udp: "UDP", tcp: "TCP", tls: "TLS" };

/** The server a URI names: `maddr` goes before the host, `transport` and sips: are heeded (RFC 3263 §4.1). */
export function serverOfUri(uri: SipUri): ServerAddress {
  const named = transports[(uri.parameters.get("transport") ?? "").toLowerCase()];
  return {
    host: uri.parameters.get("maddr") ?? uri.host,
    port: uri.port,
    transport: uri.isSecure ? "TLS" : named,
  };
}

/** Finds the way of requests. */
export class Routes {
  readonly #options: RoutesOptions;

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** For a new call. The backup proxy comes last: it is tried when nothing before it answered (REG-011). */
  forCall(line: SipLine, route: CallRoute, uri: string): Targets {
    const { settings } = this.#options;
    if (route === "emergency" && settings.emergencyProxy !== undefined)
      return this.#at([settings.emergencyProxy]);
    if (settings.outboundProxy !== undefined && route !== "emergency")
      return this.#at([settings.outboundProxy]);
    if (line.proxies.length === 0) return this.forUri(uri);
    const servers = [...line.proxies];
    if (settings.backupProxy !== undefined) servers.push(settings.backupProxy);
    const found = this.#at(servers);
    return found instanceof Promise
      ? found.then((targets) => this.#presentFirst(line, targets))
      : this.#presentFirst(line, found);
  }

  /** For a request inside a dialog: its route set goes before the outbound proxy. */
  forRequest(request: SipRequest, nextHop: string): Targets {
    const { outboundProxy } = this.#options.settings;
    if (outboundProxy !== undefined && !has(request, headers.route)) return this.#at([outboundProxy]);
    return this.forUri(nextHop);
  }

  forUri(text: string): Targets {
    const uri = parseUri(text);
    return uri.kind === "sip" ? this.#at([serverOfUri(uri)]) : [];
  }

  #at(servers: readonly ServerAddress[]): Targets {
    const { locator, signal } = this.#options;
    return joined(servers.map((server) => locator.locate(server, signal)));
  }

  /** A line that had to register with a later server calls there first; then the list in its order. */
  #presentFirst(line: SipLine, targets: readonly Target[]): readonly Target[] {
    const present = this.#options.serverOf(line.line);
    const isPresent = ({ endpoint }: Target): boolean =>
      present !== undefined && endpoint.address === present.address && endpoint.port === present.port;
    return [...targets.filter(isPresent), ...targets.filter((target) => !isPresent(target))];
  }
}
