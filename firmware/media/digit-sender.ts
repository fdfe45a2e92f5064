// Digits out as telephone events (RFC 4733 §2.5.1): one packet per packet time while the key is held, the last one
// three times. Also says when a digit's time is over where it is put into the sound instead.

/** "the digit tones … at least 50 ms": shorter presses are lengthened, and so is the pause after them. */
const shortestMs = 50;
const shortestPauseMs = 50;
const transmissionsOfEnd = 3;
const longestUnits = 0xffff;

/** A digit to send. `durationUnits` undefined: until `release`. */
interface Wanted {
  readonly digit: string;
  durationUnits: number | undefined;
}

/** One event packet; several may be due at once where a long event goes over into its next segment. */
export interface EventPacket {
  /** Where the event, or this segment of it, began; counted like the sender's timeline, not yet cut to 32 bits. */
  readonly start: number;
  readonly marker: boolean;
  readonly isEnd: boolean;
  /** Of this segment so far, 1–65535. */
  readonly durationUnits: number;
  readonly digit: string;
}

interface Running {
  readonly wanted: Wanted;
  /** Of the whole event. */
  readonly begin: number;
  segment: number;
  isFirst: boolean;
  endsSent: number;
}

/** Digits of one stream, one after the other. Times are in timestamp units of the stream. */
export class DigitSender {
  readonly #perMs: number;
  readonly #queue: Wanted[] = [];
  #running: Running | undefined;
  #pauseUntil = Number.NEGATIVE_INFINITY;

  constructor(clockRateHz: number) {
    this.#perMs = clockRateHz / 1000;
  }

  /** Adds a digit behind those that wait. */
  press(digit: string, durationMs: number | undefined): void {
    const durationUnits =
      durationMs === undefined ? undefined : Math.max(shortestMs, Math.round(durationMs)) * this.#perMs;
    this.#queue.push({ digit, durationUnits });
  }

  /** Ends the newest digit that has no duration of its own, at `now` on the sender's timeline. */
  release(now: number): void {
    const held = [...(this.#running === undefined ? [] : [this.#running.wanted]), ...this.#queue].at(-1);
    if (held === undefined || held.durationUnits !== undefined) return;
    const begin = held === this.#running?.wanted ? this.#running.begin : now;
    held.durationUnits = Math.max(shortestMs * this.#perMs, now - begin);
  }

  /** True while a digit, or the pause after it, has yet to be sent. */
  get isBusy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0;
  }

  /** The digit that sounds in the interval from `start` on, for sending it inside the sound. */
  soundingAt(start: number): string | undefined {
    const running = this.#begin(start);
    if (running === undefined) return undefined;
    const duration = running.wanted.durationUnits;
    if (duration !== undefined && start - running.begin >= duration) {
      this.#finish(running.begin + duration);
      return undefined;
    }
    return running.wanted.digit;
  }

  /** What to send for the interval from `start` to `end`; empty: sound may be sent. */
  packetsFor(start: number, end: number): readonly EventPacket[] {
    const running = this.#begin(start);
    if (running === undefined) return [];
    const { digit, durationUnits: whole } = running.wanted;
    const packets: EventPacket[] = [];
    const elapsed = end - running.begin;
    const isOver = whole !== undefined && elapsed >= whole;
    const reported = isOver ? whole : elapsed;
    // "the sender MUST send a packet reporting this maximum duration but MUST NOT set the E bit … then begin
    // reporting a new segment with the RTP timestamp set to the time at which the previous segment ended"
    while (reported - (running.segment - running.begin) > longestUnits) {
      packets.push(this.#packet(running, digit, longestUnits, false));
      running.segment += longestUnits;
    }
    packets.push(this.#packet(running, digit, reported - (running.segment - running.begin), isOver));
    if (isOver) {
      running.endsSent++;
      if (running.endsSent === transmissionsOfEnd) this.#finish(running.begin + whole);
    }
    return packets;
  }

  #begin(start: number): Running | undefined {
    if (this.#running !== undefined) return this.#running;
    if (start < this.#pauseUntil) return undefined;
    const wanted = this.#queue.shift();
    if (wanted === undefined) return undefined;
    this.#running = { wanted, begin: start, segment: start, isFirst: true, endsSent: 0 };
    return this.#running;
  }

  #finish(endedAt: number): void {
    this.#running = undefined;
    this.#pauseUntil = endedAt + shortestPauseMs * this.#perMs;
  }

  #packet(running: Running, digit: string, durationUnits: number, isEnd: boolean): EventPacket {
    const marker = running.isFirst;
    running.isFirst = false;
    return { start: running.segment, marker, isEnd, durationUnits, digit };
  }
}
