// TFTP: single datagrams, and whole conversations with the transfer machine.
import { decodeTftp, encodeTftp } from "#firmware/tftp/messages.ts";
import { fullOffer } from "#firmware/tftp/options.ts";
import { createTransfer } from "#firmware/tftp/transfer.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vector, vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

/** Datagrams one after the other, each behind its length; length 0 lets the timer ring. */
function converse(bytes: Uint8Array): void {
  const machine = createTransfer({ server: "192.0.2.1", fileName: "f", offer: fullOffer, maxBytes: 4096 });
  const random = createSeededRandom(1);
  let now = 0 as MonoMs;
  let { state } = machine.step(machine.initial, { kind: "start" }, { now, random });
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    const [timer] = machine.timers(state);
    if (length === 0) {
      if (timer === undefined) return;
      now = timer.at;
      ({ state } = machine.step(state, { kind: "timer", name: timer.name }, { now, random }));
      at += 1;
      continue;
    }
    now = later(now, 1);
    try {
      const message = decodeTftp(bytes.subarray(at + 1, at + 1 + length));
      const from = { address: "192.0.2.1", port: 40_000 + (length % 2) };
      const step = machine.step(state, { kind: "message", message, from }, { now, random });
      for (const effect of step.effects) if (effect.kind === "send") encodeTftp(effect.message);
      ({ state } = step);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    at += 1 + length;
  }
}

const framed = (...names: string[]): Uint8Array =>
  Uint8Array.from(
    names.flatMap((name) => {
      const { bytes } = vector("tftp", name);
      return [bytes.length, ...bytes];
    }),
  );

export const tftpTargets: readonly FuzzTarget[] = [
  {
    name: "tftp",
    seeds: vectors("tftp")
      .filter(({ expect }) => expect === "ok")
      .map(({ bytes }) => bytes),
    run: (bytes) => decodeTftp(bytes),
  },
  {
    name: "tftp-transfer",
    seeds: [
      framed("oack-atftpd", "data-dnsmasq-one-block", "data-empty-last"),
      framed("oack-dnsmasq", "oack-dnsmasq", "data-dnsmasq-one-block"),
      framed("error-unknown-code", "data-dnsmasq-one-block", "data-dnsmasq-one-block"),
      Uint8Array.of(0, 0, 0, 0, 0, 0),
    ],
    run: converse,
  },
];
