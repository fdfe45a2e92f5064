// SIP messages: whole datagrams with every header read, and printed again.
import { headers } from "#firmware/sip/message/headers.ts";
import { valuesOf } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import { type LocalSide, makeAnswer, undescribed } from "#firmware/sip/offer-answer.ts";
import { parseSdp } from "#firmware/sip/sdp.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { conversation, conversations, torture } from "#test/vectors/sip/load.ts";
import type { FuzzTarget } from "./target.ts";

const wellFormed = [
  "wsinv",
  "intmeth",
  "esc01",
  "escnull",
  "longreq",
  "semiuri",
  "transports",
  "mpart01",
  "unreason",
];

const side: LocalSide = { settings: defaultSettings, address: "192.0.2.1", rtpPort: 16_384, isHeld: false };

/** Reads every header that is there; a bad one must not hide the others. */
function readAll(bytes: Uint8Array): void {
  const message = parseMessage(bytes);
  for (const type of Object.values(headers)) {
    try {
      valuesOf(message, type as (typeof headers)["subject"]); // each is read by its own type
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  }
  printMessage(message);
}

export const sipTargets: readonly FuzzTarget[] = [
  {
    name: "sip-message",
    seeds: [
      ...conversations.flatMap((name) => conversation(name).map(({ bytes }) => bytes)),
      ...wellFormed.map(torture),
    ],
    run: readAll,
  },
  {
    name: "sip-sdp",
    seeds: conversations
      .flatMap((name) => conversation(name).map(({ bytes }) => parseMessage(bytes).body))
      .filter((body) => body[0] === 0x76),
    run: (bytes) => {
      makeAnswer(side, undescribed(1), parseSdp(bytes));
    },
  },
];
