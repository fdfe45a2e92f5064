// What the network card negotiated, by the ethtool ioctl.
import type { LinkState } from "#hal/contract/link.ts";
import { c, layout } from "./ffi/abi.ts";
import { closeDescriptor, libc } from "./ffi/libc.ts";
import { withOutside } from "./ffi/outside.ts";

const unknownSpeed = 0xffffffff;
const maskWords = 127; // the most a card can ask for: a signed byte

/** Speed and duplex as negotiated; undefined where the card does not say, or the interface is gone. */
export function readNegotiated(name: string): Pick<LinkState, "speedMbps" | "duplex"> {
  const unknown = { speedMbps: undefined, duplex: undefined };
  const socket = libc().socket(c.AF_INET, c.SOCK_DGRAM | c.SOCK_CLOEXEC, 0);
  if (socket < 0) return unknown;
  try {
    const at = layout.ethtool_link_settings;
    const settings = new Uint8Array(at.sizeof + 3 * 4 * maskWords);
    const request = new Uint8Array(layout.ifreq.sizeof);
    request.set(new TextEncoder().encode(name).subarray(0, c.IFNAMSIZ - 1));
    return withOutside([settings, request], (data, ifreq) => {
      if (data === undefined || ifreq === undefined) return unknown;
      const view = new DataView(data.bytes.buffer);
      new DataView(ifreq.bytes.buffer).setBigUint64(layout.ifreq.ifr_data, data.address, true);
      view.setUint32(at.cmd, c.ETHTOOL_GLINKSETTINGS, true);
      if (libc().ioctl(socket, c.SIOCETHTOOL, ifreq.address) < 0) return unknown;
      // The first answer is only how many mask words the kernel wants, as a negative number.
      const words = -view.getInt8(at.link_mode_masks_nwords);
      if (words <= 0) return unknown;
      data.bytes.fill(0);
      view.setUint32(at.cmd, c.ETHTOOL_GLINKSETTINGS, true);
      view.setInt8(at.link_mode_masks_nwords, words);
      if (libc().ioctl(socket, c.SIOCETHTOOL, ifreq.address) < 0) return unknown;
      const speed = view.getUint32(at.speed, true);
      const duplex = view.getUint8(at.duplex);
      return {
        speedMbps: speed === unknownSpeed || speed === 0 ? undefined : speed,
        duplex: duplex === 0 ? "half" : duplex === 1 ? "full" : undefined,
      };
    });
  } finally {
    closeDescriptor(socket);
  }
}
