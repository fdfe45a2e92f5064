// What the far end does with sound: sends it back, or plays the digital milliwatt (ITU-T G.711, table 5).

import type { Endpoint, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import type { Clock } from "#hal/contract/time.ts";
import { type Alarm, later } from "#hal/contract/time.ts";

/** One period of 1 kHz at 0 dBm0, µ-law. */
const milliwatt = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e];
const packetMs = 20;

/** A stream of our own making, so that nobody takes the echo for a loop (RFC 3550 §8.2). */
const ownSource = [0x4c, 0x41, 0x42, 0x00];

/** One media port of the lab. */
export class LabMedia {
  readonly port: number;
  /** Packets that came. */
  received = 0;
  readonly #socket: UdpSocket;
  readonly #clock: Clock;
  readonly #scope = new AbortController();
  #alarm: Alarm | undefined;
  #sequence = 0;
  #isEchoing = true;

  constructor(sockets: Sockets, clock: Clock, port: number) {
    this.#socket = sockets.openUdp({ port });
    this.port = this.#socket.localPort;
    this.#clock = clock;
    this.#socket.datagrams.subscribe(({ bytes, from }) => this.#echo(bytes, from), {
      signal: this.#scope.signal,
    });
  }

  /** Stops or goes on sending back what comes: hold. */
  setEchoing(isEchoing: boolean): void {
    this.#isEchoing = isEchoing;
  }

  /** Plays the milliwatt to `to`. */
  play(to: Endpoint): void {
    const packet = new Uint8Array(12 + 160);
    packet.set([0x80, 0x00]);
    packet.set(ownSource, 8);
    for (let i = 0; i < 160; i++) packet[12 + i] = milliwatt[i % 8] ?? 0xff;
    new DataView(packet.buffer).setUint16(2, this.#sequence & 0xffff);
    new DataView(packet.buffer).setUint32(4, this.#sequence * 160);
    this.#sequence++;
    this.#socket.send(packet, to);
    this.#alarm = this.#clock.alarm(later(this.#clock.now(), packetMs), () => this.play(to));
  }

  close(): void {
    this.#alarm?.cancel();
    this.#scope.abort();
    this.#socket.close();
  }

  #echo(bytes: Uint8Array, from: Endpoint): void {
    this.received++;
    if (!this.#isEchoing || bytes.length < 12) return;
    const back = bytes.slice();
    back.set(ownSource, 8);
    this.#socket.send(back, from);
  }
}
