// The lab's registrars on their hosts: started, stopped, deaf or restarting as the settings say.
import type { Runtime } from "#firmware/runtime/runner.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { rawLine } from "#firmware/sip/message/message.ts";
import type { Stream } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import { type Ip4Packet, protocol } from "#hal/sim/net/ip4-packet.ts";
import { u16 } from "#hal/sim/net/octets.ts";
import type { Host } from "./host.ts";
import type { LabLog } from "./log.ts";
import type { LabSettings, RegistrarState } from "./settings.ts";
import { LabSipServer } from "./sip/server.ts";

/** A Min-Expires that no phone takes, seconds. */
const tooLong = "9999999";
const sipPorts: readonly number[] = [5060, 5061];

export interface RegistrarOptions {
  /** The first registrar, then the second. */
  readonly hosts: readonly [Host, Host];
  readonly clock: Clock;
  readonly runtime: Runtime;
  readonly settings: () => LabSettings;
  readonly changes: Stream<LabSettings>;
  readonly log: LabLog;
  readonly signal: AbortSignal;
}

/** The programs that run now; undefined: stopped. */
export interface Registrars {
  first(): LabSipServer | undefined;
  second(): LabSipServer | undefined;
}

/** Runs both until the signal. */
export function startRegistrars(options: RegistrarOptions): Registrars {
  const { hosts, runtime, settings, changes, log, signal } = options;
  const make = (host: Host, state: () => RegistrarState, status: () => number | undefined): Registrar =>
    new Registrar({ host, runtime, settings, state, status, signal });
  let isRestarting = false;
  const common = (): number | undefined => settings().sip.registerStatus;
  const first = make(hosts[0], () => (isRestarting ? "stopped" : settings().sip.first), common);
  const second = make(
    hosts[1],
    () => settings().sip.second,
    () => settings().sip.secondStatus ?? common(),
  );
  const refresh = (): void => {
    first.refresh();
    second.refresh();
  };
  changes.subscribe(refresh, { signal });

  const alarms: Alarm[] = [];
  let restarted: LabSettings["sip"]["restart"];
  const restartAfter = (span: number, isDown: boolean): void => {
    alarms.push(
      options.clock.alarm(later(options.clock.now(), span), () => {
        log.teller("sip 1")(isDown ? "stopped" : "started");
        isRestarting = isDown;
        refresh();
        const downMs = restarted?.downMs ?? 0;
        if (isDown) restartAfter(downMs, false);
      }),
    );
  };
  log.added.subscribe(
    ({ by, what }) => {
      const { restart } = settings().sip;
      if (by !== "sip 1" || what !== "registered" || restart === undefined || restart === restarted) return;
      restarted = restart;
      restartAfter(restart.afterMs, true);
    },
    { signal },
  );
  signal.addEventListener(
    "abort",
    () => {
      for (const alarm of alarms) alarm.cancel();
    },
    { once: true },
  );
  refresh();
  return { first: () => first.server, second: () => second.server };
}

interface RegistrarParts {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly settings: () => LabSettings;
  readonly state: () => RegistrarState;
  /** Every REGISTER is answered so; undefined: properly. */
  readonly status: () => number | undefined;
  readonly signal: AbortSignal;
}

/** One registrar: a program that is there or not, on a machine that hears or not. */
class Registrar {
  readonly #parts: RegistrarParts;
  #life: AbortController | undefined;
  server: LabSipServer | undefined;

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
  }

  /** Makes the program and the machine what the settings say. */
  refresh(): void {
    const { host } = this.#parts;
    const state = this.#parts.state();
    if (state === "off") host.deafTo.set("sip", isSip);
    else host.deafTo.delete("sip");
    if (state !== "up") {
      this.#life?.abort();
      this.#life = undefined;
      this.server = undefined;
      return;
    }
    this.server ??= this.#start();
    const { behaviour } = this.server;
    behaviour.registerStatus = this.#parts.status();
    behaviour.registerLines = behaviour.registerStatus === 423 ? [rawLine(headers.minExpires, tooLong)] : [];
  }

  #start(): LabSipServer {
    const { host, runtime, settings, signal } = this.#parts;
    this.#life = new AbortController();
    return new LabSipServer({
      runtime,
      sockets: host.stack.sockets,
      address: host.address,
      get users() {
        return settings().sip.users;
      },
      signal: AbortSignal.any([this.#life.signal, signal]),
    });
  }
}

function isSip(packet: Ip4Packet): boolean {
  const hasPorts = packet.protocol === protocol.udp || packet.protocol === protocol.tcp;
  return hasPorts && sipPorts.includes(u16(packet.payload, 2));
}
