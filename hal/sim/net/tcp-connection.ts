// One TCP connection (RFC 9293 §3.10), after the connection-opening call. No congestion control, SACK, time stamps or
// window scaling: fast retransmit and partial acknowledgments (RFC 6582) repair what a bad cable loses.
import { HalError } from "#hal/contract/errors.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import { largestWindow, ReceiveQueue } from "./tcp-receive-queue.ts";
import { advance, distance, type Sequence, spanOf, type TcpSegment } from "./tcp-segment.ts";
import { type SendItem, SendQueue } from "./tcp-send-queue.ts";
import { dataRetries, finWait2Ms, RoundTrip, synAckRetries, synRetries, timeWaitMs } from "./tcp-timing.ts";

/** RFC 9293 §3.3.2. */
export type TcpState =
  | "syn-sent"
  | "syn-received"
  | "established"
  | "fin-wait-1"
  | "fin-wait-2"
  | "close-wait"
  | "closing"
  | "last-ack"
  | "time-wait"
  | "closed";

/** A segment without the ports, which the layer knows. */
export type SegmentBody = Omit<TcpSegment, "sourcePort" | "destinationPort">;

/** What a connection asks of its surroundings, and tells them. */
export interface TcpHooks {
  transmit(segment: SegmentBody): void;
  established(): void;
  received(bytes: Uint8Array): void;
  /** The peer sends nothing more. */
  finished(): void;
  failed(error: HalError): void;
  /** The state is `closed`: nothing will happen any more. */
  gone(): void;
  /** Received bytes that nobody has taken yet. */
  keptBytes(): number;
}

export interface TcpConnectionOptions {
  readonly clock: Clock;
  readonly hooks: TcpHooks;
  /** Initial sequence number. */
  readonly initial: Sequence;
  /** Largest payload we take. */
  readonly ownMss: number;
  /** The peer, for errors. */
  readonly name: string;
  /** The SYN that was received, for the passive side. */
  readonly syn?: TcpSegment;
}

/** RFC 9293 §3.7.1: when the peer names no MSS. */
const defaultMss = 536;
const nothing = new Uint8Array(0);
const duplicatesForRepeat = 3;
const challengePauseMs = 500;

export class TcpConnection {
  readonly #options: TcpConnectionOptions;
  readonly #send: SendQueue;
  readonly #roundTrip = new RoundTrip();
  #receive: ReceiveQueue;
  #state: TcpState;
  #peerMss = defaultMss;
  #peerWindow = 0;
  #largestPeerWindow = 0;
  /** SND.WL1 and SND.WL2: the segment that last set the window. */
  #windowSequence: Sequence = 0;
  #windowAcknowledgment: Sequence = 0;
  #announcedWindow = largestWindow;
  #duplicates = 0;
  /** While losses are repaired: everything before this was sent before the loss showed. */
  #recoverUntil: Sequence | undefined;
  #retries = 0;
  #alarm: Alarm | undefined;
  #owesAck = false;
  #challengedAt: MonoMs | undefined;

  constructor(options: TcpConnectionOptions) {
    const { syn } = options;
    this.#options = options;
    this.#send = new SendQueue(options.initial);
    this.#receive = new ReceiveQueue(syn === undefined ? 0 : advance(syn.sequence, 1));
    this.#state = syn === undefined ? "syn-sent" : "syn-received";
    if (syn !== undefined) this.#meet(syn);
    this.#send.pushSyn();
    this.#peerWindow = Math.max(this.#peerWindow, 1); // room for the SYN itself
    this.#output();
  }

  get state(): TcpState {
    return this.#state;
  }

  /** Where a new connection of the same peer must begin to replace one in time-wait (RFC 6191). */
  get expected(): Sequence {
    return this.#receive.next;
  }

  get unsentBytes(): number {
    return this.#send.unsentBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#state !== "established" && this.#state !== "close-wait") return;
    this.#send.pushData(bytes, Math.min(this.#peerMss, this.#options.ownMss));
    this.#output();
  }

  /** FIN after what is queued. */
  close(): void {
    if (this.#state === "established") this.#state = "fin-wait-1";
    else if (this.#state === "close-wait") this.#state = "last-ack";
    else return;
    this.#send.pushFin();
    this.#output();
  }

  /** RST, and nothing more. */
  reset(): void {
    if (this.#state === "closed") return;
    if (this.#state !== "syn-sent" && this.#state !== "time-wait")
      this.#transmit({ sequence: this.#send.next, rst: true });
    this.abandon();
  }

  /** Ends without a word to the peer. */
  abandon(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#alarm?.cancel();
    this.#options.hooks.gone();
  }

  /** The receiver took what it kept: tell a peer that was told to wait. */
  consumed(): void {
    const hasGrown = this.#window() - this.#announcedWindow >= largestWindow / 2;
    if (hasGrown && this.#state !== "closed") this.#acknowledge();
  }

  /** ICMP or ARP says the peer cannot be reached: ends an attempt to connect, and nothing else (RFC 1122 §4.2.3.9). */
  unreachable(error: HalError): void {
    if (this.#state === "syn-sent") this.#fail(error);
  }

  receive(segment: TcpSegment): void {
    if (this.#state === "closed") return;
    if (this.#state === "syn-sent") this.#receiveInSynSent(segment);
    else this.#receiveSynchronised(segment);
    this.#output();
    if (this.#owesAck && this.#isOpen()) this.#acknowledge();
    // A peer that still sends may take its time; one that is silent for so long has gone.
    if (this.#state === "fin-wait-2")
      this.#wait(finWait2Ms, () => {
        this.#options.hooks.finished();
        this.abandon();
      });
  }

  #receiveInSynSent(segment: TcpSegment): void {
    const { acknowledgment } = segment;
    const isAckGood = segment.ack && acknowledgment === this.#send.next;
    if (segment.ack && !isAckGood) {
      if (!segment.rst) this.#transmit({ sequence: acknowledgment, rst: true, ack: false });
      return;
    }
    if (segment.rst) {
      if (isAckGood) this.#fail(this.#error("refused", "connection refused"));
      return;
    }
    if (!segment.syn) return;
    this.#receive = new ReceiveQueue(advance(segment.sequence, 1));
    this.#meet(segment);
    if (isAckGood) {
      this.#acknowledged(segment);
      this.#establish(segment);
      this.#owesAck = true;
    } else {
      // Both sides connected at once: our SYN goes again, now with an ACK.
      this.#state = "syn-received";
      this.#repeatOldest();
    }
  }

  #receiveSynchronised(segment: TcpSegment): void {
    const window = this.#window();
    if (!isAcceptable(segment, this.#receive.next, window)) {
      if (segment.rst) return;
      if (segment.syn && !segment.ack && this.#state === "syn-received") this.#repeatOldest();
      else if (spanOf(segment) > 0 || this.#mayChallenge()) this.#owesAck = true;
      if (segment.fin && this.#state === "time-wait") this.#wait(timeWaitMs, () => this.abandon());
      // RFC 9293 §3.10.7.4: with a window of zero the ACK of a probe still counts.
      if (window > 0 || segment.sequence !== this.#receive.next || !segment.ack) return;
    }
    if (segment.rst) {
      // RFC 5961 §3.2: only an exact match resets; anything else in the window is asked to prove itself.
      if (segment.sequence === this.#receive.next) this.#fail(this.#error("refused", "connection reset"));
      else this.#owesAck = true;
      return;
    }
    if (segment.syn) {
      this.#owesAck = true; // RFC 5961 §4.2
      return;
    }
    if (segment.ack && this.#receiveAck(segment)) this.#receiveText(segment, window);
  }

  /** False when the segment is not to be looked at further. */
  #receiveAck(segment: TcpSegment): boolean {
    const { acknowledgment } = segment;
    if (distance(acknowledgment, this.#send.next) > 0) {
      // It acknowledges what was never sent.
      if (this.#state === "syn-received") this.#transmit({ sequence: acknowledgment, rst: true, ack: false });
      else this.#owesAck = true;
      return false;
    }
    if (this.#state === "syn-received") {
      if (distance(acknowledgment, this.#send.unacknowledged) <= 0) return false;
      this.#acknowledged(segment);
      this.#establish(segment);
      return this.#isOpen();
    }
    if (distance(acknowledgment, this.#send.unacknowledged) > 0) this.#acknowledged(segment);
    else if (acknowledgment === this.#send.unacknowledged) this.#duplicate(segment);
    this.#updateWindow(segment);
    if (this.#send.isEmpty) this.#finAcknowledged();
    return this.#isOpen();
  }

  #acknowledged(segment: TcpSegment): void {
    const { acknowledgment } = segment;
    const now = this.#options.clock.now();
    const newest = this.#send.acknowledge(acknowledgment);
    // Karn (RFC 6298 §3), and not while a hole delayed the acknowledgment of what came after it.
    const isTimed = newest !== undefined && !newest.isRepeated && this.#recoverUntil === undefined;
    if (isTimed && newest.sentAt !== undefined) this.#roundTrip.sample(now - newest.sentAt);
    this.#roundTrip.recover();
    this.#retries = 0;
    this.#duplicates = 0;
    this.#cancelAlarm();
    if (this.#recoverUntil !== undefined) {
      // RFC 6582 §3.2: an acknowledgment short of the loss shows the next one.
      if (distance(acknowledgment, this.#recoverUntil) >= 0) this.#recoverUntil = undefined;
      else this.#repeatOldest();
    }
  }

  /** RFC 5681 §2 says what counts as a duplicate; the third one means a loss. */
  #duplicate(segment: TcpSegment): void {
    // An answer to a probe of a closed window: the peer lives.
    if (!this.#send.isInFlight) this.#retries = 0;
    const isDuplicate = this.#send.isInFlight && spanOf(segment) === 0 && segment.window === this.#peerWindow;
    if (!isDuplicate) return;
    this.#duplicates++;
    if (this.#duplicates !== duplicatesForRepeat || this.#recoverUntil !== undefined) return;
    this.#recoverUntil = this.#send.next;
    this.#repeatOldest();
  }

  #updateWindow(segment: TcpSegment): void {
    const { sequence, acknowledgment } = segment;
    const isNewer =
      distance(sequence, this.#windowSequence) > 0 ||
      (sequence === this.#windowSequence && distance(acknowledgment, this.#windowAcknowledgment) >= 0);
    if (!isNewer) return;
    if (segment.window > this.#peerWindow && !this.#send.isInFlight) this.#cancelAlarm();
    this.#peerWindow = segment.window;
    this.#largestPeerWindow = Math.max(this.#largestPeerWindow, segment.window);
    this.#windowSequence = sequence;
    this.#windowAcknowledgment = acknowledgment;
  }

  /** Everything we sent has arrived; was the FIN among it? */
  #finAcknowledged(): void {
    if (this.#state === "fin-wait-1") this.#state = "fin-wait-2";
    else if (this.#state === "closing") this.#waitOut();
    else if (this.#state === "last-ack") this.abandon();
  }

  #receiveText(segment: TcpSegment, window: number): void {
    if (segment.payload.length === 0 && !segment.fin) return;
    this.#owesAck = true;
    const canReceive =
      this.#state === "established" || this.#state === "fin-wait-1" || this.#state === "fin-wait-2";
    if (!canReceive) return;
    const { chunks, isFinished } = this.#receive.add(segment.sequence, segment.payload, segment.fin, window);
    for (const chunk of chunks) this.#options.hooks.received(chunk);
    if (isFinished) this.#receiveFin();
  }

  #receiveFin(): void {
    if (this.#state === "established") this.#state = "close-wait";
    else if (this.#state === "fin-wait-1") this.#state = "closing";
    else if (this.#state === "fin-wait-2") this.#waitOut();
    this.#options.hooks.finished();
  }

  #waitOut(): void {
    this.#state = "time-wait";
    this.#wait(timeWaitMs, () => this.abandon());
  }

  #meet(syn: TcpSegment): void {
    this.#peerMss = syn.mss ?? defaultMss;
    this.#peerWindow = syn.window;
    this.#windowSequence = syn.sequence;
    this.#windowAcknowledgment = syn.acknowledgment;
  }

  #establish(segment: TcpSegment): void {
    this.#state = "established";
    this.#peerWindow = segment.window;
    this.#windowSequence = segment.sequence;
    this.#windowAcknowledgment = segment.acknowledgment;
    this.#options.hooks.established();
  }

  /** Sends what the window allows, and keeps the one alarm that the state needs. */
  #output(): void {
    if (this.#state === "closed") return;
    const now = this.#options.clock.now();
    // RFC 1122 §4.2.3.4: half of the largest window seen is worth a segment, with nothing on its way.
    if (!this.#send.isInFlight && this.#room() * 2 >= this.#largestPeerWindow) this.#send.split(this.#room());
    for (let item = this.#send.take(this.#room(), now); item !== undefined; ) {
      this.#sendItem(item);
      item = this.#send.take(this.#room(), now);
    }
    if (this.#alarm !== undefined) return;
    if (this.#send.isInFlight) this.#wait(this.#roundTrip.rtoMs, () => this.#retransmit());
    else if (this.#send.isBlocked(this.#room())) this.#wait(this.#roundTrip.rtoMs, () => this.#persist());
  }

  #room(): number {
    return this.#peerWindow - distance(this.#send.next, this.#send.unacknowledged);
  }

  /** RFC 6298 §5.4 to 5.6. */
  #retransmit(): void {
    const most =
      this.#state === "syn-sent" ? synRetries : this.#state === "syn-received" ? synAckRetries : dataRetries;
    this.#retries++;
    if (this.#retries > most) {
      this.#fail(this.#error("timeout", `no acknowledgment after ${most} retransmissions`));
      return;
    }
    this.#roundTrip.backOff();
    this.#recoverUntil = this.#send.next;
    this.#duplicates = 0;
    this.#repeatOldest();
    this.#output();
  }

  /** RFC 9293 §3.8.6.1: asks a closed window whether it has opened, and fills a small one. */
  #persist(): void {
    this.#retries++;
    if (this.#retries > dataRetries) {
      this.#fail(this.#error("timeout", "the window stays closed and nobody answers"));
      return;
    }
    this.#roundTrip.backOff();
    if (this.#room() > 0) this.#send.split(this.#room());
    else this.#transmit({ sequence: advance(this.#send.unacknowledged, -1) });
    this.#output();
  }

  #repeatOldest(): void {
    const item = this.#send.repeat();
    if (item !== undefined) this.#sendItem(item);
  }

  #sendItem(item: SendItem): void {
    const isSyn = item.kind === "syn";
    this.#transmit({
      sequence: item.sequence,
      syn: isSyn,
      ack: this.#state !== "syn-sent",
      fin: item.kind === "fin",
      psh: item.isPushed,
      mss: isSyn ? this.#options.ownMss : undefined,
      payload: item.bytes,
    });
  }

  #acknowledge(): void {
    this.#transmit({ sequence: this.#send.next });
  }

  #transmit(segment: Partial<SegmentBody> & { readonly sequence: Sequence }): void {
    const hasAck = segment.ack ?? true;
    this.#announcedWindow = this.#window();
    this.#owesAck = false;
    this.#options.hooks.transmit({
      acknowledgment: hasAck ? this.#receive.next : 0,
      ack: hasAck,
      syn: false,
      fin: false,
      rst: false,
      psh: false,
      window: this.#announcedWindow,
      mss: undefined,
      payload: nothing,
      ...segment,
    });
  }

  #window(): number {
    return Math.max(0, largestWindow - this.#options.hooks.keptBytes());
  }

  /** Linux: tcp_invalid_ratelimit, so that two confused ends do not answer each other for ever. */
  #mayChallenge(): boolean {
    const now = this.#options.clock.now();
    if (this.#challengedAt !== undefined && now - this.#challengedAt < challengePauseMs) return false;
    this.#challengedAt = now;
    return true;
  }

  #wait(spanMs: number, ring: () => void): void {
    const { clock } = this.#options;
    this.#cancelAlarm();
    this.#alarm = clock.alarm(later(clock.now(), spanMs), () => {
      this.#alarm = undefined;
      ring();
    });
  }

  #cancelAlarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #fail(error: HalError): void {
    this.#options.hooks.failed(error);
    this.abandon();
  }

  #error(code: "refused" | "timeout", detail: string): HalError {
    return new HalError(code, "tcp", this.#options.name, detail);
  }

  /** False once a callback ended the connection. */
  #isOpen(): boolean {
    return this.#state !== "closed";
  }
}

/** RFC 9293 §3.4: some part of the segment lies in the window. */
function isAcceptable(segment: TcpSegment, next: Sequence, window: number): boolean {
  const offset = distance(segment.sequence, next);
  const span = spanOf(segment);
  if (span === 0) return window === 0 ? offset === 0 : offset >= 0 && offset < window;
  const last = offset + span - 1;
  return window > 0 && ((offset >= 0 && offset < window) || (last >= 0 && last < window));
}
