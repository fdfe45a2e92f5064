// Numbers of the lab that answer by themselves, and callers that are nobody's phone: far ends with sound of their own.
import type { Endpoint, Sockets } from "#hal/contract/sockets.ts";
import type { Clock } from "#hal/contract/time.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import { LabMedia } from "#test/lab/sip/rtp-echo.ts";
import type { FarEnd } from "./far-end.ts";
import type { Person } from "./ladders.ts";

/** What a number does. The numbers are those of the SIP server of the lab, and Asterisk's where both have them. */
export interface Service {
  readonly refuse?: "busy" | "congestion";
  /** Rings, and never answers. */
  readonly isDeaf?: boolean;
  readonly media?: "echo" | "tone";
  readonly answerAfterMs?: number;
  readonly hangUpAfterMs?: number;
  /** Leaves a message for this line when the caller has hung up. */
  readonly messageFor?: string;
}

export const services: Readonly<Record<string, Service>> = {
  "600": { media: "echo" },
  "601": { media: "tone" },
  "604": { refuse: "busy" },
  "605": { refuse: "congestion" },
  "606": { isDeaf: true },
  "608": { media: "echo", answerAfterMs: 500, hangUpAfterMs: 2000 },
  "8500": { media: "tone" },
  "8501": { media: "tone", messageFor: "1001" },
};

/** Media ports of the lab's numbers; their sockets outlive a call manager that is killed. */
export class MediaDesk {
  readonly address: string;
  readonly #sockets: Sockets;
  readonly #clock: Clock;
  readonly #firstPort: number;
  readonly #open = new Set<LabMedia>();
  #port: number;

  constructor(options: { sockets: Sockets; clock: Clock; address: string; firstPort: number }) {
    this.#sockets = options.sockets;
    this.#clock = options.clock;
    this.address = options.address;
    this.#firstPort = options.firstPort;
    this.#port = options.firstPort;
  }

  open(): LabMedia {
    this.#port = this.#port >= this.#firstPort + 4000 ? this.#firstPort : this.#port + 2;
    const media = new LabMedia(this.#sockets, this.#clock, this.#port);
    this.#open.add(media);
    return media;
  }

  close(media: LabMedia): void {
    if (this.#open.delete(media)) media.close();
  }

  closeAll(): void {
    for (const media of [...this.#open]) this.close(media);
  }
}

/** A far end that is no phone. */
export class Machine implements FarEnd {
  readonly number: string;
  readonly name: string;
  readonly media: LabMedia;
  readonly #desk: MediaDesk;
  readonly #kind: "echo" | "tone";
  #isPlaying = false;
  #isOver = false;
  partner: FarEnd | undefined;
  /** Called once when its partner left. */
  onLeft: (() => void) | undefined;

  constructor(desk: MediaDesk, person: Person, kind: "echo" | "tone") {
    this.#desk = desk;
    this.number = person.number;
    this.name = person.name;
    this.#kind = kind;
    this.media = desk.open();
  }

  rtp(): Endpoint {
    return { address: this.#desk.address, port: this.media.port };
  }

  partnerMoved(rtp: Endpoint | undefined): void {
    if (rtp === undefined || this.#kind === "echo" || this.#isPlaying) return;
    this.#isPlaying = true;
    this.media.play(rtp);
  }

  partnerChanged(partner: FarEnd): void {
    this.partner = partner;
    this.partnerMoved(partner.rtp());
  }

  partnerLeft(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.partner = undefined;
    this.#desk.close(this.media);
    this.onLeft?.();
  }

  hangUp(): void {
    const { partner } = this;
    this.partnerLeft();
    partner?.partnerLeft();
  }
}

/** Alarms that end together. */
export class Alarms {
  readonly #clock: Clock;
  readonly #pending = new Set<Alarm>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(spanMs: number, act: () => void): Alarm {
    const alarm = this.#clock.alarm(later(this.#clock.now(), spanMs), () => {
      this.#pending.delete(alarm);
      act();
    });
    this.#pending.add(alarm);
    return alarm;
  }

  cancel(alarm: Alarm | undefined): void {
    if (alarm === undefined) return;
    this.#pending.delete(alarm);
    alarm.cancel();
  }

  cancelAll(): void {
    for (const alarm of this.#pending) alarm.cancel();
    this.#pending.clear();
  }
}
