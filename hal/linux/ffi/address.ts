// IPv4 and hardware addresses as text and in the kernel's socket address structures.
import { HalError } from "#hal/contract/errors.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { c, layout } from "./abi.ts";

/** The four bytes of a dotted address. HalError `io` when the text is none. */
export function ip4Bytes(address: Ip4): Uint8Array {
  const parts = address.split(".");
  const bytes = Uint8Array.from(parts, Number);
  const isGood = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  if (!isGood) throw new HalError("io", "address", "parse", `"${address}" is no dotted IPv4 address`);
  return bytes;
}

/** Four bytes as dotted text. */
export function ip4Text(bytes: Uint8Array): Ip4 {
  return bytes.subarray(0, 4).join(".");
}

/** The six bytes of `00:00:5e:00:53:01`. HalError `io` when the text is none. */
export function macBytes(mac: Mac): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac))
    throw new HalError("io", "address", "parse", `"${mac}" is no hardware address like 00:00:5e:00:53:01`);
  return Uint8Array.from(mac.split(":"), (part) => Number.parseInt(part, 16));
}

/** Bytes as lower-case, colon-separated hex. */
export function macText(bytes: Uint8Array): Mac {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** struct sockaddr_in. */
export function encodeEndpoint(to: Endpoint): Uint8Array {
  const at = layout.sockaddr_in;
  const bytes = new Uint8Array(at.sizeof);
  const view = new DataView(bytes.buffer);
  view.setUint16(at.sin_family, c.AF_INET, true);
  view.setUint16(at.sin_port, to.port);
  bytes.set(ip4Bytes(to.address), at.sin_addr);
  return bytes;
}

/** Address and port of a struct sockaddr_in. */
export function decodeEndpoint(bytes: Uint8Array): Endpoint {
  const at = layout.sockaddr_in;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    address: ip4Text(bytes.subarray(at.sin_addr, at.sin_addr + 4)),
    port: view.getUint16(at.sin_port),
  };
}

/** struct sockaddr_ll for binding to, or sending through, one interface. */
export function encodeLinkAddress(interfaceIndex: number, protocol: number): Uint8Array {
  const at = layout.sockaddr_ll;
  const bytes = new Uint8Array(at.sizeof);
  const view = new DataView(bytes.buffer);
  view.setUint16(at.sll_family, c.AF_PACKET, true);
  view.setUint16(at.sll_protocol, protocol);
  view.setInt32(at.sll_ifindex, interfaceIndex, true);
  return bytes;
}
