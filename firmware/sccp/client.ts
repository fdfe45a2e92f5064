// Binds the SCCP machine to TCP: opens its connections, cuts streams into messages, writes each message at once.

import type { StationIntent } from "#firmware/call/intents.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Resolver } from "#hal/contract/names.ts";
import type { Connection, Marking, Sockets } from "#hal/contract/sockets.ts";
import { Framer } from "./framer.ts";
import { sccpMachine } from "./machine.ts";
import { codecFor } from "./messages/codec.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";
import type { SccpNotice } from "./notices.ts";
import type { SccpServer, SccpSettings } from "./settings.ts";
import type { LinkName, SccpEffect, SccpEvent, SccpState, ServerFailure } from "./state.ts";
import { connectMs } from "./timing.ts";

export interface SccpOptions {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  readonly settings: SccpSettings;
  /** How signalling is marked. */
  readonly marking: Marking;
  notify(notice: SccpNotice): void;
  /** Ends everything at once, without an Unregister. */
  readonly signal: AbortSignal;
}

/** A registered, or still knocking, SCCP phone. */
export interface SccpClient {
  /** A press of the person, or an answer to an order. */
  perform(intent: StationIntent): void;
  /** How many calls hold sound: the phone changes servers only without any. */
  setCalls(count: number): void;
  /** Unregisters, then closes; `server: unregistered` follows. */
  stop(): void;
  state(): SccpState;
  /** Messages that were dropped because they could not be read. */
  readonly droppedCount: number;
}

interface Link {
  readonly controller: AbortController;
  connection: Connection | undefined;
}

const isDotted = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host);

/** Starts at the first server of the list. */
export function startSccp(options: SccpOptions): SccpClient {
  const { runtime, settings, signal } = options;
  const log = runtime.log("sccp");
  const links = new Map<LinkName, Link>();
  let dropped = 0;

  const runner: Runner<SccpState, SccpEvent> = new Runner<SccpState, SccpEvent>({
    machine: sccpMachine(settings),
    runtime,
    perform: (effect: SccpEffect) => perform(effect),
    signal,
  });

  const perform = (effect: SccpEffect): void => {
    switch (effect.kind) {
      case "connect":
        open(effect.link, effect.server);
        break;
      case "close":
        close(effect.link);
        break;
      case "promote":
        promote(effect.link);
        break;
      case "send":
        send(effect.link, effect.version, effect.message);
        break;
      case "notify":
        options.notify(effect.notice);
        break;
    }
  };

  const close = (name: LinkName): void => {
    const link = links.get(name);
    if (link === undefined) return;
    links.delete(name);
    link.connection?.close();
    link.controller.abort(new Error(`${name} connection closed`));
  };

  const promote = (name: LinkName): void => {
    close("active");
    const link = links.get(name);
    links.delete(name);
    if (link !== undefined) links.set("active", link);
  };

  const open = (name: LinkName, server: SccpServer): void => {
    close(name);
    const controller = new AbortController();
    const link: Link = { controller, connection: undefined };
    links.set(name, link);
    const { signal: linkSignal } = controller;
    const connect = async (): Promise<void> => {
      const address = isDotted(server.host)
        ? server.host
        : await firstAddress(options.resolver, server.host, linkSignal);
      const connection = await options.sockets.connectTcp(
        { address, port: server.port },
        { timeoutMs: connectMs, marking: options.marking, signal: linkSignal },
      );
      if (linkSignal.aborted) {
        connection.reset();
        return;
      }
      link.connection = connection;
      listen(link, connection);
      runner.send({ kind: "connected", link: nameOf(link), address: connection.local.address });
    };
    connect().catch((error: unknown) => {
      if (linkSignal.aborted) return;
      if (!(error instanceof HalError)) return runtime.fail("sccp connect", error);
      log.info(`${server.host}:${server.port}: ${error.message}`);
      const failing = nameOf(link);
      links.delete(failing);
      runner.send({ kind: "connect-failed", link: failing, failure: failureOf(error) });
    });
  };

  /** A connection may have been promoted since it was opened. */
  const nameOf = (link: Link): LinkName => {
    for (const [name, candidate] of links) if (candidate === link) return name;
    return "active";
  };

  const listen = (link: Link, connection: Connection): void => {
    const framer = new Framer();
    const { signal: linkSignal } = link.controller;
    connection.closed.subscribe(
      (reason) => {
        const name = nameOf(link);
        links.delete(name);
        link.controller.abort(new Error("closed by the server"));
        if (framer.pendingBytes > 0)
          log.info(`${name}: closed inside a message, ${framer.pendingBytes} bytes lost`);
        runner.send({ kind: "closed", link: name, wasReset: reason.kind === "failed" });
      },
      { signal: linkSignal },
    );
    connection.chunks.subscribe(
      (chunk) => {
        try {
          for (const frame of framer.push(chunk)) {
            if (linkSignal.aborted) return;
            receive(nameOf(link), frame);
          }
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          dropped++;
          log.warning(`${nameOf(link)}: ${error.message}`);
          runner.send({ kind: "bad-stream", link: nameOf(link), detail: error.message });
        }
      },
      { signal: linkSignal },
    );
  };

  const receive = (name: LinkName, frame: Uint8Array): void => {
    const { state } = runner;
    const version = state.kind === "registered" ? state.version : 3;
    try {
      const { message } = codecFor(version).decodeServer(frame);
      log.debug(`${name} < ${message.kind}`);
      runner.send({ kind: "message", link: name, message });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      dropped++;
      log.debug(`${name} dropped: ${error.message}`);
    }
  };

  const send = (name: LinkName, version: number, message: PhoneMessage): void => {
    const connection = links.get(name)?.connection;
    if (connection === undefined) return;
    log.debug(`${name} > ${message.kind}`);
    connection.write(codecFor(version).encodePhone(message));
  };

  signal.addEventListener(
    "abort",
    () => {
      for (const name of [...links.keys()]) close(name);
    },
    { once: true },
  );
  runner.send({ kind: "start" });
  return {
    perform: (intent) => runner.send({ kind: "station", intent }),
    setCalls: (count) => runner.send({ kind: "calls", count }),
    stop: () => runner.send({ kind: "stop" }),
    state: () => runner.state,
    get droppedCount() {
      return dropped;
    },
  };
}

async function firstAddress(resolver: Resolver, host: string, signal: AbortSignal): Promise<string> {
  const { records } = await resolver.resolveA(host, { signal });
  const [address] = records;
  if (address === undefined)
    throw new HalError("not-found", host, "resolve", "a name with an address was expected");
  return address;
}

function failureOf(error: HalError): ServerFailure {
  if (error.code === "refused") return "refused-by-network";
  return error.code === "denied" ? "certificate" : "no-answer";
}
