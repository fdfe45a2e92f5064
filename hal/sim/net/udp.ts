// UDP of the simulated kernel: sockets by port, broadcast, groups, ICMP errors as `failures`.
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Datagram, Endpoint, UdpFailure, UdpOptions, UdpSocket } from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import type { Drops } from "./drops.ts";
import type { DeliveryError, Icmp } from "./icmp.ts";
import { unreachableCode } from "./icmp-packet.ts";
import type { Interface } from "./interface.ts";
import type { Arrived, Ip } from "./ip.ts";
import { protocol } from "./ip4-packet.ts";
import { isIp4, isMalformed, isMulticast, u16 } from "./octets.ts";
import { freePort } from "./ports.ts";
import { buildUdp, maxUdpPayload, parseUdp } from "./udp-packet.ts";

interface Bound {
  readonly options: UdpOptions;
  readonly datagrams: Emitter<Datagram>;
  readonly failures: Emitter<UdpFailure>;
}

export interface UdpLayerOptions {
  readonly ip: Ip;
  readonly icmp: Icmp;
  readonly network: Interface;
  readonly random: Random;
  readonly drops: Drops;
}

export class Udp {
  readonly #options: UdpLayerOptions;
  readonly #sockets = new Map<number, Bound>();

  constructor(options: UdpLayerOptions) {
    this.#options = options;
    options.ip.handle(protocol.udp, (arrived) => this.#receive(arrived));
    options.icmp.onError(protocol.udp, (error) => this.#fail(error));
  }

  /** Throws HalError `busy` or `unreachable`. */
  open(options: UdpOptions): UdpSocket {
    const { network, random, ip } = this.#options;
    if (network.state().address === undefined)
      throw new HalError("unreachable", "udp", "open", "the interface has no address");
    const wanted = options.port ?? 0;
    const localPort = wanted === 0 ? freePort(random, (port) => this.#sockets.has(port)) : wanted;
    if (localPort === undefined || this.#sockets.has(localPort))
      throw new HalError("busy", "udp", "open", `port ${wanted} is taken`);
    const bound: Bound = { options, datagrams: new Emitter(), failures: new Emitter() };
    this.#sockets.set(localPort, bound);
    for (const group of options.groups ?? []) ip.join(group);
    return {
      localPort,
      datagrams: bound.datagrams,
      failures: bound.failures,
      send: (bytes, to) => this.#send(localPort, bound, bytes, to),
      close: () => {
        if (this.#sockets.get(localPort) !== bound) return;
        this.#sockets.delete(localPort);
        for (const group of options.groups ?? []) ip.leave(group);
      },
    };
  }

  close(): void {
    this.#sockets.clear();
  }

  #send(localPort: number, bound: Bound, bytes: Uint8Array, to: Endpoint): void {
    const { ip, network } = this.#options;
    if (this.#sockets.get(localPort) !== bound) return;
    const fail = (code: HalErrorCode, detail: string): void => {
      const error = new HalError(code, "udp", `send to ${to.address}:${to.port}`, detail);
      // As a kernel does: the error shows after the call, not inside it.
      queueMicrotask(() => bound.failures.emit({ to, error }));
    };
    const source = network.state().address?.address;
    if (source === undefined) fail("unreachable", "the interface has no address");
    else if (!isIp4(to.address)) fail("unreachable", "no IPv4 address");
    else if (bytes.length > maxUdpPayload) fail("io", `${bytes.length} bytes, at most ${maxUdpPayload}`);
    else if (network.isBroadcast(to.address) && bound.options.canBroadcast !== true)
      fail("denied", "a broadcast address, and the socket may not");
    else {
      const packet = { sourcePort: localPort, destinationPort: to.port, payload: bytes };
      const isSent = ip.send({
        protocol: protocol.udp,
        destination: to.address,
        payload: buildUdp(source, to.address, packet),
        marking: bound.options.marking,
        onUnreachable: () => fail("unreachable", "no answer to ARP"),
      });
      if (!isSent) fail("unreachable", "no route");
    }
  }

  #receive({ packet, at }: Arrived): void {
    const { drops, icmp } = this.#options;
    const { source, destination } = packet;
    const datagram = parseUdp(source, destination, packet.payload);
    if (isMalformed(datagram)) {
      drops.count(`udp ${datagram.malformed}`);
      return;
    }
    const bound = this.#sockets.get(datagram.destinationPort);
    if (bound === undefined || !wants(bound, destination)) {
      drops.count("udp no socket");
      icmp.refuse(packet, unreachableCode.port);
      return;
    }
    const from = { address: source, port: datagram.sourcePort };
    bound.datagrams.emit({ bytes: datagram.payload.slice(), from, to: destination, at });
  }

  #fail({ code, about }: DeliveryError): void {
    const bound = this.#sockets.get(u16(about.head, 0));
    if (bound === undefined) return;
    const to = { address: about.destination, port: u16(about.head, 2) };
    const isRefused = code === unreachableCode.port || code === unreachableCode.protocol;
    const error = new HalError(
      isRefused ? "refused" : "unreachable",
      "udp",
      `send to ${to.address}:${to.port}`,
      `ICMP destination unreachable, code ${code}`,
    );
    bound.failures.emit({ to, error });
  }
}

function wants(bound: Bound, destination: Ip4): boolean {
  return !isMulticast(destination) || (bound.options.groups ?? []).includes(destination);
}
