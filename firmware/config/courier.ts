// Getting one file from a list of servers: HTTP first where it is on, the second server after a time-out (and then for
// the rest of the boot, X8 of seed-coverage), never for a file that is not there. Pure; used for configuration files
// and for what follows them.
import { unreachable } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { FileAnswer, FileRequest, Transport } from "./fetch.ts";
import { maxConfigBytes } from "./file-text.ts";
import type { StatusMessage } from "./notices.ts";

/** One question on its way. */
export interface Flight {
  readonly id: number;
  readonly name: string;
  /** Place of its server in the list. */
  readonly serverIndex: number;
  readonly transport: Transport;
}

export interface Courier {
  readonly servers: readonly Ip4[];
  /** The server in use. */
  readonly serverIndex: number;
  readonly isPlain: boolean;
  readonly isHttpFirst: boolean;
  /** Servers without HTTP. */
  readonly httpDown: ReadonlySet<Ip4>;
  readonly flights: readonly Flight[];
  readonly nextId: number;
  /** How long files were last time. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** What came of one answer. */
export interface Delivery {
  readonly courier: Courier;
  readonly requests: readonly { readonly id: number; readonly request: FileRequest }[];
  readonly statuses: readonly StatusMessage[];
  /** Undefined: nothing yet, or an answer nobody waits for. */
  readonly result:
    | { readonly name: string; readonly kind: "found"; readonly bytes: Uint8Array; readonly server: Ip4 }
    | { readonly name: string; readonly kind: "absent" }
    /** `text`: what the server said about it. */
    | { readonly name: string; readonly kind: "failed"; readonly text: string }
    /** No server answers. */
    | { readonly name: string; readonly kind: "silent" }
    | undefined;
}

/** Trust lists are shorter than configurations (reference boot-and-provisioning 5.1). */
const maxTrustListBytes = 64 * 1024;

/** Asks for these files; names already on their way are left alone. */
export function send(courier: Courier, names: readonly string[]): Delivery {
  let next = courier;
  const requests: Delivery["requests"][number][] = [];
  for (const name of names) {
    if (next.flights.some((flight) => flight.name === name)) continue;
    const sent = ask(next, name, undefined);
    next = sent.courier;
    requests.push(...sent.requests);
  }
  return { courier: next, requests, statuses: [], result: undefined };
}

function ask(courier: Courier, name: string, transport: Transport | undefined): Delivery {
  const server = courier.servers[courier.serverIndex];
  if (server === undefined) return { courier, requests: [], statuses: [], result: { name, kind: "silent" } };
  const isHttp = courier.isHttpFirst && !courier.httpDown.has(server);
  const flight: Flight = {
    id: courier.nextId,
    name,
    serverIndex: courier.serverIndex,
    transport: transport ?? (isHttp ? "http" : "tftp"),
  };
  const request: FileRequest = {
    name,
    server,
    transport: flight.transport,
    maxBytes: name.endsWith(".tlv") ? maxTrustListBytes : maxConfigBytes,
    expectedBytes: courier.sizes.get(name),
    isPlain: courier.isPlain,
  };
  return {
    courier: { ...courier, nextId: courier.nextId + 1, flights: [...courier.flights, flight] },
    requests: [{ id: flight.id, request }],
    statuses: [],
    result: undefined,
  };
}

/** Takes the answer to flight `id`. */
export function settle(courier: Courier, id: number, answer: FileAnswer): Delivery {
  const flight = courier.flights.find((one) => one.id === id);
  if (flight === undefined) return { courier, requests: [], statuses: [], result: undefined };
  const landed = { ...courier, flights: courier.flights.filter((one) => one !== flight) };
  const server = courier.servers[flight.serverIndex] ?? "";
  if (flight.transport === "http" && answer.kind !== "file")
    return withoutHttp(landed, flight, server, answer);
  switch (answer.kind) {
    case "file": {
      const sizes = new Map(landed.sizes).set(flight.name, answer.bytes.length);
      const result = { kind: "found", name: flight.name, bytes: answer.bytes, server } as const;
      return { courier: { ...landed, sizes }, requests: [], statuses: [], result };
    }
    case "not-found":
      return done(
        landed,
        { name: flight.name, kind: "absent" },
        { code: "file-not-found", facts: { name: flight.name } },
      );
    case "error":
      return done(
        landed,
        { name: flight.name, kind: "failed", text: answer.text },
        { code: "file-error", facts: { name: flight.name, error: answer.error, text: answer.text } },
      );
    case "too-large":
      return done(
        landed,
        { name: flight.name, kind: "failed", text: `> ${answer.limitBytes}` },
        { code: "file-too-large", facts: { name: flight.name, limitBytes: answer.limitBytes } },
      );
    case "timeout":
    case "unreachable":
      return nextServer(landed, flight, server);
    default:
      return unreachable(answer);
  }
}

function done(courier: Courier, result: Delivery["result"], status: StatusMessage): Delivery {
  return { courier, requests: [], statuses: [status], result };
}

/** BOOT-055: 404 and refusal go to TFTP; a server that refuses or keeps silent is not asked by HTTP again. */
function withoutHttp(courier: Courier, flight: Flight, server: Ip4, answer: FileAnswer): Delivery {
  const isDown = answer.kind === "timeout" || answer.kind === "unreachable";
  const isNews = isDown && !courier.httpDown.has(server);
  const httpDown = isDown ? new Set(courier.httpDown).add(server) : courier.httpDown;
  const again = ask({ ...courier, httpDown }, flight.name, "tftp");
  const statuses: StatusMessage[] = isNews ? [{ code: "http-unavailable", facts: { server } }] : [];
  return { ...again, statuses };
}

/** BOOT-052: the same file from the next server; the first file that timed out moves everybody. */
function nextServer(courier: Courier, flight: Flight, server: Ip4): Delivery {
  const timeout: StatusMessage = { code: "file-timeout", facts: { name: flight.name, server } };
  const isFirst = flight.serverIndex === courier.serverIndex;
  const following = courier.servers[flight.serverIndex + 1];
  if (!isFirst) return { ...ask(courier, flight.name, undefined), statuses: [timeout] };
  if (following === undefined)
    return { courier, requests: [], statuses: [timeout], result: { name: flight.name, kind: "silent" } };
  const moved = { ...courier, serverIndex: flight.serverIndex + 1 };
  const changed: StatusMessage = { code: "server-changed", facts: { from: server, to: following } };
  return { ...ask(moved, flight.name, undefined), statuses: [timeout, changed] };
}
