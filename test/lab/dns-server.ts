// The lab's DNS server: a table of records, over UDP and TCP, with the ways a name server disappoints.
import type { Sockets } from "#hal/contract/sockets.ts";
import {
  buildDns,
  type DnsMessage,
  type DnsRecord,
  parseDns,
  recordType,
  responseCode,
} from "#hal/sim/net/dns-message.ts";
import { isMalformed, joined, setU16, u16 } from "#hal/sim/net/octets.ts";
import type { Tell } from "./log.ts";

export type DnsPlay = "good" | "silent" | "server-failure" | "refused";

export interface DnsSettings {
  /** Every record of the zone, names in lower case. */
  readonly zone: readonly DnsRecord[];
  readonly play: DnsPlay;
  /** Longer answers are cut over UDP, so that the client comes back over TCP. 512 by RFC 1035 §4.2.1. */
  readonly mostUdpBytes: number;
}

export interface DnsServerOptions {
  readonly sockets: Sockets;
  readonly settings: () => DnsSettings;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

const dnsPort = 53;
const mostAliases = 8;

/** Serves until the signal. */
export async function startDnsServer(options: DnsServerOptions): Promise<void> {
  const { sockets, settings, signal } = options;
  const socket = sockets.openUdp({ port: dnsPort });
  signal.addEventListener("abort", () => socket.close(), { once: true });
  socket.datagrams.subscribe(
    ({ bytes, from }) => {
      const answer = answerTo(bytes, options);
      if (answer === undefined) return;
      const whole = buildDns(answer);
      const cut = { ...answer, isTruncated: true, answers: [], additionals: [] };
      socket.send(whole.length > settings().mostUdpBytes ? buildDns(cut) : whole, from);
    },
    { signal },
  );
  const listener = await sockets.listenTcp(dnsPort, { signal });
  listener.connections.subscribe(
    (connection) => {
      let received: Uint8Array = new Uint8Array(0);
      connection.chunks.subscribe(
        (chunk) => {
          received = joined(received, chunk);
          if (received.length < 2 || received.length < 2 + u16(received, 0)) return;
          const answer = answerTo(received.subarray(2, 2 + u16(received, 0)), options);
          received = received.subarray(2 + u16(received, 0));
          if (answer !== undefined) connection.write(framed(buildDns(answer)));
        },
        { signal },
      );
      connection.closed.subscribe(() => connection.close(), { signal });
    },
    { signal },
  );
}

function framed(message: Uint8Array): Uint8Array {
  const length = new Uint8Array(2);
  setU16(length, 0, message.length);
  return joined(length, message);
}

function answerTo(bytes: Uint8Array, { settings, tell }: DnsServerOptions): DnsMessage | undefined {
  const { zone, play } = settings();
  const query = parseDns(bytes);
  const question = isMalformed(query) ? undefined : query.questions[0];
  if (isMalformed(query) || query.isResponse || question === undefined) return undefined;
  tell("query", { name: question.name, type: typeName(question.type), answer: play });
  if (play === "silent") return undefined;
  const reply: DnsMessage = { ...query, isResponse: true, answers: [], additionals: [] };
  if (play === "server-failure") return { ...reply, responseCode: responseCode.serverFailure };
  if (play === "refused") return { ...reply, responseCode: responseCode.refused };
  const answers = lookUp(zone, question.name, typeName(question.type));
  const isKnown = answers.length > 0 || zone.some(({ name }) => name === question.name);
  return { ...reply, answers, responseCode: isKnown ? responseCode.noError : responseCode.nameError };
}

/** The records of a name, with the CNAMEs that lead there (RFC 1034 §4.3.2). */
function lookUp(zone: readonly DnsRecord[], name: string, type: string): readonly DnsRecord[] {
  const found: DnsRecord[] = [];
  let owner = name;
  for (let n = 0; n < mostAliases; n++) {
    const present = owner;
    found.push(...zone.filter((record) => record.name === present && record.type === type));
    const alias = zone.find((record) => record.name === present && record.type === "CNAME");
    if (alias?.type !== "CNAME" || type === "CNAME") break;
    found.push(alias);
    owner = alias.target;
  }
  return found;
}

function typeName(type: number): string {
  return Object.entries(recordType).find(([, number]) => number === type)?.[0] ?? String(type);
}
