// DNS look-ups over any Sockets: every server in turn, two rounds with growing patience, TCP for what is truncated.
import { HalError } from "#hal/contract/errors.ts";
import type { Answer, NaptrRecord, Resolver, SrvRecord } from "#hal/contract/names.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { type Clock, later } from "#hal/contract/time.ts";
import {
  buildDns,
  type DnsMessage,
  type DnsRecord,
  parseDns,
  recordType,
  responseCode,
} from "./dns-message.ts";
import { isMalformed, joined, setU16, u16 } from "./octets.ts";

export interface ResolverOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
}

const dnsPort = 53;
/** How long each server is waited for in each round; the same on a device. */
const roundsMs = [1500, 3000] as const;
/** CNAMEs that are followed inside one answer. */
const mostAliases = 8;

/** What asking one server once gave. */
type Reply =
  | { readonly kind: "answer"; readonly message: DnsMessage }
  | { readonly kind: "silent" | "refused" };

interface Question {
  readonly name: string;
  readonly type: number;
}

/** A resolver without servers. */
export function createResolver(options: ResolverOptions): Resolver {
  let servers: readonly Ip4[] = [];

  const query = async (question: Question, signal: AbortSignal): Promise<DnsMessage> => {
    const fail = (code: "timeout" | "unreachable" | "io" | "not-found", detail: string): HalError =>
      new HalError(code, "dns", `resolve ${question.name}`, detail);
    if (servers.length === 0) throw fail("unreachable", "no server is set");
    let worst: HalError = fail("unreachable", "every server refused the question");
    for (const waitMs of roundsMs) {
      for (const server of servers) {
        const reply = await ask(options, server, question, waitMs, signal);
        if (reply.kind === "silent") worst = fail("timeout", "no server answered");
        if (reply.kind !== "answer") continue;
        const { message } = reply;
        if (message.responseCode === responseCode.noError) return message;
        if (message.responseCode === responseCode.nameError) throw fail("not-found", "there is no such name");
        worst = fail("io", `${server} answered with code ${message.responseCode}`);
      }
    }
    throw worst;
  };

  const resolve = async <T extends DnsRecord["type"]>(
    name: string,
    type: T & keyof typeof recordType,
    signal: AbortSignal,
  ): Promise<Answer<Extract<DnsRecord, { readonly type: T }>>> => {
    signal.throwIfAborted();
    const question = { name: name.toLowerCase().replace(/\.$/, ""), type: recordType[type] };
    const { answers } = await query(question, signal);
    const owner = aliasOf(question.name, answers);
    const records = answers.filter(
      (record): record is Extract<DnsRecord, { readonly type: T }> =>
        record.type === type && record.name === owner,
    );
    if (records.length === 0)
      throw new HalError("not-found", "dns", `resolve ${name}`, `there is no ${type} record`);
    return { records, ttlSec: Math.min(...answers.map(({ ttlSec }) => ttlSec)) };
  };

  return {
    setServers(list) {
      servers = [...list];
    },
    async resolveA(name, { signal }) {
      const { records, ttlSec } = await resolve(name, "A", signal);
      return { records: records.map(({ address }) => address), ttlSec };
    },
    async resolveSrv(name, { signal }) {
      const { records, ttlSec } = await resolve(name, "SRV", signal);
      const plain = ({ priority, weight, port, target }: SrvRecord): SrvRecord => ({
        priority,
        weight,
        port,
        target,
      });
      return { records: records.map(plain), ttlSec };
    },
    async resolveNaptr(name, { signal }) {
      const { records, ttlSec } = await resolve(name, "NAPTR", signal);
      const plain = (record: NaptrRecord): NaptrRecord => ({
        order: record.order,
        preference: record.preference,
        flags: record.flags,
        service: record.service,
        regexp: record.regexp,
        replacement: record.replacement,
      });
      return { records: records.map(plain), ttlSec };
    },
  };
}

/** Follows CNAMEs of one answer; a loop ends somewhere, and then nothing matches. */
function aliasOf(name: string, answers: readonly DnsRecord[]): string {
  let owner = name;
  for (let n = 0; n < mostAliases; n++) {
    const alias = answers.find((record) => record.type === "CNAME" && record.name === owner);
    if (alias?.type !== "CNAME") return owner;
    owner = alias.target;
  }
  return owner;
}

/** One question to one server. Rejects with the signal's reason alone. */
async function ask(
  options: ResolverOptions,
  server: Ip4,
  question: Question,
  waitMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  const id = options.random.u32() & 0xffff;
  const request = buildDns({
    id,
    isResponse: false,
    isTruncated: false,
    responseCode: 0,
    questions: [question],
    answers: [],
    additionals: [],
  });
  const reply = await askByUdp(options, server, { id, question, request }, waitMs, signal);
  const isCut = reply.kind === "answer" && reply.message.isTruncated;
  return isCut ? askByTcp(options, server, { id, question, request }, waitMs, signal) : reply;
}

interface Asked {
  readonly id: number;
  readonly question: Question;
  readonly request: Uint8Array;
}

/** The answer to exactly this question, or undefined. */
function matching(bytes: Uint8Array, { id, question }: Asked): DnsMessage | undefined {
  const message = parseDns(bytes);
  if (isMalformed(message) || !message.isResponse || message.id !== id) return undefined;
  const asked = message.questions[0];
  return asked?.name === question.name && asked.type === question.type ? message : undefined;
}

/** What a try listens to: `answered` ends it, `signal` ends with it. */
interface Try {
  answered(reply: Reply): void;
  readonly signal: AbortSignal;
}

/** One try: ends with its first reply, silent after `waitMs`, or by `signal`; `close` is called however it ends. */
function oneTry(
  { clock }: ResolverOptions,
  waitMs: number,
  signal: AbortSignal,
  close: () => void,
  start: (attempt: Try) => void,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const life = new AbortController();
    const end = (): void => {
      alarm.cancel();
      life.abort();
      signal.removeEventListener("abort", onAbort);
      close();
    };
    const answered = (reply: Reply): void => {
      end();
      resolve(reply);
    };
    const onAbort = (): void => {
      end();
      reject(signal.reason);
    };
    const alarm = clock.alarm(later(clock.now(), waitMs), () => answered({ kind: "silent" }));
    signal.addEventListener("abort", onAbort, { once: true });
    start({ answered, signal: life.signal });
  });
}

async function askByUdp(
  options: ResolverOptions,
  server: Ip4,
  asked: Asked,
  waitMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  signal.throwIfAborted();
  let socket: ReturnType<Sockets["openUdp"]>;
  try {
    socket = options.sockets.openUdp({});
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return { kind: "refused" }; // no address, or no free port
  }
  const close = (): void => socket.close();
  return oneTry(options, waitMs, signal, close, ({ answered, signal: ended }) => {
    socket.datagrams.subscribe(
      ({ bytes, from }) => {
        if (from.address !== server || from.port !== dnsPort) return;
        const message = matching(bytes, asked);
        if (message !== undefined) answered({ kind: "answer", message });
      },
      { signal: ended },
    );
    socket.failures.subscribe(() => answered({ kind: "refused" }), { signal: ended });
    socket.send(asked.request, { address: server, port: dnsPort });
  });
}

/** RFC 1035 §4.2.2: the message after its length. */
async function askByTcp(
  options: ResolverOptions,
  server: Ip4,
  asked: Asked,
  waitMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  const to = { address: server, port: dnsPort };
  const connection = await options.sockets
    .connectTcp(to, { timeoutMs: waitMs, signal })
    .catch(() => undefined);
  signal.throwIfAborted();
  if (connection === undefined) return { kind: "refused" };
  let received: Uint8Array = new Uint8Array(0);
  const close = (): void => connection.reset();
  return oneTry(options, waitMs, signal, close, ({ answered, signal: ended }) => {
    connection.chunks.subscribe(
      (chunk) => {
        received = joined(received, chunk);
        if (received.length < 2 || received.length < 2 + u16(received, 0)) return;
        const message = matching(received.subarray(2, 2 + u16(received, 0)), asked);
        answered(message === undefined ? { kind: "refused" } : { kind: "answer", message });
      },
      { signal: ended },
    );
    connection.closed.subscribe(() => answered({ kind: "refused" }), { signal: ended });
    const framed = new Uint8Array(asked.request.length + 2);
    setU16(framed, 0, asked.request.length);
    framed.set(asked.request, 2);
    connection.write(framed);
  });
}
