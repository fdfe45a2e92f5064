// Who this handset is on Linux: the card's burnt-in address, else the board's, else the one given at the command line.
import { readFileSync } from "node:fs";
import type { Identity } from "#hal/contract/identity.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { LinkFact } from "./netlink/facts.ts";

/** What the program knows of itself. */
export interface Product {
  readonly product: string;
  readonly version: string;
  readonly commit: string;
}

export interface MacChoice {
  readonly mac: Mac;
  /** For `show hal`: where it comes from. */
  readonly source: string;
}

const none = "00:00:00:00:00:00";

/** Chooses the address. A virtual interface has none burnt in; without any other, its present one is used. */
export function chooseMac(
  link: Pick<LinkFact, "permanentMac" | "mac">,
  given: { readonly board: Mac | undefined; readonly commandLine: Mac | undefined },
): MacChoice {
  const { permanentMac } = link;
  const ignored =
    given.commandLine === undefined ? "" : `; --mac ${given.commandLine} is for cards without one`;
  if (permanentMac !== undefined && permanentMac !== none)
    return { mac: permanentMac, source: `the card's permanent address${ignored}` };
  if (given.board !== undefined) return { mac: given.board.toLowerCase(), source: "the board" };
  if (given.commandLine !== undefined)
    return { mac: given.commandLine.toLowerCase(), source: "the command line" };
  return { mac: link.mac ?? none, source: "the interface's present address" };
}

/** The device tree's word (a Raspberry Pi has one), or undefined. */
function deviceTree(name: string): string | undefined {
  try {
    return readFileSync(`/sys/firmware/devicetree/base/${name}`, "utf8").replace(/\0+$/, "");
  } catch {
    return undefined; // no device tree: a PC
  }
}

/** The whole identity; a machine without a serial number of its own has its address for one. */
export function readIdentity(mac: Mac, product: Product): Identity {
  return {
    ...product,
    mac,
    serial: deviceTree("serial-number") ?? mac.replaceAll(":", "").toUpperCase(),
    hardwareRevision: deviceTree("model") ?? "unknown",
  };
}
