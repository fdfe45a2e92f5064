// The lab's call managers on their hosts: three of them, each up, stopped or off the network as the settings say.
import type { Stream } from "#hal/contract/stream.ts";
import type { Clock } from "#hal/contract/time.ts";
import { type Ip4Packet, protocol } from "#hal/sim/net/ip4-packet.ts";
import { u16 } from "#hal/sim/net/octets.ts";
import type { Host } from "./host.ts";
import type { LabLog } from "./log.ts";
import { LabCallManager } from "./sccp/call-manager.ts";
import { MediaDesk } from "./sccp/services.ts";
import type { LabSettings, RegistrarState } from "./settings.ts";

/** Where every call manager listens. */
export const sccpPort = 2000;
const firstMediaPort = 30_000;

/** Names of the call managers, in the order of the phone's list. */
export const managerNames = ["first", "second", "third"] as const;
export type ManagerName = (typeof managerNames)[number];

export interface CallManagersOptions {
  readonly hosts: Readonly<Record<ManagerName, Host>>;
  readonly clock: Clock;
  readonly settings: () => LabSettings;
  readonly changes: Stream<LabSettings>;
  readonly log: LabLog;
  readonly signal: AbortSignal;
}

/** The programs that run now; undefined: stopped. */
export type CallManagers = (name: ManagerName) => LabCallManager | undefined;

/** Runs them until the signal. Their log entries are by `sccp 1`, `sccp 2`, `sccp 3`. */
export function startCallManagers(options: CallManagersOptions): CallManagers {
  const { hosts, settings, changes, signal } = options;
  const programs = new Map(
    managerNames.map((name, i) => [name, new Program(hosts[name], `sccp ${i + 1}`, options)]),
  );
  const refresh = (): void => {
    for (const [name, program] of programs) program.refresh(settings().sccp.servers[name]);
  };
  changes.subscribe(refresh, { signal });
  signal.addEventListener(
    "abort",
    () => {
      for (const program of programs.values()) program.end();
    },
    { once: true },
  );
  refresh();
  return (name) => programs.get(name)?.manager;
}

/** One call manager: a program that is there or not, on a machine that hears or not. */
class Program {
  readonly #host: Host;
  readonly #options: CallManagersOptions;
  readonly #name: string;
  /** Sound goes on when the program is killed: it is made by another one. */
  readonly #desk: MediaDesk;
  manager: LabCallManager | undefined;

  constructor(host: Host, name: string, options: CallManagersOptions) {
    this.#host = host;
    this.#name = name;
    this.#options = options;
    const { sockets } = host.stack;
    this.#desk = new MediaDesk({
      sockets,
      clock: options.clock,
      address: host.address,
      firstPort: firstMediaPort,
    });
  }

  refresh(state: RegistrarState): void {
    if (state === "off") this.#host.deafTo.set("sccp", isSccp);
    else this.#host.deafTo.delete("sccp");
    if (state === "stopped") {
      this.manager?.close();
      this.manager = undefined;
    } else if (state === "up") this.manager ??= this.#start();
  }

  end(): void {
    this.manager?.close();
    this.#desk.closeAll();
  }

  #start(): LabCallManager {
    const { clock, settings, log } = this.#options;
    const manager = new LabCallManager({
      clock,
      sockets: this.#host.stack.sockets,
      address: this.#host.address,
      port: sccpPort,
      desk: this.#desk,
      devices: () => settings().sccp.devices,
      play: () => settings().sccp.play,
      wallUnixMs: () => settings().time.unixMsAtZero + clock.now(),
      tell: log.teller(this.#name),
    });
    manager.listen().catch((error: unknown) => log.teller(this.#name)("failed", { error: String(error) }));
    return manager;
  }
}

function isSccp(packet: Ip4Packet): boolean {
  return packet.protocol === protocol.tcp && u16(packet.payload, 2) === sccpPort;
}
