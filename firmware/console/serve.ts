// Puts sessions on byte streams: the serial console, the local socket, telnet. The composition root opens the streams.
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { LogLine } from "#hal/contract/log.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { execute } from "./execute.ts";
import { parseLine } from "./grammar.ts";
import { encodeLine, onceMark, sessionMark } from "./once.ts";
import type { ConsolePort } from "./port.ts";
import {
  createSessionMachine,
  endOfLine,
  isMonitoring,
  mayTest,
  type SessionEffect,
  type SessionEvent,
  type SessionSettings,
  type SessionState,
} from "./session.ts";
import { TelnetFilter, telnetGreeting } from "./telnet.ts";

/** Bytes both ways; a `Connection` is one, a serial line or a local socket can be. */
export interface ByteStream {
  readonly chunks: Stream<Uint8Array>;
  readonly closed: Stream<unknown>;
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface ConsoleOptions {
  readonly runtime: Runtime;
  readonly port: ConsolePort;
  /** Read when a session begins: the configuration may have changed since the last one. */
  settings(): Omit<SessionSettings, "way">;
  readonly signal: AbortSignal;
}

/** One line of the log as a terminal shows it. */
function formatLog({ atMs, level, area, text }: LogLine): string {
  return `${(atMs / 1000).toFixed(3).padStart(10)} ${level === "info" ? "" : `${level} `}${area}: ${text}`;
}

/** An interactive session until it closes, the stream ends or the signal aborts. */
export function serveSession(
  options: ConsoleOptions,
  stream: ByteStream,
  way: SessionSettings["way"],
  first?: Uint8Array,
): void {
  const { runtime, port } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const mirrorInput = new Emitter<string>();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const telnet = way === "telnet" ? new TelnetFilter() : undefined;
  const write = (text: string): void => stream.write(encoder.encode(text));
  const writeLine = (text: string): void => write(text.replaceAll("\n", endOfLine(way)) + endOfLine(way));
  let command = new AbortController();
  const runner = new Runner<SessionState, SessionEvent>({
    machine: createSessionMachine({ ...options.settings(), way }),
    runtime,
    signal,
    perform: (effect: SessionEffect) => perform(effect),
  });

  function perform(effect: SessionEffect): void {
    switch (effect.kind) {
      case "write":
        write(effect.text);
        break;
      case "mirror-input":
        mirrorInput.emit(effect.line);
        break;
      case "interrupt":
        command.abort(new Error("interrupted"));
        break;
      case "close":
        stream.close();
        over.abort(new Error("session closed"));
        break;
      case "run":
        command = new AbortController();
        run(effect, AbortSignal.any([command.signal, signal]));
        break;
    }
  }

  function run(effect: SessionEffect & { kind: "run" }, ended: AbortSignal): void {
    const line = (text: string): void => {
      if (!ended.aborted) writeLine(text);
    };
    execute(effect.command, {
      port,
      answer: { line, mirror: { write: line, input: mirrorInput } },
      level: effect.level,
      hasFeedback: effect.hasFeedback,
      change: (change) => runner.send({ kind: "change", change }),
      signal: ended,
    }).then(
      (failure) => {
        if (!ended.aborted) runner.send({ kind: "done", failure });
      },
      (error: unknown) => runtime.fail("console", error),
    );
  }

  const hear = (bytes: Uint8Array): void => {
    const taken = telnet?.take(bytes);
    if (taken !== undefined && taken.reply.length > 0) stream.write(taken.reply);
    const text = decoder.decode(taken?.data ?? bytes, { stream: true });
    if (text !== "") runner.send({ kind: "text", text });
  };
  stream.closed.subscribe(() => over.abort(new Error("stream closed")), { signal });
  port.logLines.subscribe(
    (line) => {
      if (isMonitoring(runner.state)) runner.send({ kind: "log", line: formatLog(line) });
    },
    { signal },
  );
  if (telnet !== undefined) stream.write(telnetGreeting);
  runner.send({ kind: "open" });
  if (first !== undefined) hear(first);
  stream.chunks.subscribe(hear, { signal });
}

/** The local socket: the first byte tells a request for one command from a session, which any other byte begins. */
export function serveSocket(options: ConsoleOptions, stream: ByteStream): void {
  const begun = new AbortController();
  const signal = AbortSignal.any([options.signal, begun.signal]);
  stream.closed.subscribe(() => begun.abort(new Error("stream closed")), { signal });
  const decoder = new TextDecoder();
  let request = "";
  let isOnce = false;
  stream.chunks.subscribe(
    (bytes) => {
      if (!isOnce && bytes[0] !== onceMark) {
        begun.abort(new Error("session begins"));
        serveSession(options, stream, "socket", bytes[0] === sessionMark ? bytes.subarray(1) : bytes);
        return;
      }
      isOnce = true;
      request += decoder.decode(bytes, { stream: true });
      if (!request.includes("\n")) return;
      begun.abort(new Error("request complete"));
      runOnce(options, stream, request.slice(1, request.indexOf("\n")), {
        ...options.settings(),
        way: "socket",
      });
    },
    { signal },
  );
}

/** Carries one command out and ends the stream. What comes after the first line goes to `mirror`. */
function runOnce(options: ConsoleOptions, stream: ByteStream, line: string, settings: SessionSettings): void {
  const { runtime, port } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const encoder = new TextEncoder();
  const input = new Emitter<string>();
  const tell = (text: string): void => stream.write(encoder.encode(text));
  const end = (failure: string | undefined): void => {
    tell(encodeLine({ end: failure ?? null }));
    stream.close();
    over.abort(new Error("answered"));
  };
  stream.closed.subscribe(() => over.abort(new Error("stream closed")), { signal });
  let rest = "";
  const decoder = new TextDecoder();
  stream.chunks.subscribe(
    (bytes) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const typed of lines) input.emit(typed);
    },
    { signal },
  );
  const parsed = parseLine(line);
  if (parsed.kind === "mistake") {
    end(parsed.text);
    return;
  }
  if (parsed.command.kind === "test" && !mayTest(settings)) {
    end("test functions are closed here");
    return;
  }
  const write = (text: string): void => {
    if (!signal.aborted) for (const one of text.split("\n")) tell(encodeLine({ line: one }));
  };
  execute(parsed.command, {
    port,
    answer: { line: write, mirror: { write, input } },
    level: 2,
    hasFeedback: false,
    change: () => undefined,
    signal,
  }).then(
    (failure) => {
      if (!signal.aborted) end(failure);
    },
    (error: unknown) => {
      if (!signal.aborted) end("failed");
      runtime.fail("console", error);
    },
  );
}

/** TCP port of telnet. */
const telnetPort = 23;

/** Listens for telnet where the configuration allows it, and has one session at a time. */
export async function serveTelnet(options: ConsoleOptions & { readonly sockets: Sockets }): Promise<void> {
  const { sockets, signal } = options;
  if (options.settings().telnetLevel === 0) return;
  const listener = await sockets.listenTcp(telnetPort, { signal });
  let isTaken = false;
  listener.connections.subscribe(
    (connection) => {
      if (isTaken) {
        connection.write(new TextEncoder().encode("another session is open\r\n"));
        connection.close();
        return;
      }
      isTaken = true;
      connection.closed.subscribe(
        () => {
          isTaken = false;
        },
        { signal },
      );
      serveSession(options, connection, "telnet");
    },
    { signal },
  );
}
