// RTP-RxStat and RTP-TxStat, in BYE and its answer (reference section 4.12).
import { headers } from "#firmware/sip/message/headers.ts";
import { type HeaderLine, rawLine } from "#firmware/sip/message/message.ts";
import type { SipSettings } from "#firmware/sip/settings.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";

const whole = (value: number): number => Math.round(value);

/** Both headers, all values whole numbers: seconds, packets, payload octets, jitter in timestamp units. */
export function statisticsLines(
  settings: Pick<SipSettings, "hasCallStatistics">,
  figures: StreamStatistics | undefined,
): readonly HeaderLine[] {
  if (!settings.hasCallStatistics || figures === undefined) return [];
  const received = [
    `Dur=${whole(figures.receivingMs / 1000)}`,
    `Pkt=${figures.receivedPackets}`,
    `Oct=${figures.receivedOctets}`,
    `LatePkt=${figures.latePackets}`,
    `LostPkt=${figures.lostPackets}`,
    `AvgJit=${whole(figures.jitterUnits)}`,
  ];
  const sent = [
    `Dur=${whole(figures.sendingMs / 1000)}`,
    `Pkt=${figures.sentPackets}`,
    `Oct=${figures.sentOctets}`,
  ];
  return [rawLine(headers.rtpRxStat, received.join(",")), rawLine(headers.rtpTxStat, sent.join(","))];
}
