// What a reader offers and what it takes: RFC 2347, 2348 (blksize), 2349 (tsize, timeout), 7440 (windowsize).
import { optionValue, type TftpOption } from "./messages.ts";

/** Options of a read request; undefined in a request means none at all. */
export interface Offer {
  /** 8–65464; 1428 fits one Ethernet frame even with the longest IP header (RFC 2348's example). */
  readonly blockBytes: number;
  /** 1–65535 blocks between two acknowledgements. */
  readonly windowBlocks: number;
  /** 1–255; a fixed wait instead of our growing ones. Undefined: not offered. */
  readonly timeoutSec: number | undefined;
}

/** Offered for anything longer than a block. `timeout` is left out: growing waits are kinder (RFC 1123 §4.2.3.2). */
export const fullOffer: Offer = { blockBytes: 1428, windowBlocks: 4, timeoutSec: undefined };

/** For images: megabytes, whose time is that of the round trips. Their 23 kB fit every socket's buffer. */
export const imageOffer: Offer = { ...fullOffer, windowBlocks: 16 };

/** What both sides keep to. */
export interface Terms {
  readonly blockBytes: number;
  readonly windowBlocks: number;
  readonly timeoutMs: number | undefined;
  /** Announced by the server. */
  readonly sizeBytes: number | undefined;
}

/** RFC 1350 without options. */
export const plainTerms: Terms = {
  blockBytes: 512,
  windowBlocks: 1,
  timeoutMs: undefined,
  sizeBytes: undefined,
};

/** The options of a request. */
export function printOffer(offer: Offer | undefined): readonly TftpOption[] {
  if (offer === undefined) return [];
  const options = [
    { name: "blksize", value: String(offer.blockBytes) },
    { name: "tsize", value: "0" }, // RFC 2349: a read request says 0, the answer holds the size
  ];
  if (offer.timeoutSec !== undefined) options.push({ name: "timeout", value: String(offer.timeoutSec) });
  if (offer.windowBlocks > 1) options.push({ name: "windowsize", value: String(offer.windowBlocks) });
  return options;
}

/** A whole decimal number in `low` … `high`; undefined for anything else. */
function decimal(text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

/**
 * Takes an OACK or says which option is wrong. An OACK may leave names out, lower `blksize` and `windowsize`, must
 * repeat `timeout` as asked, and may hold nothing that was not offered.
 */
export function acceptOptions(
  offer: Offer | undefined,
  options: readonly TftpOption[],
): Terms | { readonly refused: string } {
  const offered = new Set(printOffer(offer).map(({ name }) => name));
  const names = options.map(({ name }) => name.toLowerCase());
  const foreign = names.find((name, at) => !offered.has(name) || names.indexOf(name) !== at);
  if (offer === undefined || foreign !== undefined) return { refused: foreign ?? "options" };
  const take = (name: string, low: number, high: number): number | undefined => {
    if (!names.includes(name)) return undefined;
    return decimal(optionValue(options, name), low, high) ?? Number.NaN;
  };
  const blockBytes = take("blksize", 8, offer.blockBytes);
  const windowBlocks = take("windowsize", 1, offer.windowBlocks);
  const timeoutSec = take("timeout", offer.timeoutSec ?? 1, offer.timeoutSec ?? 255);
  const sizeBytes = take("tsize", 0, Number.MAX_SAFE_INTEGER);
  const wrong = Object.entries({
    blksize: blockBytes,
    windowsize: windowBlocks,
    timeout: timeoutSec,
    tsize: sizeBytes,
  }).find(([, value]) => Number.isNaN(value));
  if (wrong !== undefined) return { refused: wrong[0] };
  return {
    blockBytes: blockBytes ?? plainTerms.blockBytes,
    windowBlocks: windowBlocks ?? plainTerms.windowBlocks,
    timeoutMs: timeoutSec === undefined ? undefined : timeoutSec * 1000,
    sizeBytes,
  };
}

/** What decides the offer. */
export interface OfferQuestion {
  readonly fileName: string;
  /** How long the file was last time; undefined: never seen. */
  readonly expectedBytes: number | undefined;
  /** Ask as an old phone does: no options at all. */
  readonly isPlain: boolean;
}

/**
 * The offer that needs the fewest round trips. A plain request gets a one-block file in one; asking for options
 * costs one more, and pays from the third 512-byte block on. A file that was never seen is guessed by its name:
 * XML configurations have several blocks, everything else that a phone asks for at boot fits one or is not there.
 */
export function chooseOffer(question: OfferQuestion): Offer | undefined {
  if (question.isPlain) return undefined;
  if (question.expectedBytes !== undefined)
    return question.expectedBytes < 2 * plainTerms.blockBytes ? undefined : fullOffer;
  return /\.(xml|sgn)$/i.test(question.fileName) ? fullOffer : undefined;
}
