// Datagrams on the SIP port that are no SIP: keep-alives of peers and NATs. Swallowed, no answer (RFC 5626 §3.5.1,
// §4.4.1; RFC 5389 §6).

const stunCookie = [0x21, 0x12, 0xa4, 0x42];

/** Empty, line ends or zeros only, or STUN. */
export function isKeepAlive(bytes: Uint8Array): boolean {
  const isStun =
    bytes.length >= 20 && (bytes[0] as number) < 4 && stunCookie.every((byte, i) => bytes[4 + i] === byte);
  return isStun || bytes.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
