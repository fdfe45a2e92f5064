// Session descriptions (RFC 8866) as values: what a phone reads of them, and text back. Unknown lines are skipped.
import { fromLatin1, latin1 } from "#firmware/wire/bytes.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** `a=name:value`; undefined for `a=name`. */
export interface Attribute {
  readonly name: string;
  readonly value: string | undefined;
}

/** `c=`: address family and address, without TTL. */
export interface ConnectionData {
  readonly family: string;
  readonly address: string;
}

export interface MediaDescription {
  /** Lower case: audio, video … */
  readonly media: string;
  /** 0: refused or not used. */
  readonly port: number;
  /** Upper case: RTP/AVP … */
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly connection: ConnectionData | undefined;
  readonly attributes: readonly Attribute[];
}

export interface SessionDescription {
  /** Everything after `o=`. */
  readonly origin: string;
  readonly connection: ConnectionData | undefined;
  /** Values of the `t=` lines. */
  readonly times: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
}

/** More than this no telephone has. */
const mostMedia = 32;

function parseConnection(value: string, at: number): ConnectionData {
  const [net, family, address, ...more] = value.split(" ");
  if (net !== "IN" || family === undefined || address === undefined || more.length > 0)
    throw new WireError("bad-value", at, `c=${value.slice(0, 40)} is no connection`);
  return { family, address: address.replace(/\/.*$/, "") };
}

function parseMedia(value: string, at: number): MediaDescription {
  const [media, portText = "", protocol, ...formats] = value.split(" ").filter((part) => part !== "");
  const port = /^(\d{1,5})(?:\/\d+)?$/.exec(portText)?.[1];
  if (media === undefined || port === undefined || Number(port) > 65_535 || protocol === undefined)
    throw new WireError("bad-value", at, `m=${value.slice(0, 40)} is no media line`);
  return {
    media: media.toLowerCase(),
    port: Number(port),
    protocol: protocol.toUpperCase(),
    formats,
    connection: undefined,
    attributes: [],
  };
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  return colon < 0
    ? { name: value.trim().toLowerCase(), value: undefined }
    : { name: value.slice(0, colon).toLowerCase(), value: value.slice(colon + 1).trim() };
}

interface Draft {
  origin: string | undefined;
  connection: ConnectionData | undefined;
  readonly times: string[];
  readonly attributes: Attribute[];
  readonly media: {
    head: MediaDescription;
    connection: ConnectionData | undefined;
    attributes: Attribute[];
  }[];
}

function take(draft: Draft, letter: string, value: string, at: number): void {
  const current = draft.media.at(-1);
  switch (letter) {
    case "o":
      draft.origin ??= value;
      return;
    case "c":
      if (current === undefined) draft.connection ??= parseConnection(value, at);
      else current.connection ??= parseConnection(value, at);
      return;
    case "t":
      draft.times.push(value);
      return;
    case "a":
      (current ?? draft).attributes.push(parseAttribute(value));
      return;
    case "m":
      if (draft.media.length >= mostMedia)
        throw new WireError("bad-length", at, `more than ${mostMedia} media lines`);
      draft.media.push({ head: parseMedia(value, at), connection: undefined, attributes: [] });
      return;
    default:
      return; // the guide's phone skips what it does not know (SDP-001; RFC 8866 would drop all of it)
  }
}

/** Reads a description. Throws WireError. */
export function parseSdp(body: Uint8Array): SessionDescription {
  const text = latin1(body);
  const draft: Draft = { origin: undefined, connection: undefined, times: [], attributes: [], media: [] };
  let at = 0;
  let isVersioned = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line !== "") {
      const value = line.slice(2);
      if (line[1] !== "=") throw new WireError("bad-value", at, `"${line.slice(0, 40)}" is no SDP line`);
      if (line[0] === "v" && value.trim() !== "0")
        throw new WireError("bad-value", at, `SDP version ${value.slice(0, 9)}`);
      isVersioned ||= line[0] === "v";
      take(draft, line[0] ?? "", value, at);
    }
    at += line.length + 2;
  }
  if (!isVersioned || draft.origin === undefined)
    throw new WireError("truncated", at, "SDP without v= and o=");
  return {
    origin: draft.origin,
    connection: draft.connection,
    times: draft.times,
    attributes: draft.attributes,
    media: draft.media.map(({ head, connection, attributes }) => ({ ...head, connection, attributes })),
  };
}

const attributeLine = ({ name, value }: Attribute): string =>
  `a=${name}${value === undefined ? "" : `:${value}`}`;

/** Bytes of a description of ours. */
export function printSdp(sdp: SessionDescription, sessionName = "SIP Call"): Uint8Array {
  const connection = (data: ConnectionData | undefined): string[] =>
    data === undefined ? [] : [`c=IN ${data.family} ${data.address}`];
  const lines = ["v=0", `o=${sdp.origin}`, `s=${sessionName}`, ...connection(sdp.connection)];
  lines.push(...sdp.times.map((time) => `t=${time}`), ...sdp.attributes.map(attributeLine));
  for (const media of sdp.media) {
    lines.push(`m=${media.media} ${media.port} ${media.protocol} ${media.formats.join(" ")}`);
    lines.push(...connection(media.connection), ...media.attributes.map(attributeLine));
  }
  return fromLatin1(`${lines.join("\r\n")}\r\n`);
}

/** First value of an attribute of a media line, else of the session. */
export function attributeOf(
  sdp: SessionDescription,
  media: MediaDescription,
  name: string,
): string | undefined {
  const find = (list: readonly Attribute[]): Attribute | undefined =>
    list.find((attribute) => attribute.name === name);
  return (find(media.attributes) ?? find(sdp.attributes))?.value;
}

/** True if a media line, or else the session, has an attribute. */
export function hasAttribute(sdp: SessionDescription, media: MediaDescription, name: string): boolean {
  return [...media.attributes, ...sdp.attributes].some((attribute) => attribute.name === name);
}
