// Answers of a DHCP server for the machine tests.
import type { DhcpMessage } from "#firmware/dhcp/messages.ts";
import { type DhcpOption, optionOf } from "#firmware/dhcp/options.ts";
import { identityOf } from "#firmware/dhcp/requests.ts";
import type { DhcpEffect, DhcpEvent } from "#firmware/dhcp/state.ts";

export const phoneMac = "00:11:22:33:44:55";
export const serverMac = "00:11:22:33:44:01";
export const serverAddress = "10.77.0.1";
export const offeredAddress = "10.77.0.141";
export const own = identityOf("cisco-7960", { hostName: "SEP001122334455", product: "Offhook" });

export interface AnswerOptions {
  readonly address?: string;
  readonly server?: string;
  readonly leaseSec?: number;
  readonly siaddr?: string;
  /** Option 150; empty: left out. */
  readonly tftp?: readonly string[];
  readonly mask?: string;
  readonly more?: readonly DhcpOption[];
}

/** An answer to the question with this transaction id. */
export function answerTo(
  transactionId: number,
  type: "offer" | "ack" | "nak",
  options: AnswerOptions = {},
): DhcpMessage {
  const {
    address = offeredAddress,
    server = serverAddress,
    leaseSec = 600,
    tftp = [serverAddress],
  } = options;
  const granted: readonly DhcpOption[] = [
    { kind: "leaseTime", seconds: leaseSec },
    { kind: "subnetMask", mask: options.mask ?? "255.255.255.0" },
    ...(tftp.length > 0 ? [{ kind: "tftpServers", addresses: tftp } as const] : []),
    ...(options.more ?? []),
  ];
  return {
    op: "reply",
    hops: 0,
    transactionId,
    secs: 0,
    isBroadcast: false,
    clientAddress: "0.0.0.0",
    yourAddress: type === "nak" ? "0.0.0.0" : address,
    serverAddress: options.siaddr ?? "0.0.0.0",
    relayAddress: "0.0.0.0",
    clientMac: phoneMac,
    serverName: "",
    bootFile: "",
    options: [
      { kind: "messageType", type },
      { kind: "serverId", address: server },
      ...(type === "nak" ? [] : granted),
    ],
  };
}

export function answered(message: DhcpMessage): DhcpEvent {
  return { kind: "answer", message, mac: serverMac };
}

export function started(kept?: string): DhcpEvent {
  return {
    kind: "start",
    own,
    tftp: "needed",
    kept: kept === undefined ? undefined : { address: kept, mask: "255.255.255.0" },
  };
}

/** ARP reply: the address is somebody else's. */
export function claim(address = offeredAddress): DhcpEvent {
  return {
    kind: "arp",
    packet: {
      operation: "reply",
      senderMac: "00:11:22:33:44:99",
      senderAddress: address,
      targetMac: "00:00:00:00:00:00",
      targetAddress: "0.0.0.0",
    },
  };
}

/** One word per effect: what was sent or said. */
export function told(effect: DhcpEffect): string {
  switch (effect.kind) {
    case "broadcast":
    case "unicast":
      return `${effect.kind} ${String(optionOf(effect.message.options, "messageType")?.type)}`;
    case "notify":
      return effect.notice.kind === "lost" ? `lost: ${effect.notice.reason}` : effect.notice.kind;
    default:
      return effect.kind;
  }
}
