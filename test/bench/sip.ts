// `npm run bench -- sip`: messages parsed per second beside sip.js's own parser, registrations and calls per second
// through one phone, memory per further line and call. Everything in this process, in memory, in virtual time: what is
// measured is work, not waiting. The other side is a responder of a few lines, and its work is in the figures.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Parser } from "sip.js/lib/core/index.js";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, valuesOf } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import type { Sip } from "#firmware/sip/start.ts";
import { line, phoneAddress, type Rig, rig, server, serverAddress } from "#test/unit/sip/phone.ts";
import { conversation } from "#test/vectors/sip/load.ts";
import type { Bench, Figure } from "./bench.ts";

type Report = (figure: Omit<Figure, "bench">) => void;

const rounds = 5;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Processor time of this process, ms: others on the machine do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Reading the processor time costs as much as ten messages do: once in so many passes over them. */
const passes = 50;

/** Work done per second of processor time, in half a second of it. */
function perSecond(work: () => number): number {
  const begin = cpuMs();
  let done = 0;
  while (cpuMs() - begin < 500) done += work();
  return (done * 1000) / (cpuMs() - begin);
}

/** Reads what sip.js reads of every message while it parses: Via, From, To, Call-ID, CSeq, Contact. */
function readAll(bytes: Uint8Array): void {
  const message = parseMessage(bytes);
  valuesOf(message, headers.via);
  firstOf(message, headers.from);
  firstOf(message, headers.to);
  firstOf(message, headers.callId);
  firstOf(message, headers.cseq);
  valuesOf(message, headers.contact);
}

function benchParser(report: Report): void {
  const messages = conversation("call-pjsip-baresip").map(({ bytes }) => bytes);
  const texts = messages.map((bytes) => new TextDecoder().decode(bytes));
  const quiet = { debug() {}, log() {}, warn() {}, error() {} } as unknown as Parameters<
    typeof Parser.parseMessage
  >[1]; // the parser calls these four alone
  const ours = (): number => {
    for (let i = 0; i < passes; i++) for (const bytes of messages) readAll(bytes);
    return passes * messages.length;
  };
  const theirs = (): number => {
    for (let i = 0; i < passes; i++) for (const text of texts) Parser.parseMessage(text, quiet);
    return passes * texts.length;
  };
  perSecond(ours);
  perSecond(theirs);
  const runs = Array.from({ length: rounds }, () => [perSecond(ours), perSecond(theirs)] as const);
  const [value, peer] = [median(runs.map(([own]) => own)), median(runs.map(([, other]) => other))];
  report({
    figure: "messages parsed",
    value: Math.round(value),
    unit: "1/s",
    peer: { name: "sip.js 0.21.2", value: Math.round(peer) },
    ratio: Math.round((value / peer) * 100) / 100,
    note: `of processor time, median of ${rounds}, in turns; ${messages.length} messages of a captured call, the same headers read`,
  });
}

const sdp = [
  "v=0",
  `o=- 1 1 IN IP4 ${serverAddress}`,
  "s=-",
  `c=IN IP4 ${serverAddress}`,
  "t=0 0",
  "m=audio 4000 RTP/AVP 0",
  "",
].join("\r\n");

/** Answers everything 200, and keeps nothing but how often which method came. */
function respond(r: Rig): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const socket = r.hub.host(serverAddress).openUdp({ port: 5060 });
  socket.datagrams.subscribe(
    ({ bytes, from }) => {
      const lines = new TextDecoder().decode(bytes).split("\r\n");
      const [method] = (lines[0] ?? "").split(" ");
      if (method === undefined || method === "ACK" || method === "SIP/2.0") return;
      counts.set(method, (counts.get(method) ?? 0) + 1);
      const copied = lines.filter((text) => /^(Via|From|Call-ID|CSeq): /.test(text));
      const to = lines.find((text) => text.startsWith("To: ")) ?? "";
      const tag = to.includes(";tag=") ? "" : ";tag=bench";
      const contact = method === "REGISTER" ? lines.find((text) => text.startsWith("Contact: ")) : undefined;
      const body = method === "INVITE" ? sdp : "";
      const more = [
        contact ?? `Contact: <sip:bench@${serverAddress}:5060>`,
        ...(body === "" ? [] : ["Content-Type: application/sdp"]),
        `Content-Length: ${body.length}`,
      ];
      const text = ["SIP/2.0 200 OK", ...copied, `${to}${tag}`, ...more, "", body].join("\r\n");
      socket.send(new TextEncoder().encode(text), from);
      r.hub.seen.length = 0;
    },
    { signal: new AbortController().signal },
  );
  return counts;
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => line({ line: i + 1, name: `${100 + i}`, proxies: [server()] }));

async function benchRegistrations(report: Report): Promise<void> {
  const r = rig();
  const answered = respond(r);
  // Each line registers anew every five seconds of virtual time.
  r.phone({ lines: lines(6), registerExpiresSec: 10, registerDeltaSec: 5 });
  await r.clock.advance(60_000);
  const [begin, before] = [cpuMs(), answered.get("REGISTER") ?? 0];
  while (cpuMs() - begin < 2000) await r.clock.advance(60_000);
  report({
    figure: "registrations",
    value: Math.round((((answered.get("REGISTER") ?? 0) - before) * 1000) / (cpuMs() - begin)),
    unit: "1/s",
    note: "of processor time; REGISTER and 200, six lines of one phone, the responder's work included",
  });
  r.ended.abort();
}

const place = (phone: Sip, call: string): void =>
  phone.perform({
    kind: "place",
    call,
    line: 1,
    target: "600",
    route: "default",
    local: { portsId: 1, rtpPort: 16_384 },
    isAnonymous: false,
  });

async function benchCalls(report: Report): Promise<void> {
  const r = rig();
  respond(r);
  const phone = r.phone({ lines: lines(1) });
  await r.clock.advance(100);
  const one = async (name: string): Promise<void> => {
    place(phone, name);
    await r.clock.advance(10);
    phone.perform({ kind: "hang-up", call: name });
    await r.clock.advance(10);
  };
  for (let i = 0; i < 50; i++) await one(`warm ${i}`);
  const begin = cpuMs();
  let done = 0;
  while (cpuMs() - begin < 3000) await one(`call ${done++}`);
  report({
    figure: "calls",
    value: Math.round((done * 1000) / (cpuMs() - begin)),
    unit: "1/s",
    note: "of processor time; INVITE, 200, ACK, BYE, 200, one after the other; the responder's work included",
  });
  r.ended.abort();
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void; // the flag above makes it

function heapKb(r: Rig): number {
  r.hub.seen.length = 0;
  r.notices.length = 0;
  r.lines.length = 0;
  for (let i = 0; i < 4; i++) collect();
  return process.memoryUsage().heapUsed / 1024;
}

async function benchMemory(report: Report): Promise<void> {
  const phones = 20;
  const grown = async (count: number): Promise<number> => {
    const r = rig();
    respond(r);
    const before = heapKb(r);
    for (let i = 0; i < phones; i++)
      r.phone({ lines: lines(count), isSourcePortFixed: true }, `192.0.2.${20 + i}`);
    await r.clock.advance(5000);
    const used = heapKb(r) - before;
    r.ended.abort();
    await r.clock.advance(60_000);
    return used;
  };
  await grown(1);
  const [one, six] = [await grown(1), await grown(6)];
  report({
    figure: "memory per further line",
    value: Math.round((six - one) / phones / 5),
    unit: "kB",
    note: `registered; heap after collection, ${phones} phones with six lines against one`,
  });

  const r = rig();
  respond(r);
  const phone = r.phone({ lines: lines(1) });
  await r.clock.advance(100);
  const calls = 200;
  const up = async (from: number): Promise<void> => {
    for (let i = 0; i < calls; i++) place(phone, `held ${from + i}`);
    await r.clock.advance(1000);
  };
  await up(0);
  await r.clock.advance(60_000);
  const before = heapKb(r);
  await up(calls);
  await r.clock.advance(60_000);
  report({
    figure: "memory per further call",
    value: Math.round(((heapKb(r) - before) / calls) * 10) / 10,
    unit: "kB",
    note: `up, a minute after the answer; heap after collection, ${calls} calls`,
  });
  r.ended.abort();
}

export const sipBench: Bench = {
  name: "sip",
  about: `SIP of one phone at ${phoneAddress}: parser, registrations, calls, memory`,
  async run(report) {
    await loadSipJs();
    benchParser(report);
    await benchRegistrations(report);
    await benchCalls(report);
    await benchMemory(report);
  },
};
