// DHCP and ARP from a hostile server: frames, messages, options, vendor data.
import { decodeArp, isConflict } from "#firmware/dhcp/arp.ts";
import { decodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import { optionOf } from "#firmware/dhcp/options.ts";
import { vendorBlocksOrNone } from "#firmware/dhcp/vendor-blocks.ts";
import { encode } from "#firmware/wire/field.ts";
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

export const dhcpTargets: readonly FuzzTarget[] = [
  { name: "dhcp-frame", seeds: frames, run: (bytes) => takeMessage(decodeUdpFrame(bytes).payload) },
  { name: "dhcp-message", seeds: messages, run: takeMessage },
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
