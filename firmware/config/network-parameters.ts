// Network settings typed on the phone (reference cisco-7960-sip 2.4). They are needed before any file, so they are
// read from the store by themselves; names are those of the network menu.
import type { Storage } from "#hal/contract/storage.ts";
import { address, flag, type ValueType, whole, words } from "./value-types.ts";

/** A subnet mask: ones, then zeros. */
const mask: ValueType<string> = {
  expected: "mask",
  parse(text) {
    const dotted = address.parse(text);
    const bits = dotted
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
    if (!/^1+0*$/.test(bits)) throw new RangeError(this.expected);
    return dotted;
  },
  print: (value) => value,
};

/** An address a phone can have: not of networks 0, 127, 224 and above. */
const unicast: ValueType<string> = {
  expected: "host-address",
  parse(text) {
    const dotted = address.parse(text);
    const first = Number(dotted.split(".")[0]);
    if (first === 0 || first === 127 || first >= 224) throw new RangeError(this.expected);
    return dotted;
  },
  print: (value) => value,
};

/** When a value may be typed. */
type Condition = "always" | "without-dhcp" | "without-dhcp-or-alternate";

interface NetworkParameter {
  readonly type: ValueType<unknown>;
  readonly condition: Condition;
}

const five = [1, 2, 3, 4, 5] as const;

/** Names, kinds and conditions, in the order of the menu. */
export const networkParameters: ReadonlyMap<string, NetworkParameter> = new Map<string, NetworkParameter>([
  ["domain_name", { type: words(64), condition: "without-dhcp" }], // NETM-005
  ["ip_address", { type: unicast, condition: "without-dhcp" }], // NETM-006
  ["subnet_mask", { type: mask, condition: "without-dhcp" }], // NETM-007
  ["tftp_server", { type: unicast, condition: "without-dhcp-or-alternate" }], // NETM-008
  ...five.map((n) => [`default_router_${n}`, { type: unicast, condition: "without-dhcp" }] as const), // NETM-009
  ...five.map((n) => [`dns_server_${n}`, { type: unicast, condition: "without-dhcp" }] as const), // NETM-010
  ["admin_vlan_id", { type: whole(1, 4094), condition: "always" }], // NETM-012, X24: empty is none
  ["dhcp_enabled", { type: flag, condition: "always" }], // NETM-013
  ["alternate_tftp", { type: flag, condition: "always" }], // NETM-015
]);

/** The network as typed. */
export interface LocalNetwork {
  readonly isDhcpEnabled: boolean;
  readonly isAlternateTftp: boolean;
  readonly address: string | undefined;
  readonly mask: string | undefined;
  readonly routers: readonly string[];
  readonly dnsServers: readonly string[];
  readonly domainName: string | undefined;
  readonly tftpServer: string | undefined;
  readonly adminVlanId: number | undefined;
}

/** Values by name; empty or wrong ones are left out. */
type Values = ReadonlyMap<string, unknown>;

function readValues(storage: Storage): Values {
  const values = new Map<string, unknown>();
  for (const [name, { type }] of networkParameters) {
    const bytes = storage.read("settings", name);
    if (bytes === undefined || bytes.length === 0) continue;
    const parsed = parseOr(type, new TextDecoder().decode(bytes));
    if (parsed !== undefined) values.set(name, parsed);
  }
  return values;
}

function parseOr(type: ValueType<unknown>, text: string): unknown {
  try {
    return type.parse(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the store holds. A phone without an address of its own uses DHCP whatever it says. */
export function readLocalNetwork(storage: Storage): LocalNetwork {
  return build(readValues(storage));
}

function build(values: Values): LocalNetwork {
  const text = (name: string): string | undefined => {
    const value = values.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const list = (name: string): readonly string[] =>
    five.map((n) => text(`${name}_${n}`)).filter((one) => one !== undefined);
  const vlan = values.get("admin_vlan_id");
  const hasAddress = text("ip_address") !== undefined && text("subnet_mask") !== undefined;
  return {
    isDhcpEnabled: values.get("dhcp_enabled") !== false || !hasAddress,
    isAlternateTftp: values.get("alternate_tftp") === true,
    address: text("ip_address"),
    mask: text("subnet_mask"),
    routers: list("default_router"),
    dnsServers: list("dns_server"),
    domainName: text("domain_name"),
    tftpServer: text("tftp_server"),
    adminVlanId: typeof vlan === "number" ? vlan : undefined,
  };
}

/** Why a network value was not taken. */
export type NetworkRefusal = "bad-value" | "needs-dhcp-off" | "incomplete";

/**
 * Checks values typed together (an empty text unsets). Addresses need DHCP off, the TFTP server DHCP off or Alternate
 * TFTP on (NETM-006…010); DHCP off needs address and mask.
 */
export function checkNetwork(
  storage: Storage,
  typed: ReadonlyMap<string, string>,
): { readonly refused: NetworkRefusal; readonly name: string } | undefined {
  const values = new Map(readValues(storage));
  for (const [name, text] of typed) {
    const parameter = networkParameters.get(name);
    if (parameter === undefined) continue;
    if (text === "") {
      values.delete(name);
      continue;
    }
    const value = parseOr(parameter.type, text);
    if (value === undefined) return { refused: "bad-value", name };
    values.set(name, value);
  }
  const isDhcpOff = values.get("dhcp_enabled") === false;
  const isAlternate = values.get("alternate_tftp") === true;
  for (const name of typed.keys()) {
    const condition = networkParameters.get(name)?.condition ?? "always";
    const isAllowed =
      condition === "always" || isDhcpOff || (condition === "without-dhcp-or-alternate" && isAlternate);
    if (!isAllowed) return { refused: "needs-dhcp-off", name };
  }
  const missing = ["ip_address", "subnet_mask"].find((name) => !values.has(name));
  return isDhcpOff && missing !== undefined && typed.size > 0
    ? { refused: "incomplete", name: missing }
    : undefined;
}
