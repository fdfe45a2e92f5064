// Notes what SIP over UDP passes a host's port, whoever serves it: requests by method, responses by status and method.
// The log of the lab so tells the order of everything, and a fault can wait for a REGISTER.
import { headerLength, splitTag } from "#hal/sim/net/ethernet.ts";
import { parseIp4, protocol } from "#hal/sim/net/ip4-packet.ts";
import { isMalformed, latin1 } from "#hal/sim/net/octets.ts";
import { parseUdp } from "#hal/sim/net/udp-packet.ts";
import type { Host } from "./host.ts";
import type { Tell } from "./log.ts";

const sipPort = 5060;

/** Watches until the signal. `registered` is told beside each 200 to a REGISTER. */
export function watchSip(host: Host, tell: Tell, signal: AbortSignal): void {
  const see = (frame: Uint8Array): void => {
    const text = sipIn(frame, host.address);
    if (text === undefined) return;
    const [, request] = /^([A-Z]+) sips?:\S+ SIP\/2\.0\r\n/.exec(text) ?? [];
    if (request !== undefined) tell(request, { at: host.address });
    const [, status] = /^SIP\/2\.0 (\d{3}) /.exec(text) ?? [];
    if (status === undefined) return;
    const method = /\r\ncseq\s*:\s*\d+\s+([A-Z]+)/i.exec(text)?.[1] ?? "?";
    tell(`${status} ${method}`, { at: host.address });
    if (status === "200" && method === "REGISTER") tell("registered", { at: host.address });
  };
  host.port.inside.sent.subscribe(see, { signal });
  host.port.inside.received.subscribe(see, { signal });
}

/** The text of a whole SIP datagram to or from the host's SIP port. */
function sipIn(frame: Uint8Array, address: string): string | undefined {
  const split = splitTag(frame);
  if (split === undefined) return undefined;
  const packet = parseIp4(split.bytes.subarray(headerLength));
  if (isMalformed(packet) || packet.protocol !== protocol.udp || packet.offset > 0 || packet.hasMore)
    return undefined;
  const datagram = parseUdp(packet.source, packet.destination, packet.payload);
  if (isMalformed(datagram)) return undefined;
  const isServer =
    (packet.destination === address && datagram.destinationPort === sipPort) ||
    (packet.source === address && datagram.sourcePort === sipPort);
  return isServer ? latin1(datagram.payload) : undefined;
}
