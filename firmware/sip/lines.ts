// The registrations of all lines, and the one that is held with the backup proxy.
import { between } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Digests } from "#hal/contract/names.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import type { SipEndpoint } from "./endpoint.ts";
import type { Locator } from "./locate.ts";
import type { LineState, SipNotice } from "./notices.ts";
import { Registrar } from "./registrar.ts";
import type { Failure } from "./registration.ts";
import type { ServerAddress, SipLine } from "./settings.ts";

export interface LinesOptions {
  readonly runtime: Runtime;
  readonly endpoint: SipEndpoint;
  readonly locator: Locator;
  readonly digests: Digests;
  readonly signal: AbortSignal;
  localAddress(): string;
  notify(notice: SipNotice): void;
}

/** Every line's registration. */
export class Lines {
  readonly #options: LinesOptions;
  readonly #registrars = new Map<number, Registrar>();
  readonly #states = new Map<number, LineState>();
  #backup: Registrar | undefined;
  #alarm: Alarm | undefined;
  /** Every binding is released, or there was none. */
  #gone: (() => void) | undefined;

  constructor(options: LinesOptions) {
    this.#options = options;
    const { settings } = options.endpoint;
    for (const line of settings.lines) {
      if (settings.isRegistering && line.proxies.length > 0)
        this.#registrars.set(line.line, this.#registrar(line, line.proxies, false));
    }
    const first = settings.lines[0];
    options.signal.addEventListener("abort", () => this.#alarm?.cancel(), { once: true });
    if (settings.backupProxy !== undefined && settings.isRegistering && first !== undefined)
      this.#backup = this.#registrar(first, [settings.backupProxy], true);
  }

  start(): void {
    for (const { line } of this.#options.endpoint.settings.lines)
      if (!this.#registrars.has(line)) this.#changed(line, { kind: "not-registering" });
    for (const registrar of this.#all()) registrar.send({ kind: "start" });
    this.#keepAlive();
  }

  /** What each line is, by number. */
  get states(): ReadonlyMap<number, LineState> {
    return this.#states;
  }

  /** The server a line is registered with now: new calls go there first. */
  serverOf(line: number): Endpoint | undefined {
    const state = this.#states.get(line);
    return state?.kind === "registered" ? state.server : undefined;
  }

  /** Does a message come from a server of ours: one we are registered with, or one configured by address? */
  isServer(address: string): boolean {
    const { lines, backupProxy, outboundProxy } = this.#options.endpoint.settings;
    const configured = [...lines.flatMap(({ proxies }) => proxies), backupProxy, outboundProxy];
    if (configured.some((server) => server?.host === address)) return true;
    return [...this.#states.values()].some(
      (state) => state.kind === "registered" && state.server.address === address,
    );
  }

  /** Somebody got no answer there: is the registrar alive? */
  suspect(endpoint: Endpoint): void {
    for (const registrar of this.#all()) registrar.send({ kind: "suspected", endpoint });
  }

  /** The address, or what others see of it, changed: every binding is made anew. */
  restart(): void {
    for (const registrar of this.#all()) registrar.send({ kind: "restart" });
  }

  /** Console `register 0|1 LINE`; `line` 0 is the backup proxy, undefined all of them. */
  setRegistered(line: number | undefined, isWanted: boolean): void {
    const chosen =
      line === undefined ? this.#all() : line === 0 ? [this.#backup] : [this.#registrars.get(line)];
    for (const registrar of chosen) registrar?.send({ kind: isWanted ? "start" : "unregister" });
  }

  /** Unregisters all; `gone` is called once, when every server answered or had nothing of ours. */
  leave(gone: () => void): void {
    for (const registrar of this.#all()) registrar.send({ kind: "unregister" });
    this.#gone = gone;
    this.#lookWhetherGone();
  }

  #lookWhetherGone(): void {
    const isGone = ({ state: { kind } }: Registrar): boolean => kind === "idle" || kind === "stopped";
    if (this.#gone === undefined || !this.#all().every(isGone)) return;
    const gone = this.#gone;
    this.#gone = undefined;
    gone();
  }

  /** "…a random number between 80% and 100% of the upper bound" (RFC 5626 §4.4); one for all lines of a server. */
  #keepAlive(): void {
    const { runtime, endpoint, signal } = this.#options;
    const { keepAliveSec } = endpoint.settings.nat;
    if (keepAliveSec === 0 || signal.aborted) return;
    const pauseMs = between(runtime.random, keepAliveSec * 800, keepAliveSec * 1000);
    this.#alarm = runtime.timers.start("sip", "keep-alive", later(runtime.clock.now(), pauseMs), () => {
      const ways = this.#all().flatMap(({ way }) => (way === undefined ? [] : [way]));
      const distinct = new Map(ways.map((way) => [JSON.stringify([way.transport, way.endpoint]), way]));
      for (const way of distinct.values()) endpoint.transports.keepAlive(way);
      this.#keepAlive();
    });
  }

  #all(): readonly Registrar[] {
    return this.#backup === undefined
      ? [...this.#registrars.values()]
      : [...this.#registrars.values(), this.#backup];
  }

  #registrar(line: SipLine, servers: readonly ServerAddress[], isBackup: boolean): Registrar {
    const { runtime, endpoint, locator, digests, signal, localAddress, notify } = this.#options;
    return new Registrar({
      runtime,
      sender: endpoint.sender,
      locator,
      digests,
      settings: endpoint.settings,
      line,
      servers,
      isBackup,
      signal,
      localAddress,
      changed: (state) => {
        if (!isBackup) this.#changed(line.line, state);
        else if (state.kind === "failed") runtime.log("sip").warning("REG Not Registered to Backup Proxy");
        this.#lookWhetherGone();
      },
      exhausted: (failure) => {
        if (!isBackup) this.#exhausted(failure);
      },
      date: (unixMs) => notify({ kind: "date", unixMs }),
      seen: (address) => this.#seen(address),
    });
  }

  /** `nat_received_processing`: the outer address takes the place of ours, and is registered. */
  #seen(address: string | undefined): void {
    const { endpoint } = this.#options;
    if (!endpoint.settings.nat.isReceivedProcessed || address === undefined) return;
    if (endpoint.setPublicAddress(address)) this.restart();
  }

  #changed(line: number, state: LineState): void {
    const before = this.#states.get(line);
    if (JSON.stringify(before) === JSON.stringify(state)) return;
    this.#states.set(line, state);
    this.#options.notify({ kind: "line", line, state });
  }

  #exhausted(failure: Failure): void {
    const others = [...this.#registrars.values()].filter(({ state }) => state.kind !== "waiting");
    if (others.length === 0) this.#options.notify({ kind: "list-exhausted", failure: failure.failure });
  }
}
