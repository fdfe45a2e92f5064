// A call manager of the lab: phones register by TCP, and their calls are switched. It behaves as its play says.
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import type { Connection, Sockets } from "#hal/contract/sockets.ts";
import type { Clock } from "#hal/contract/time.ts";
import type { Tell } from "#test/lab/log.ts";
import type { LabDevice, LabDevices } from "./devices.ts";
import type { Person } from "./ladders.ts";
import { order } from "./order.ts";
import type { CallManagerPlay } from "./play.ts";
import { takePress } from "./presses.ts";
import type { Machine, MediaDesk } from "./services.ts";
import { Station } from "./station.ts";
import { ownerOf, Switchboard } from "./switchboard.ts";

export interface CallManagerOptions {
  readonly clock: Clock;
  readonly sockets: Sockets;
  readonly address: string;
  readonly port: number;
  readonly desk: MediaDesk;
  devices(): LabDevices;
  play(): CallManagerPlay;
  /** UTC now, for DefineTimeDate. */
  wallUnixMs(): number;
  readonly tell: Tell;
}

export class LabCallManager {
  readonly board: Switchboard;
  readonly #options: CallManagerOptions;
  readonly #life = new AbortController();
  readonly #stations = new Set<Station>();
  /** Sees every press and answer before it is taken; true keeps it from being taken. */
  intercept: ((station: Station, message: PhoneMessage) => boolean) | undefined;

  constructor(options: CallManagerOptions) {
    this.#options = options;
    this.board = new Switchboard({
      clock: options.clock,
      desk: options.desk,
      wallUnixMs: options.wallUnixMs,
      owner: (number) => this.#owner(number),
      stations: () => this.registered(),
      tell: options.tell,
    });
  }

  /** Listens from now on. */
  async listen(): Promise<void> {
    const { sockets, port } = this.#options;
    const { signal } = this.#life;
    const listener = await sockets.listenTcp(port, { signal });
    listener.connections.subscribe((connection) => this.#accept(connection), { signal });
  }

  /** Phones that are in. */
  registered(): readonly Station[] {
    return [...this.#stations].filter(({ isRegistered }) => isRegistered);
  }

  /** Open connections, registered or not: standby connections are among them. */
  get connectionCount(): number {
    return this.#stations.size;
  }

  station(name: string): Station | undefined {
    return this.registered().find((station) => station.name === name);
  }

  /** The only phone that is in. */
  only(): Station {
    const [station, ...others] = this.registered();
    if (station === undefined || others.length > 0)
      throw new Error(
        `one phone is expected to be registered, there are ${others.length + (station ? 1 : 0)}`,
      );
    return station;
  }

  /** 1 reset, 2 restart, 3 apply configuration. */
  reset(name: string, type: 1 | 2 | 3): void {
    this.station(name)?.send(order("reset", { type }));
  }

  /** Somebody from outside calls a line; undefined when no phone has it. */
  ring(number: string, from: Person, media?: "echo" | "tone"): Machine | undefined {
    return this.board.ring(number, from, media);
  }

  /** The program ends: its connections are closed, or reset as by a machine that lost its power and is back. */
  close(how: "closed" | "reset" = "closed"): void {
    this.#life.abort(new Error("the call manager ends"));
    this.board.close();
    for (const station of [...this.#stations]) {
      if (how === "reset") station.reset();
      else station.close();
    }
  }

  #accept(connection: Connection): void {
    const { tell, address, devices, wallUnixMs } = this.#options;
    const options = this.#options;
    const station: Station = new Station(connection, {
      get play() {
        return options.play();
      },
      address,
      device: (name): LabDevice | undefined => devices()[name],
      wallUnixMs,
      tell: (what, facts) => tell(what, facts),
      registered: (one) => this.#entered(one),
      heard: (one, message) => {
        if (this.intercept?.(one, message) !== true) takePress(this.board, one, message);
      },
      gone: (one) => {
        this.#stations.delete(one);
        if (!this.#life.signal.aborted) this.board.drop(one);
      },
    });
    this.#stations.add(station);
  }

  /** What a server tells a phone that has just asked for everything. */
  #entered(station: Station): void {
    for (const other of this.registered())
      if (other !== station && other.name === station.name) other.close(); // a device is registered once
    for (const placed of station.buttons) this.board.showHint(station, placed);
    if (station.play.ladder === "chan-sccp") {
      this.board.showMessages(station);
      station.send(
        order("clearPromptStatus"),
        order("displayPromptStatus", { text: "\x80\x13" }),
        order("displayNotify", { timeoutSec: 5, text: "Lab \x80\x18" }),
      );
    } else if ([...this.board.messages.values()].some((count) => count > 0)) this.board.showMessages(station);
    for (const { button } of station.buttons) if (button.kind === "line") this.board.showHints(button.number);
    this.#options.tell("ready", { device: station.name });
  }

  #owner(number: string): { station: Station; line: number; own: Person } | undefined {
    for (const station of this.registered())
      for (const { button, instance } of station.buttons) {
        if (button.kind !== "line" || button.number !== number) continue;
        const own = ownerOf(station, instance);
        if (own !== undefined) return { station, line: instance, own };
      }
    return undefined;
  }
}
