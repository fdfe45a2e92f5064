// Pages of running text: status, statistics, versions, help (reference 6.6).
import type { PhoneFacts, StatusEntry } from "#firmware/call/facts.ts";
import { fill, sentenceText } from "#ui/words/fill.ts";
import type { TextId, Trouble, Words } from "#ui/words/words.ts";
import { durationText } from "./date-time.ts";
import { type Seen, selectedCall } from "./seen.ts";
import type { TextPageId } from "./ui-state.ts";

/** Heading and paragraphs of a page. */
export function textOf(seen: Seen, page: TextPageId): { title: TextId; paragraphs: string[] } {
  const { facts, words } = seen;
  switch (page) {
    case "boot-status":
      return { title: "status", paragraphs: bootStatus(seen) };
    case "status-messages":
      return { title: "statusMessages", paragraphs: statusMessages(seen) };
    case "network-statistics":
      return { title: "networkStatistics", paragraphs: networkStatistics(facts, words) };
    case "firmware-versions":
      return { title: "firmwareVersions", paragraphs: versions(facts, words) };
    case "call-statistics":
      return { title: "callStatistics", paragraphs: callStatistics(seen) };
    case "services":
      return { title: "services", paragraphs: [words.texts.noServices] };
    case "help":
      return { title: "help", paragraphs: [words.texts[helpFor(seen)]] };
  }
}

/** Where the boot stands, what is wrong, and the addresses known so far (reference row MITEL-028). */
function bootStatus({ view, facts, words }: Seen): string[] {
  const { phase, trouble } = view.boot;
  const { network } = facts;
  const { texts } = words;
  const known: readonly (readonly [TextId, string])[] = [
    ["ipAddress", network.address],
    ["operationalVlan", String(network.operationalVlan ?? "")],
    ["dhcpServer", network.dhcpServer],
    ["tftpServer", network.tftpServer],
  ];
  return [
    words.phases[phase].doing,
    ...(trouble === undefined ? [] : [troubleText(words, trouble)]),
    ...known.filter(([, value]) => value !== "").map(([label, value]) => `${texts[label]}: ${value}`),
  ];
}

function troubleText(words: Words, trouble: Trouble): string {
  const { title, text } = sentenceText(words, words.troubles[trouble.code], trouble.facts);
  return `${title}. ${text}`;
}

/** What is wrong now, then what was reported, newest first. */
function statusMessages({ view, facts, words }: Seen): string[] {
  const { trouble, warnings } = view.boot;
  const troubles = [...(trouble === undefined ? [] : [trouble]), ...[...warnings].reverse()];
  const now = troubles.map((one) => troubleText(words, one));
  const past = [...facts.status].reverse().map((entry) => statusText(entry, words));
  const all = [...now, ...past];
  return all.length === 0 ? [words.texts.empty] : all;
}

/** The sentence of a status message. */
function statusText(entry: StatusEntry, words: Words): string {
  return fill(words.statusMessages[entry.code], entry.facts);
}

/** Reference row STS-002: Rcv, Xmt, REr, BCast, time since reset, the ports. */
function networkStatistics({ ports }: PhoneFacts, { texts }: Words): string[] {
  if (ports === undefined) return [texts.empty];
  const counters = [
    `${texts.receivedPackets} ${ports.received}`,
    `${texts.sentPackets} ${ports.sent}`,
    `${texts.receiveErrors} ${ports.receiveErrors}`,
    `${texts.broadcasts} ${ports.broadcasts}`,
    `${texts.sinceReset} ${durationText(ports.sinceResetMs / 1000)}`,
  ];
  const states = ports.ports.map((state, port) => `${fill(texts.port, { port })} ${state ?? texts.linkDown}`);
  return [...counters, ...states];
}

/** Reference row STS-004. */
function versions({ versions: of }: PhoneFacts, { texts }: Words): string[] {
  return [
    `${texts.applicationLoad}: ${of.application}`,
    `${texts.bootLoad}: ${of.boot}`,
    `${texts.hardware}: ${of.hardware}`,
    `${texts.serial}: ${of.serial}`,
  ];
}

/** Reference row KEY-007: codec, packets, jitter. */
function callStatistics(seen: Seen): string[] {
  const { facts, words, now } = seen;
  const { media } = facts;
  const { texts } = words;
  const call = selectedCall(seen.view);
  const since = call?.connectedAt;
  const duration = since === undefined ? [] : [`${texts.duration}: ${durationText((now - since) / 1000)}`];
  if (media === undefined) return duration.length === 0 ? [texts.empty] : duration;
  const codecs = [media.sentEncoding, media.receivedEncoding].map((name) => name ?? "-");
  return [
    `${texts.codec}: ${codecs[0] === codecs[1] ? codecs[0] : codecs.join(" / ")}`,
    `${texts.rtpSent}: ${media.sentPackets}`,
    `${texts.rtpReceived}: ${media.receivedPackets}`,
    `${texts.rtpLost}: ${media.lostPackets}`,
    // RFC 3550 counts jitter in timestamp units; all codecs here have 8 of them in a millisecond.
    `${texts.jitter}: ${Math.round(media.jitterUnits / 8)} ms`,
    ...(media.roundTripMs === undefined ? [] : [`${texts.roundTrip}: ${Math.round(media.roundTripMs)} ms`]),
    ...duration,
  ];
}

function helpFor({ ui, facts }: Seen): TextId {
  const under = ui.open.at(-2);
  if (under === undefined) return "helpIdle";
  const isTyped = under.kind === "service" && facts.service?.page?.body.kind === "input";
  return under.kind === "entry" || isTyped ? "helpEntry" : "helpList";
}
