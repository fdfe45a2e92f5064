// Binds the clock query machine to sockets, names and the wall clock.

import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Resolver } from "#hal/contract/names.ts";
import type { Datagram, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import type { UnixMs, WallClock } from "#hal/contract/time.ts";
import { createSntp } from "./machine.ts";
import { decodeNtp, encodeNtp, ntpGroup, ntpPort } from "./messages.ts";
import type { SntpNotice } from "./notices.ts";
import type { ClockFacts, Effect, Event, SntpSettings, State } from "./state.ts";

/** What the client is given. */
export interface SntpPorts {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly wallClock: WallClock;
  readonly resolver: Resolver;
  readonly facts: ClockFacts;
  notify(notice: SntpNotice): void;
  readonly signal: AbortSignal;
}

/** The clock queries at work. */
export interface Sntp {
  /** An address stands, or the settings changed: the first question goes out at once while the clock is not set. */
  start(settings: SntpSettings): void;
  /** The address is gone. */
  stop(): void;
  /** A call server told the time: used only while nothing better did. */
  told(unixMs: number): void;
}

/** Starts the machine; it asks for nothing before `start`. */
export function startSntp(ports: SntpPorts): Sntp {
  const { runtime, sockets, wallClock, resolver, facts, notify, signal } = ports;
  const log = runtime.log("sntp");
  let question: UdpSocket | undefined;
  let listener: UdpSocket | undefined;
  let malformed = 0;
  const take = (datagram: Datagram, isBroadcast: boolean): void => {
    try {
      const packet = decodeNtp(datagram.bytes);
      runner.send({ kind: "packet", packet, from: datagram.from, at: datagram.at, isBroadcast });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      log.debug(`${error.message} from ${datagram.from.address}, ${++malformed} so far`);
    }
  };
  const closeQuestion = (): void => {
    question?.close();
    question = undefined;
  };
  const ask = (effect: Extract<Effect, { kind: "ask" }>): void => {
    closeQuestion();
    try {
      question = sockets.openUdp({ canBroadcast: effect.isBroadcast }); // a new port for each question
      question.datagrams.subscribe((datagram) => take(datagram, false), { signal });
      question.send(encodeNtp(effect.packet), { address: effect.to, port: ntpPort });
    } catch (error) {
      // No address or no port just now: the question times out and is asked again.
      if (!(error instanceof HalError)) throw error;
      log.info(error.message);
    }
  };
  const listen = (isOn: boolean): void => {
    if (isOn === (listener !== undefined)) return;
    if (!isOn) {
      listener?.close();
      listener = undefined;
      return;
    }
    try {
      listener = sockets.openUdp({ port: ntpPort, groups: [ntpGroup] });
      listener.datagrams.subscribe(
        (datagram) => {
          if (isForEverybody(datagram.to, runner.state.settings)) take(datagram, true);
        },
        { signal },
      );
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      runner.send({ kind: "cannot-listen", detail: error.message });
    }
  };
  const runner = new Runner<State, Event>({
    machine: createSntp(facts, runtime.clock.now()),
    runtime,
    signal,
    perform(effect: Effect, scope) {
      switch (effect.kind) {
        case "ask":
          ask(effect);
          return;
        case "listen":
          listen(effect.isOn);
          return;
        case "resolve":
          scope.spawn(`resolve ${effect.host}`, async (stateSignal) => {
            const answer = await lookUp(resolver, effect.host, stateSignal);
            if (!stateSignal.aborted) runner.send({ kind: "resolved", host: effect.host, ...answer });
          });
          return;
        case "step":
          wallClock.step(effect.unixMs as UnixMs); // milliseconds since 1970, by arithmetic.ts
          return;
        case "slew":
          wallClock.slew(effect.offsetMs);
          return;
        case "notify":
          notify(effect.notice);
          return;
      }
    },
    changed(state) {
      if (state.kind !== "asking") closeQuestion();
    },
  });
  signal.addEventListener(
    "abort",
    () => {
      closeQuestion();
      listen(false);
    },
    { once: true },
  );
  return {
    start: (settings) => runner.send({ kind: "start", settings }),
    stop: () => runner.send({ kind: "stop" }),
    told: (unixMs) => runner.send({ kind: "told", unixMs }),
  };
}

/** Group and broadcast only: what is sent to this phone alone was never asked for. */
function isForEverybody(to: string | undefined, settings: SntpSettings | undefined): boolean {
  return to === undefined || to === ntpGroup || to === "255.255.255.255" || to === settings?.broadcast;
}

async function lookUp(
  resolver: Resolver,
  host: string,
  signal: AbortSignal,
): Promise<{ readonly address: string | undefined; readonly ttlSec: number }> {
  try {
    const { records, ttlSec } = await resolver.resolveA(host, { signal });
    return { address: records[0], ttlSec: ttlSec ?? 3600 };
  } catch (error) {
    if (error instanceof HalError) return { address: undefined, ttlSec: 0 };
    throw error;
  }
}
