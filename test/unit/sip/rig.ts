// What SIP tests share: a runtime in virtual time, messages to send, and a flow that remembers what went out.
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import {
  firstOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import type { Flow, TransportName } from "#firmware/sip/transport/flow.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

/** A runtime whose clock the test moves. */
export function virtualRuntime(seed = 1): {
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
  readonly lines: string[];
  readonly failures: unknown[];
} {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const lines: string[] = [];
  const failures: unknown[] = [];
  const book = new LogBook(clock, {
    write: (line) => lines.push(`${line.atMs} ${line.level} ${line.area}: ${line.text}`),
  });
  const runtime: Runtime = {
    clock,
    random: createSeededRandom(seed),
    timers: new TimerTable(clock),
    log: (area) => book.area(area),
    fail: (area, error) => failures.push([area, error]),
  };
  return { clock, runtime, lines, failures };
}

/** A message from its lines; Content-Length is not needed. */
export function message(lines: readonly string[], body = ""): SipMessage {
  return parseMessage(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));
}

export interface RequestParts {
  readonly branch?: string;
  readonly via?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly uri?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** A request as a peer at 192.0.2.9 would send it, or we to it. */
export function request(method: string, parts: RequestParts = {}): SipRequest {
  const tag = parts.toTag === undefined ? "" : `;tag=${parts.toTag}`;
  const made = message(
    [
      `${method} ${parts.uri ?? "sip:100@192.0.2.1:5060"} SIP/2.0`,
      `Via: ${parts.via ?? `SIP/2.0/UDP 192.0.2.9:5060;branch=${parts.branch ?? "z9hG4bKtest"}`}`,
      "Max-Forwards: 70",
      `From: "Peer" <sip:200@192.0.2.9>;tag=${parts.fromTag ?? "peer"}`,
      `To: <sip:100@192.0.2.1>${tag}`,
      `Call-ID: ${parts.callId ?? "call-1@192.0.2.9"}`,
      `CSeq: ${parts.cseq ?? 1} ${method}`,
      ...(parts.lines ?? ["Contact: <sip:200@192.0.2.9:5060>"]),
    ],
    parts.body,
  );
  if (made.kind !== "request") throw new Error("a request was asked for");
  return made;
}

/** A peer's response to a request of ours. */
export function response(
  to: SipRequest,
  status: number,
  more: readonly string[] = [],
  toTag = "peer",
): SipResponse {
  const copied = to.headers
    .filter(({ id }) => ["via", "from", "call-id", "cseq"].includes(id))
    .map(({ name, value }) => `${name}: ${value}`);
  const target = firstOf(to, headers.to);
  const tag = status === 100 ? "" : `;tag=${target?.parameters.get("tag") ?? toTag}`;
  const made = message([`SIP/2.0 ${status} Reason`, ...copied, `To: <${target?.uri.text}>${tag}`, ...more]);
  if (made.kind !== "response") throw new Error("a response was asked for");
  return made;
}

/** Remembers what was sent and when. */
export class RecordingFlow implements Flow {
  readonly transport: TransportName;
  readonly remote = { address: "192.0.2.9", port: 5060 };
  readonly sentBy = "192.0.2.1:5060";
  readonly sent: { readonly atMs: number; readonly message: SipMessage }[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, transport: TransportName = "UDP") {
    this.#clock = clock;
    this.transport = transport;
  }

  get isReliable(): boolean {
    return this.transport !== "UDP";
  }

  send(message: SipMessage): void {
    this.sent.push({ atMs: this.#clock.now(), message });
  }

  /** Seconds at which something left. */
  get seconds(): readonly number[] {
    return this.sent.map(({ atMs }) => atMs / 1000);
  }

  /** Method or status of everything that left. */
  get kinds(): readonly (string | number)[] {
    return this.sent.map(({ message }) => (message.kind === "request" ? message.method : message.status));
  }
}
