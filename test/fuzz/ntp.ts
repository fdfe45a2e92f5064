// NTP packets: decoding, and every mode of the query machine.
import { checkBroadcast, checkReply } from "#firmware/sntp/checks.ts";
import { createSntp } from "#firmware/sntp/machine.ts";
import { decodeNtp, encodeNtp } from "#firmware/sntp/messages.ts";
import type { State } from "#firmware/sntp/state.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const seeds = vectors("ntp")
  .filter(({ expect }) => expect === "ok")
  .map(({ bytes }) => bytes);
const server = "192.0.2.1";
const facts = { buildUnixMs: 1_790_000_000_000, floorUnixMs: 1_790_000_000_000 };

/** Gives one packet to a machine of each mode, with the right originate so that it gets past the first checks. */
function hear(bytes: Uint8Array): void {
  const packet = decodeNtp(bytes);
  encodeNtp(packet);
  for (const mode of ["unicast", "multicast", "anycast", "directedbroadcast"] as const) {
    const machine = createSntp(facts, 0 as MonoMs);
    const random = createSeededRandom(1);
    let now = 0 as MonoMs;
    let state: State = machine.step(
      machine.initial,
      { kind: "start", settings: { mode, servers: [server], broadcast: "192.0.2.255" } },
      { now, random },
    ).state;
    for (let i = 0; i < 3; i++) {
      now = later(now, 10);
      const originate = state.kind === "asking" ? state.question.transmit : packet.originate;
      const isBroadcast = state.kind === "listening";
      const event = {
        kind: "packet",
        packet: { ...packet, originate },
        from: { address: server, port: 123 },
        at: now,
        isBroadcast,
      } as const;
      state = machine.step(state, event, { now, random }).state;
      const [timer] = machine.timers(state);
      if (timer === undefined) break;
      if (!(timer.at >= now)) throw new Error(`a timer in the past: ${timer.at} at ${now}`);
      now = timer.at;
      state = machine.step(state, { kind: "timer", name: timer.name }, { now, random }).state;
    }
  }
  checkReply(packet, { address: server, port: 123 }, { server, version: 4, transmit: packet.originate });
  checkBroadcast(packet, { address: server, port: 123 }, undefined);
}

export const ntpTargets: readonly FuzzTarget[] = [{ name: "ntp", seeds, run: hear }];
