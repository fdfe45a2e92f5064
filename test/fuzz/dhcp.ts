// DHCP and ARP from a hostile server: frames, messages, options, vendor data.
import { decodeArp, isConflict } from "#firmware/dhcp/arp.ts";
import { decodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { createDhcpMachine } from "#firmware/dhcp/machine.ts";
import { decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import { optionOf } from "#firmware/dhcp/options.ts";
import type { DhcpEffect, DhcpEvent, DhcpState } from "#firmware/dhcp/state.ts";
import { vendorBlocksOrNone } from "#firmware/dhcp/vendor-blocks.ts";
import { encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { answered, answerTo, claim, offeredAddress, phoneMac, started } from "#test/unit/dhcp/server.ts";
import { counting, MachineRig } from "#test/unit/machine-rig.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const frames = vectors("dhcp/messages").map(({ bytes }) => bytes);
const messages = frames.map((frame) => decodeUdpFrame(frame).payload);
const arps = vectors("dhcp/arp").map(({ bytes }) => bytes);

function takeMessage(bytes: Uint8Array): void {
  const message = decodeDhcp(bytes);
  vendorBlocksOrNone(optionOf(message.options, "vendorIdentifying")?.bytes);
  decodeDhcp(encode(dhcpMessage, message));
}

/** Bytes as a script: what happens to a client, and what its server says. Times go forward only. */
function runClient(script: Uint8Array): void {
  const rig: MachineRig<DhcpState, DhcpEvent, DhcpEffect> = new MachineRig(createDhcpMachine(phoneMac), {
    random: counting(),
  });
  const asked = (): number => {
    if ("round" in rig.state) return rig.state.round.transactionId;
    return "transactionId" in rig.state ? rig.state.transactionId : 0;
  };
  for (let at = 0; at + 1 < script.length; at += 2) {
    const choice = script[at] ?? 0;
    const detail = script[at + 1] ?? 0;
    const types = ["offer", "ack", "nak"] as const;
    const type = types[choice % 3] ?? "offer";
    switch (choice % 9) {
      case 0:
        rig.send(started(detail % 2 === 0 ? undefined : offeredAddress));
        break;
      case 1:
        rig.send({ kind: "verify" });
        break;
      case 2:
        rig.send({ kind: detail % 2 === 0 ? "stop" : "release" });
        break;
      case 3:
        rig.run(detail * detail * 10);
        break;
      case 4:
        rig.send(claim(`10.77.0.${detail}`));
        break;
      case 5:
        rig.send(answered({ ...answerTo(asked(), type), ...decodeDhcpOrNothing(script) }));
        break;
      default:
        rig.send(
          answered(
            answerTo(asked() + (detail % 5 === 0 ? 1 : 0), type, {
              address: `10.77.0.${detail}`,
              leaseSec: detail,
              tftp: detail % 3 === 0 ? [] : ["10.77.0.1"],
            }),
          ),
        );
    }
    if (rig.timers().length > 2) throw new Error(`${rig.state.kind} runs ${rig.timers().join()}`);
  }
}

function decodeDhcpOrNothing(bytes: Uint8Array): object {
  try {
    return decodeDhcp(bytes);
  } catch (error) {
    if (error instanceof WireError) return {};
    throw error;
  }
}

export const dhcpTargets: readonly FuzzTarget[] = [
  { name: "dhcp-frame", seeds: frames, run: (bytes) => takeMessage(decodeUdpFrame(bytes).payload) },
  { name: "dhcp-message", seeds: messages, run: takeMessage },
  { name: "dhcp-client", seeds: [Uint8Array.of(0, 0, 6, 141, 7, 141, 3, 9, 4, 141)], run: runClient },
  {
    name: "arp",
    seeds: arps,
    run: (bytes) =>
      void isConflict(decodeArp(bytes), {
        mac: "00:11:22:33:44:55",
        address: "10.77.0.141",
        isProbing: true,
      }),
  },
];
