// One connection of a phone to a call manager of the lab: bytes to messages and back, registration, keepalives.
import { Framer } from "#firmware/sccp/framer.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Connection } from "#hal/contract/sockets.ts";
import { type LabDevice, type PlacedButton, placeButtons } from "./devices.ts";
import { bytesOf } from "./forms.ts";
import { type Order, order } from "./order.ts";
import type { CallManagerPlay } from "./play.ts";
import { answerSetup } from "./setup.ts";

/** What a station asks of the call manager it talks to. */
export interface StationHost {
  readonly play: CallManagerPlay;
  device(name: string): LabDevice | undefined;
  /** Local time for DefineTimeDate. */
  wallUnixMs(): number;
  /** What a server name is asked for. */
  readonly address: string;
  tell(what: string, facts: Readonly<Record<string, string | number>>): void;
  /** A phone is in, and has asked for everything. */
  registered(station: Station): void;
  /** A press, or an answer about media. */
  heard(station: Station, message: PhoneMessage): void;
  gone(station: Station): void;
}

/** Messages of a station that are kept for tests, newest last. */
const mostKept = 500;

export class Station {
  readonly connection: Connection;
  /** Device name; empty until it registered. */
  name = "";
  version = 3;
  buttons: readonly PlacedButton[] = [];
  isRegistered = false;
  /** As Register said: what the phone keeps from before. */
  activeStreams = 0;
  keepAlives = 0;
  readonly heard: PhoneMessage[] = [];
  readonly sent: ServerMessage[] = [];
  readonly #host: StationHost;
  readonly #scope = new AbortController();

  constructor(connection: Connection, host: StationHost) {
    this.connection = connection;
    this.#host = host;
    const framer = new Framer();
    const { signal } = this.#scope;
    connection.chunks.subscribe(
      (chunk) => {
        try {
          for (const frame of framer.push(chunk)) this.#receive(frame);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          host.tell("bad stream", { from: connection.remote.address, error: error.message });
          this.close();
        }
      },
      { signal },
    );
    connection.closed.subscribe(() => this.#left("closed"), { signal });
  }

  get play(): CallManagerPlay {
    return this.#host.play;
  }

  send(...messages: readonly ServerMessage[]): void {
    for (const message of messages) {
      this.sent.push(message);
      if (this.sent.length > mostKept) this.sent.shift();
      this.connection.write(bytesOf(message, this));
    }
  }

  /** Bytes as they are, for what no server would say. */
  sendRaw(bytes: Uint8Array): void {
    this.connection.write(bytes);
  }

  /** FIN: the server ends the connection. */
  close(): void {
    this.connection.close();
    this.#left("closed here");
  }

  /** RST: the server's machine does not know the connection any more. */
  reset(): void {
    this.connection.reset();
    this.#left("reset here");
  }

  #left(why: string): void {
    if (this.#scope.signal.aborted) return;
    this.#scope.abort(new Error(why));
    if (this.isRegistered) this.#host.tell("gone", { device: this.name, why });
    this.isRegistered = false;
    this.#host.gone(this);
  }

  #receive(frame: Uint8Array): void {
    let message: PhoneMessage;
    try {
      ({ message } = codecFor(this.version).decodePhone(frame));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#host.tell("malformed", { device: this.name, error: error.message });
      return;
    }
    this.heard.push(message);
    if (this.heard.length > mostKept) this.heard.shift();
    this.#take(message);
  }

  #take(message: PhoneMessage): void {
    const { play } = this;
    if (play.silentTo.includes(message.kind)) return;
    switch (message.kind) {
      case "keepAliveReq":
        this.keepAlives++;
        this.send(order("keepAliveAck"));
        return;
      case "registerReq":
        this.#register(message);
        return;
      case "registerTokenReq":
        if (play.token === "ack") this.send(order("registerTokenAck"));
        else if (play.token !== "silence")
          this.send(order("registerTokenReject", { waitSec: play.token.rejectSec }));
        return;
      case "unregisterReq":
        this.#unregister();
        return;
      case "alarm":
        this.#host.tell("alarm", { text: message.text });
        return;
      default:
        break;
    }
    if (!this.isRegistered) return;
    const answers = answerSetup(this, message, this.#host);
    if (answers === undefined) this.#host.heard(this, message);
    else this.send(...answers);
    if (message.kind === "timeDateReq") this.#host.registered(this);
  }

  #register(message: Extract<PhoneMessage, { readonly kind: "registerReq" }>): void {
    const { play } = this;
    const { deviceName, protocolVersion, activeStreams } = message;
    const device = this.#host.device(deviceName);
    const text = play.rejectText ?? (device === undefined ? play.unknownText : undefined);
    if (device === undefined || text !== undefined) {
      this.#host.tell("rejected", { device: deviceName });
      this.send(order("registerReject", { text: text ?? "" }));
      return;
    }
    this.name = deviceName;
    this.isRegistered = true;
    this.activeStreams = activeStreams;
    const version = Math.max(3, Math.min(protocolVersion, play.newestVersion));
    this.buttons = placeButtons(device, version >= play.dynamicAnswersFrom);
    this.#host.tell("registered", { device: deviceName, version, activeStreams });
    if (play.hasLampsFirst)
      this.send(
        order("setLamp", { stimulus: 0x0f, instance: 1, mode: 1 }),
        order("setLamp", { stimulus: 0x0f, instance: 0, mode: 1 }),
      );
    this.#acknowledge(version);
    this.version = version;
    this.send(order("capabilitiesReq"));
  }

  #acknowledge(version: number): void {
    const { play } = this;
    const byte: Partial<Order<"registerAck">> =
      play.versionByte === "0x30"
        ? { protocolVersion: 0x30 }
        : { protocolVersion: version, feature1: 0x20, feature2: 0xf1, feature3: version > 10 ? 0xff : 0xfe };
    const ack = order("registerAck", {
      keepAliveSec: play.keepAliveSec,
      dateTemplate: play.dateTemplate,
      standbyKeepAliveSec: play.standbyKeepAliveSec,
      ...byte,
    });
    this.sent.push(ack);
    const bodyLength = play.versionByte === "absent" ? { bodyLength: 12 } : {};
    this.sendRaw(codecFor(3).encodeServer(ack, bodyLength));
  }

  #unregister(): void {
    const { play } = this;
    this.#host.tell("unregister", { device: this.name });
    if (play.unregister === "refuse") {
      this.send(order("unregisterAck", { status: 2 }));
      return;
    }
    if (play.unregister === "ack") this.send(order("unregisterAck"));
    this.close();
  }
}
