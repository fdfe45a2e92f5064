// The sending half of a stream: samples in, RTP packets out, one per packet time of the sample clock. Timestamps count
// samples, sent or not, so that nothing drifts and a pause is seen as one.
import { encode } from "#firmware/wire/field.ts";
import type { MediaDirection, PayloadFormat, StreamSpec } from "#hal/contract/media.ts";
import type { Random } from "#hal/contract/random.ts";
import { type AudioCodec, meaningOf } from "./codec.ts";
import { comfortNoise, comfortNoiseType } from "./comfort-noise.ts";
import { DigitSender, type EventPacket } from "./digit-sender.ts";
import { dtmfTone } from "./dtmf.ts";
import { rtpPacket } from "./rtp.ts";
import { eventOfDigit, telephoneEvents } from "./telephone-event.ts";
import { ToneGenerator } from "./tone-generator.ts";
import { VoiceActivity } from "./voice-activity.ts";

/** Level written into event packets; tones of telephones are about so loud. */
const eventLevelDbm0 = -10;
/** A new comfort noise packet when the background changed by so much. */
const noiseStepDb = 3;

/** True where a direction includes sending. */
export const sends = (direction: MediaDirection): boolean =>
  direction === "sendrecv" || direction === "sendonly";

export class Sender {
  readonly #sampleRateHz: number;
  readonly #digits: DigitSender;
  readonly #activity = new VoiceActivity();
  readonly ssrc: number;
  #sequence: number;
  /** Start of the interval being collected, in timestamp units; never cut, cut to 32 bits in packets. */
  #timeline: number;
  #spec: StreamSpec;
  #codec: AudioCodec | undefined;
  #encode: ((samples: Int16Array) => Uint8Array) | undefined;
  #collected: Int16Array = new Int16Array(0);
  #filled = 0;
  #isHeard = false;
  #startsSpurt = true;
  #noiseSentDbov: number | undefined;
  #inBand: { readonly digit: string; readonly tone: ToneGenerator } | undefined;
  #packets = 0;
  #octets = 0;
  #packetsAtReports: readonly [number, number] = [0, 0];
  #beganAt: number | undefined;

  constructor(options: {
    readonly spec: StreamSpec;
    readonly sampleRateHz: number;
    readonly random: Random;
  }) {
    const { spec, sampleRateHz, random } = options;
    this.#sampleRateHz = sampleRateHz;
    this.ssrc = random.u32();
    // "The initial value … SHOULD be random (unpredictable)", for sequence number and timestamp (RFC 3550 §5.1).
    this.#sequence = random.u32() & 0xffff;
    this.#timeline = random.u32();
    this.#digits = new DigitSender(spec.send?.clockRateHz ?? 8000);
    this.#spec = spec;
    this.configure(spec);
  }

  get sentPackets(): number {
    return this.#packets;
  }

  /** Payload octets, without RTP header. */
  get sentOctets(): number {
    return this.#octets;
  }

  /** When the first packet was sent, undefined before. */
  get beganAt(): number | undefined {
    return this.#beganAt;
  }

  get encoding(): string | undefined {
    return this.#codec?.encoding;
  }

  /** Timestamp that belongs to the samples captured last, for sender reports. */
  get timestampNow(): number {
    return (this.#timeline + this.#units(this.#filled)) >>> 0;
  }

  /** True if anything was sent since the second last report (`we_sent`, RFC 3550 §6.3). */
  hasSentLately(): boolean {
    return this.#packets > this.#packetsAtReports[0];
  }

  /** A report is sent now. */
  reported(): void {
    this.#packetsAtReports = [this.#packetsAtReports[1], this.#packets];
  }

  configure(spec: StreamSpec): void {
    const before = this.#spec.send;
    this.#spec = spec;
    if (this.#codec === undefined || before?.encoding !== spec.send?.encoding) {
      this.#codec = soundCodec(spec.send, this.#sampleRateHz);
      this.#encode = this.#codec?.encoder();
    }
    const samples = Math.round((spec.packetMs * this.#sampleRateHz) / 1000);
    if (samples !== this.#collected.length) {
      this.#timeline += this.#units(this.#filled);
      this.#collected = new Int16Array(samples);
      this.#filled = 0;
    }
  }

  press(digit: string, durationMs: number | undefined): void {
    const canSend = this.#spec.telephoneEvent !== undefined || this.#spec.inBandDigitDbfs !== undefined;
    if (canSend && eventOfDigit(digit) !== undefined) this.#digits.press(digit, durationMs);
  }

  release(): void {
    this.#digits.release(this.#timeline + this.#units(this.#filled));
  }

  /** Takes samples in; returns the datagrams that became complete. `isHeard`: the peer shall hear these samples. */
  push(samples: Int16Array, isHeard: boolean, now: number): readonly Uint8Array[] {
    const datagrams: Uint8Array[] = [];
    this.#isHeard = isHeard;
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + this.#collected.length - this.#filled);
      this.#collected.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#collected.length) continue;
      const before = this.#packets;
      this.#interval(datagrams);
      if (this.#packets > before) this.#beganAt ??= now;
      this.#filled = 0;
      this.#timeline += this.#units(this.#collected.length);
    }
    return datagrams;
  }

  #units(samples: number): number {
    return (samples * (this.#codec?.clockRateHz ?? 8000)) / this.#sampleRateHz;
  }

  /** One packet time of samples is complete. */
  #interval(datagrams: Uint8Array[]): void {
    const { send, telephoneEvent, direction, remote } = this.#spec;
    const canSend = remote !== undefined && remote.port !== 0 && sends(direction);
    if (!canSend || send === undefined || this.#encode === undefined) {
      this.#startsSpurt = true;
      return;
    }
    if (telephoneEvent !== undefined) {
      const end = this.#timeline + this.#units(this.#collected.length);
      const events = this.#digits.packetsFor(this.#timeline, end);
      for (const event of events) datagrams.push(this.#eventPacket(event, telephoneEvent.payloadType));
      if (events.length > 0) {
        this.#startsSpurt = false;
        return;
      }
    }
    const isDigit = telephoneEvent === undefined && this.#soundDigit();
    if (!this.#isHeard && !isDigit) {
      this.#startsSpurt = true;
      return;
    }
    if (!isDigit && this.#spec.hasSilenceSuppression && this.#suppress(datagrams)) return;
    this.#noiseSentDbov = undefined;
    datagrams.push(
      this.#packet(send.payloadType, this.#startsSpurt, this.#timeline, this.#encode(this.#collected)),
    );
    this.#startsSpurt = false;
  }

  /** Puts the digit that is due into the collected samples, in place of the microphone. */
  #soundDigit(): boolean {
    const digit = this.#digits.soundingAt(this.#timeline);
    const levelDbfs = this.#spec.inBandDigitDbfs;
    const tone = digit === undefined || levelDbfs === undefined ? undefined : dtmfTone(digit, levelDbfs);
    if (digit === undefined || tone === undefined) {
      this.#inBand = undefined;
      return false;
    }
    if (this.#inBand?.digit !== digit)
      this.#inBand = { digit, tone: new ToneGenerator(tone, this.#sampleRateHz) };
    this.#collected.fill(0);
    this.#inBand.tone.addTo(this.#collected);
    return true;
  }

  /** True if this interval is silence that need not be sent; says what the silence sounds like when that changes. */
  #suppress(datagrams: Uint8Array[]): boolean {
    const { isSpeech, levelDbov } = this.#activity.judge(this.#collected, this.#spec.packetMs);
    if (isSpeech) return false;
    this.#startsSpurt = true;
    const sent = this.#noiseSentDbov;
    if (sent !== undefined && Math.abs(sent - levelDbov) < noiseStepDb) return true;
    this.#noiseSentDbov = levelDbov;
    const payload = encode(comfortNoise, { levelDbov: Math.round(levelDbov), reflections: [] });
    datagrams.push(this.#packet(comfortNoiseType, false, this.#timeline, payload));
    return true;
  }

  #eventPacket(event: EventPacket, payloadType: number): Uint8Array {
    const payload = encode(telephoneEvents, [
      {
        event: eventOfDigit(event.digit) ?? 0, // press() admits digits only
        report: { isEnd: event.isEnd, levelDbm0: eventLevelDbm0 },
        durationUnits: event.durationUnits,
      },
    ]);
    return this.#packet(payloadType, event.marker, event.start, payload);
  }

  #packet(payloadType: number, marker: boolean, timeline: number, payload: Uint8Array): Uint8Array {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    this.#packets++;
    this.#octets += payload.length;
    return encode(rtpPacket, {
      marker,
      payloadType,
      sequence,
      timestamp: timeline % 0x1_0000_0000,
      ssrc: this.ssrc,
      csrcs: [],
      extension: undefined,
      payload,
    });
  }
}

function soundCodec(format: PayloadFormat | undefined, sampleRateHz: number): AudioCodec | undefined {
  if (format === undefined) return undefined;
  const meaning = meaningOf(format, sampleRateHz);
  return meaning?.kind === "sound" ? meaning.codec : undefined;
}
