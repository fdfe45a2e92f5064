// What the network card negotiated, and what it is told to use, by the ethtool ioctl.
import { HalError } from "#hal/contract/errors.ts";
import type { LinkState } from "#hal/contract/link.ts";
import type { LinkMedia } from "#hal/contract/network.ts";
import { c, layout } from "./ffi/abi.ts";
import { errno, halErrorOf, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc } from "./ffi/libc.ts";
import { withOutside } from "./ffi/outside.ts";

const unknownSpeed = 0xffffffff;
const maskWords = 127; // the most a card can ask for: a signed byte
const at = layout.ethtool_link_settings;

/** The card's settings as the kernel gave them; `write` takes them back changed and gives an errno, 0 for done. */
interface Settings {
  readonly view: DataView;
  /** Words of each of the three masks behind the settings: supported, advertised, the other end's. */
  readonly words: number;
  write(): number;
}

/** Asks the card and hands its settings on; undefined where there is no such card, or it does not say. */
function withSettings<T>(name: string, use: (settings: Settings) => T): T | undefined {
  const socket = libc().socket(c.AF_INET, c.SOCK_DGRAM | c.SOCK_CLOEXEC, 0);
  if (socket < 0) return undefined;
  try {
    const settings = new Uint8Array(at.sizeof + 3 * 4 * maskWords);
    const request = new Uint8Array(layout.ifreq.sizeof);
    request.set(new TextEncoder().encode(name).subarray(0, c.IFNAMSIZ - 1));
    return withOutside([settings, request], (data, ifreq) => {
      if (data === undefined || ifreq === undefined) return undefined;
      const view = new DataView(data.bytes.buffer);
      new DataView(ifreq.bytes.buffer).setBigUint64(layout.ifreq.ifr_data, data.address, true);
      const call = (command: number): boolean => {
        view.setUint32(at.cmd, command, true);
        return libc().ioctl(socket, c.SIOCETHTOOL, ifreq.address) >= 0;
      };
      if (!call(c.ETHTOOL_GLINKSETTINGS)) return undefined;
      // The first answer is only how many mask words the kernel wants, as a negative number.
      const words = -view.getInt8(at.link_mode_masks_nwords);
      if (words <= 0) return undefined;
      data.bytes.fill(0);
      view.setInt8(at.link_mode_masks_nwords, words);
      if (!call(c.ETHTOOL_GLINKSETTINGS)) return undefined;
      return use({ view, words, write: () => (call(c.ETHTOOL_SLINKSETTINGS) ? 0 : lastErrno()) });
    });
  } finally {
    closeDescriptor(socket);
  }
}

/** Speed and duplex as negotiated; undefined where the card does not say, or the interface is gone. */
export function readNegotiated(name: string): Pick<LinkState, "speedMbps" | "duplex"> {
  const read = ({ view }: Settings) => {
    const speed = view.getUint32(at.speed, true);
    const duplex = view.getUint8(at.duplex);
    return {
      speedMbps: speed === unknownSpeed || speed === 0 ? undefined : speed,
      duplex: duplex === c.DUPLEX_HALF ? "half" : duplex === c.DUPLEX_FULL ? "full" : undefined,
    } as const;
  };
  return withSettings(name, read) ?? { speedMbps: undefined, duplex: undefined };
}

/** Fixes speed and duplex, or has them negotiated again. HalError `unsupported` where the card cannot. */
export function setLinkMedia(name: string, media: LinkMedia): void {
  const reason =
    withSettings(name, ({ view, words, write }) => {
      if (media === "auto") {
        const [supported, advertised] = [at.sizeof, at.sizeof + 4 * words];
        for (let i = 0; i < 4 * words; i++) view.setUint8(advertised + i, view.getUint8(supported + i));
        view.setUint8(at.autoneg, c.AUTONEG_ENABLE);
      } else {
        view.setUint8(at.autoneg, c.AUTONEG_DISABLE);
        view.setUint32(at.speed, media.speedMbps, true);
        view.setUint8(at.duplex, media.duplex === "half" ? c.DUPLEX_HALF : c.DUPLEX_FULL);
      }
      return write();
    }) ?? errno.EOPNOTSUPP;
  if (reason === 0) return;
  if (reason === errno.EOPNOTSUPP || reason === errno.EINVAL)
    throw new HalError("unsupported", name, "set media", "the card takes no speed or duplex");
  throw halErrorOf(reason, name, "set media");
}
