// Media channels as a server orders them: opened, started, stopped, closed by party id (sccp 3.7, 5.11).
import { emit } from "#firmware/call/desk.ts";
import type { CallRef } from "#firmware/call/intents.ts";
import type { Ports } from "#firmware/call/outputs.ts";
import type { ServerChannel, ServerOrder } from "#firmware/sccp/notices.ts";
import type { MediaReport, StreamSpec, StreamStatistics } from "#hal/contract/media.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later } from "#hal/contract/time.ts";
import { type Channel, type Counters, limits, type ServerTurn, type StatisticsRequest } from "./terminal.ts";

/** How long a request for counters waits for the final ones. */
const countersMs = 1_000;

function channelOf(turn: ServerTurn, { party, at }: ServerChannel): Channel | undefined {
  const present = turn.server.channels.find((channel) => channel.party === party);
  if (present !== undefined) return present;
  if (turn.server.channels.length >= limits.channels) return undefined;
  const owner = `party-${party}-${turn.desk.counted}`;
  turn.desk = { ...turn.desk, counted: turn.desk.counted + 1 };
  const channel: Channel = {
    party,
    at,
    owner,
    ports: { kind: "reserving" },
    receive: undefined,
    send: undefined,
    isAsked: false,
    isSendAsked: false,
  };
  const counters: Counters = { owner, ref: at.ref, statistics: undefined, isFinal: false };
  turn.server = {
    ...turn.server,
    channels: [...turn.server.channels, channel],
    counters: [...turn.server.counters, counters].slice(-limits.counters),
  };
  return channel;
}

function change(turn: ServerTurn, owner: string, fields: Partial<Channel>): void {
  const channels = turn.server.channels.map((channel) =>
    channel.owner === owner ? { ...channel, ...fields } : channel,
  );
  turn.server = { ...turn.server, channels };
  answer(turn);
}

/** Tells the server the port of every channel it waits for. */
function answer(turn: ServerTurn): void {
  for (const { party, at, owner, ports, isAsked, isSendAsked } of turn.server.channels) {
    if (ports.kind !== "reserved" || (!isAsked && !isSendAsked)) continue;
    const { rtpPort } = ports;
    if (isAsked) emit(turn, { kind: "station", intent: { kind: "receive-opened", party, at, rtpPort } });
    if (isSendAsked) emit(turn, { kind: "station", intent: { kind: "send-started", party, at, rtpPort } });
    const channels = turn.server.channels.map((channel) =>
      channel.owner === owner ? { ...channel, isAsked: false, isSendAsked: false } : channel,
    );
    turn.server = { ...turn.server, channels };
  }
}

/** Opens a receiving channel; a second order for the same party replaces the first. */
export function openReceive(turn: ServerTurn, order: ServerOrder & { readonly kind: "open-receive" }): void {
  const { channel: wanted, isIp6Wanted } = order;
  const { party, at } = wanted;
  const isPossible = wanted.format !== undefined && !isIp6Wanted;
  const channel = isPossible ? channelOf(turn, wanted) : undefined;
  if (channel === undefined) {
    const failure = isPossible ? "out-of-sockets" : isIp6Wanted ? "address-family" : "unknown-codec";
    emit(turn, { kind: "station", intent: { kind: "receive-failed", party, at, failure } });
    return;
  }
  change(turn, channel.owner, { receive: wanted, at, isAsked: true });
}

/** The sockets send to IPv4 addresses; nothing listens at address 0 or port 0. */
function isSendable({ address, port }: Endpoint): boolean {
  return port !== 0 && address !== "0.0.0.0" && !address.includes(":");
}

/** Sound may be sent from now on, and only there; it may come before the receiving channel. */
export function startSend(turn: ServerTurn, order: ServerOrder & { readonly kind: "start-send" }): void {
  const { channel: wanted, remote, hasSilenceSuppression } = order;
  const isPossible = wanted.format !== undefined && isSendable(remote);
  const channel = isPossible ? channelOf(turn, wanted) : undefined;
  if (channel === undefined) {
    emit(turn, { kind: "station", intent: { kind: "send-failed", party: wanted.party, at: wanted.at } });
    return;
  }
  change(turn, channel.owner, {
    send: { channel: wanted, remote, hasSilenceSuppression },
    isSendAsked: true,
  });
}

/** By party id, else by the call's reference; unknown ones change nothing. */
function named(turn: ServerTurn, party: number, at: CallRef): Channel | undefined {
  const { channels } = turn.server;
  const byParty = channels.find((channel) => channel.party === party);
  return byParty ?? (at.ref === 0 ? undefined : channels.find((channel) => channel.at.ref === at.ref));
}

export function closeReceive(turn: ServerTurn, party: number, at: CallRef): void {
  const channel = named(turn, party, at);
  if (channel === undefined) return;
  change(turn, channel.owner, { receive: undefined, isAsked: false });
  dropUnused(turn);
}

export function stopSend(turn: ServerTurn, party: number, at: CallRef): void {
  const channel = named(turn, party, at);
  if (channel === undefined) return;
  change(turn, channel.owner, { send: undefined, isSendAsked: false });
  dropUnused(turn);
}

function dropUnused(turn: ServerTurn): void {
  const channels = turn.server.channels.filter(
    ({ receive, send }) => receive !== undefined || send !== undefined,
  );
  turn.server = { ...turn.server, channels };
}

/** The media host's answer. Ports that nobody waits for any more go back. */
export function hearPorts(turn: ServerTurn, owner: string, ports: Ports): void {
  const channel = turn.server.channels.find((entry) => entry.owner === owner);
  if (channel?.ports.kind !== "reserving") {
    if (ports.kind === "reserved") emit(turn, { kind: "release", portsId: ports.portsId });
    return;
  }
  if (ports.kind === "reserved") {
    change(turn, owner, { ports });
    return;
  }
  const { party, at, isAsked } = channel;
  turn.server = { ...turn.server, channels: turn.server.channels.filter((entry) => entry.owner !== owner) };
  if (isAsked)
    emit(turn, { kind: "station", intent: { kind: "receive-failed", party, at, failure: "out-of-sockets" } });
}

/** What the media engine is told of each channel with ports. */
export function channelStreams(channels: readonly Channel[]): readonly StreamSpec[] {
  return channels.flatMap(({ owner, ports, receive, send }) => {
    if (ports.kind !== "reserved") return [];
    const described = send?.channel ?? receive;
    const sendKey = send?.channel.key;
    const receiveKey = receive?.key;
    return [
      {
        id: owner,
        portsId: ports.portsId,
        remote: send?.remote,
        remoteRtcp: send === undefined ? undefined : { ...send.remote, port: send.remote.port + 1 },
        direction: direction(receive !== undefined, send !== undefined),
        send: send?.channel.format,
        receive: receive?.format === undefined ? [] : [receive.format],
        telephoneEvent: send?.channel.telephoneEvent ?? receive?.telephoneEvent,
        packetMs: described?.packetMs ?? 20,
        hasSilenceSuppression: send?.hasSilenceSuppression ?? false,
        ...(sendKey === undefined ? {} : { sendKey }),
        ...(receiveKey === undefined ? {} : { receiveKey }),
      },
    ];
  });
}

function direction(receives: boolean, sends: boolean): StreamSpec["direction"] {
  if (receives && sends) return "sendrecv";
  return receives ? "recvonly" : sends ? "sendonly" : "inactive";
}

/** Counters and errors of the media engine. */
export function hearMedia(turn: ServerTurn, report: MediaReport): void {
  if (report.kind === "refused") {
    const channel = turn.server.channels.find(({ owner }) => owner === report.id);
    if (channel?.send !== undefined)
      emit(turn, { kind: "station", intent: { kind: "send-failed", party: channel.party, at: channel.at } });
  }
  if (report.kind !== "statistics") return;
  const { statistics, isFinal } = report;
  const counters = turn.server.counters.map((entry) =>
    entry.owner === statistics.id ? { ...entry, statistics, isFinal: entry.isFinal || isFinal } : entry,
  );
  turn.server = { ...turn.server, counters };
  for (const request of turn.server.requests) if (isReady(turn, request)) answerRequest(turn, request);
}

/** The counters a request means: of its call, else the newest. */
function countersFor(turn: ServerTurn, { ref }: StatisticsRequest): Counters | undefined {
  return turn.server.counters.findLast((entry) => entry.ref === ref) ?? turn.server.counters.at(-1);
}

/** Nothing better is to come: the final counters are there, or there are none at all. */
function isReady(turn: ServerTurn, request: StatisticsRequest): boolean {
  const counters = countersFor(turn, request);
  return counters === undefined || counters.isFinal;
}

/** The server asks for counters, often after the call. They go up when the final ones are there, or soon without. */
export function requestStatistics(turn: ServerTurn, order: Omit<StatisticsRequest, "dueAt">): void {
  const request: StatisticsRequest = { ...order, dueAt: later(turn.now, countersMs) };
  if (isReady(turn, request) || turn.server.requests.length >= limits.requests) answerRequest(turn, request);
  else turn.server = { ...turn.server, requests: [...turn.server.requests, request] };
}

/** The wait for final counters is over. */
export function requestsDue(turn: ServerTurn): void {
  for (const request of turn.server.requests) if (request.dueAt <= turn.now) answerRequest(turn, request);
}

function answerRequest(turn: ServerTurn, request: StatisticsRequest): void {
  const { number, ref, isClearing } = request;
  const statistics: StreamStatistics | undefined = countersFor(turn, request)?.statistics;
  turn.server = { ...turn.server, requests: turn.server.requests.filter((entry) => entry !== request) };
  emit(turn, { kind: "station", intent: { kind: "statistics", number, ref, isClearing, statistics } });
}
