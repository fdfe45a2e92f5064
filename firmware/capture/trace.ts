// One line, or the whole text of a SIP message, about a frame that passes: what `debug` shows of packets. Takes frames
// that went through the Redactor. Says what a packet is, never what is wrong with it: the machines' own lines do that.

/** Debug keywords that show packets. */
export const traceCategories = [
  "arp",
  "arp-broadcast",
  "cdp",
  "lldp",
  "dhcp",
  "dns",
  "sntp-packet",
  "tftp",
  "http",
  "tcp",
  "sip-messages",
  "sccp",
] as const;
export type TraceCategory = (typeof traceCategories)[number];

/** What a line says, and for whom. A frame may have several. */
export interface TraceLine {
  readonly category: TraceCategory;
  readonly text: string;
}

const etherTypes = { arp: 0x0806, ip4: 0x0800, vlan: 0x8100, lldp: 0x88cc } as const;
const mostTextBytes = 4000;

/** Lines about one frame; none for what nobody can ask for. */
export function traceFrame(frame: Uint8Array, isOwn: boolean): readonly TraceLine[] {
  if (frame.length < 18) return [];
  const isTagged = u16(frame, 12) === etherTypes.vlan;
  const at = isTagged ? 18 : 14;
  const type = u16(frame, at - 2);
  const way = isOwn ? ">" : "<";
  if (type === etherTypes.arp && frame.length >= at + 28) return arp(frame, at, way);
  if (type === etherTypes.lldp) return [{ category: "lldp", text: `${way} ${frame.length} bytes` }];
  if (type === etherTypes.ip4) return ip4(frame.subarray(at), way);
  const isCdp = type <= 1500 && frame[at] === 0xaa && u16(frame, at + 6) === 0x2000;
  return isCdp ? [{ category: "cdp", text: `${way} ${frame.length} bytes` }] : [];
}

function arp(frame: Uint8Array, at: number, way: string): readonly TraceLine[] {
  const isRequest = u16(frame, at + 6) === 1;
  const sender = address(frame, at + 14);
  const target = address(frame, at + 24);
  const mac = [...frame.subarray(at + 8, at + 14)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
  const text = `${way} ${isRequest ? `who has ${target}, says ${sender}` : `${sender} is at ${mac}`}`;
  const isBroadcast = frame.subarray(0, 6).every((byte) => byte === 0xff);
  return isBroadcast
    ? [
        { category: "arp-broadcast", text },
        { category: "arp", text },
      ]
    : [{ category: "arp", text }];
}

function ip4(packet: Uint8Array, way: string): readonly TraceLine[] {
  if (packet.length < 28) return [];
  const header = ((packet[0] ?? 0) & 0xf) * 4;
  const protocol = packet[9];
  if ((u16(packet, 6) & 0x1fff) !== 0 || packet.length < header + 8) return [];
  const upper = packet.subarray(header, Math.min(packet.length, u16(packet, 2)));
  const ports = [u16(upper, 0), u16(upper, 2)] as const;
  const ends = `${way} ${address(packet, 12)}:${ports[0]} ${address(packet, 16)}:${ports[1]}`;
  if (protocol === 17) return udp(upper.subarray(8), ports, ends);
  if (protocol === 6 && upper.length >= 20) return tcp(upper, ports, ends);
  return [];
}

const udpPorts: Readonly<Record<number, TraceCategory>> = {
  53: "dns",
  67: "dhcp",
  68: "dhcp",
  69: "tftp",
  123: "sntp-packet",
};
const tftpNames = ["", "RRQ", "WRQ", "DATA", "ACK", "ERROR", "OACK"] as const;

function udp(payload: Uint8Array, ports: readonly [number, number], ends: string): readonly TraceLine[] {
  const sip = sipText(payload, ends);
  if (sip !== undefined) return [sip];
  const category = udpPorts[ports[0]] ?? udpPorts[ports[1]];
  if (category !== undefined && category !== "tftp")
    return [{ category, text: `${ends} ${payload.length} bytes` }];
  const name = payload.length >= 4 && payload[0] === 0 ? tftpNames[payload[1] ?? 0] : undefined;
  if (category === undefined && name !== "DATA" && name !== "ACK" && name !== "OACK") return [];
  if (name === undefined || name === "") return [];
  const detail =
    name === "DATA" || name === "ACK" ? `block ${u16(payload, 2)}` : printable(payload.subarray(2));
  return [{ category: "tftp", text: `${ends} ${name} ${detail}, ${payload.length} bytes` }];
}

function tcp(segment: Uint8Array, ports: readonly [number, number], ends: string): readonly TraceLine[] {
  const flags = segment[13] ?? 0;
  const names = (["FIN", "SYN", "RST", "PSH", "ACK"] as const).filter((_, bit) => (flags & (1 << bit)) !== 0);
  const payload = segment.subarray(((segment[12] ?? 0) >> 4) * 4);
  const lines: TraceLine[] = [
    { category: "tcp", text: `${ends} ${names.join(" ")}, ${payload.length} bytes` },
  ];
  if (payload.length === 0) return lines;
  const sip = sipText(payload, ends);
  if (sip !== undefined) lines.push(sip);
  else if (/^(?:GET |POST |HTTP\/)/.test(printable(payload.subarray(0, 8))))
    lines.push({ category: "http", text: `${ends} ${printable(payload).split(/\r?\n/, 1)[0]}` });
  else if (ports.includes(2000) && payload.length >= 12) {
    const id = (payload[8] ?? 0) | ((payload[9] ?? 0) << 8);
    lines.push({ category: "sccp", text: `${ends} message 0x${id.toString(16)}, ${payload.length} bytes` });
  }
  return lines;
}

/** A SIP message begins with a method and a URI, or with the version. */
function sipText(payload: Uint8Array, ends: string): TraceLine | undefined {
  if (payload.length < 20 || (payload[0] ?? 0) < 0x41) return undefined;
  const text = printable(payload);
  const [first = ""] = text.split(/\r?\n/, 1);
  if (!first.startsWith("SIP/2.0 ") && !first.endsWith(" SIP/2.0")) return undefined;
  return { category: "sip-messages", text: `${ends}\n${text.trimEnd()}` };
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const address = (bytes: Uint8Array, at: number): string => bytes.subarray(at, at + 4).join(".");

/** Text as a terminal may show it. */
function printable(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes.subarray(0, mostTextBytes))
    .replace(/[^\n\r\t\x20-\x7e\u00a0-\uffff]/g, ".");
}
