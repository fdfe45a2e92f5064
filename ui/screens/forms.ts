// The menus whose values are changed and saved as a whole: their fields as data. Field names are those of the
// configuration's parameters, so that what is saved needs no translation.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { Facts, TextId } from "#ui/words/words.ts";
import type { FormId } from "./ui-state.ts";

/** How a value is typed and checked. Yes and no are kept as `1` and `0`. */
export type FieldType =
  | { readonly kind: "text" }
  | { readonly kind: "password" }
  | { readonly kind: "address" }
  | { readonly kind: "number"; readonly min: number; readonly max: number }
  | { readonly kind: "yes-no" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "shown" }
  /** Leads to a further menu. */
  | { readonly kind: "form"; readonly form: FormId };

export interface Field {
  readonly name: string;
  readonly label: TextId;
  readonly labelFacts?: Facts;
  readonly type: FieldType;
  readonly value: (facts: PhoneFacts) => string;
  /** Whether it can be changed now, given the changes made so far. */
  readonly isOpen?: (facts: PhoneFacts, changes: Readonly<Record<string, string>>) => boolean;
}

export interface Form {
  readonly title: TextId;
  readonly titleFacts?: Facts;
  /** Only with the settings unlocked. */
  readonly isLockable: boolean;
  /** Saving restarts the phone (reference row ENT-003). */
  readonly isRestarting: boolean;
  readonly fields: readonly Field[];
}

const shown = { kind: "shown" } as const;
const text = { kind: "text" } as const;
const address = { kind: "address" } as const;
const yesNo = { kind: "yes-no" } as const;
const port = { kind: "number", min: 1, max: 65_535 } as const;
const lines = [1, 2, 3, 4, 5, 6] as const;

/** A field that is a parameter of the configuration. */
function parameter(name: string, label: TextId, type: FieldType): Field {
  return { name, label, type, value: (facts) => facts.settings[name] ?? "" };
}

/** Reference table 2.4. With DHCP on, what DHCP gives cannot be typed. */
const network: Form = {
  title: "networkConfiguration",
  isLockable: true,
  isRestarting: true,
  fields: [
    { name: "dhcp_server", label: "dhcpServer", type: shown, value: ({ network: of }) => of.dhcpServer },
    { name: "mac_address", label: "macAddress", type: shown, value: ({ network: of }) => of.mac },
    { name: "host_name", label: "hostName", type: shown, value: ({ network: of }) => of.hostName },
    typed("domain_name", "domainName", text, ({ network: of }) => of.domain),
    typed("ip_address", "ipAddress", address, ({ network: of }) => of.address),
    typed("subnet_mask", "subnetMask", address, ({ network: of }) => of.mask),
    {
      ...typed("tftp_server", "tftpServer", address, ({ network: of }) => of.tftpServer),
      isOpen: (facts, changes) => !isDhcp(facts, changes) || isAlternateTftp(facts, changes),
    },
    ...[0, 1, 2, 3, 4].map((index) => numbered("default_router", "defaultRouter", index, "routers")),
    ...[0, 1, 2, 3, 4].map((index) => numbered("dns_server", "dnsServer", index, "dnsServers")),
    {
      name: "operational_vlan_id",
      label: "operationalVlan",
      type: shown,
      value: ({ network: of }) => String(of.operationalVlan ?? ""),
    },
    {
      name: "admin_vlan_id",
      label: "adminVlan",
      type: { kind: "number", min: 1, max: 4094 },
      value: ({ network: of }) => String(of.adminVlan ?? ""),
    },
    {
      name: "dhcp_enabled",
      label: "dhcpEnabled",
      type: yesNo,
      value: ({ network: of }) => (of.isDhcpEnabled ? "1" : "0"),
    },
    {
      name: "alternate_tftp",
      label: "alternateTftp",
      type: yesNo,
      value: ({ network: of }) => (of.isAlternateTftp ? "1" : "0"),
    },
    { name: "erase_configuration", label: "eraseConfiguration", type: yesNo, value: () => "0" },
  ],
};

/** A network value that DHCP gives while it is on. */
function typed(name: string, label: TextId, type: FieldType, value: Field["value"]): Field {
  return { name, label, type, value, isOpen: (facts, changes) => !isDhcp(facts, changes) };
}

function numbered(name: string, label: TextId, index: number, list: "routers" | "dnsServers"): Field {
  const field = typed(`${name}_${index + 1}`, label, address, ({ network: of }) => of[list][index] ?? "");
  return { ...field, labelFacts: { number: index + 1 } };
}

function isDhcp(facts: PhoneFacts, changes: Readonly<Record<string, string>>): boolean {
  return (changes["dhcp_enabled"] ?? (facts.network.isDhcpEnabled ? "1" : "0")) === "1";
}

function isAlternateTftp(facts: PhoneFacts, changes: Readonly<Record<string, string>>): boolean {
  return (changes["alternate_tftp"] ?? (facts.network.isAlternateTftp ? "1" : "0")) === "1";
}

/** Reference table 2.5, the part that belongs to one line. */
function sipLine(line: (typeof lines)[number]): Form {
  return {
    title: "lineSettings",
    titleFacts: { line },
    isLockable: true,
    isRestarting: true,
    fields: [
      parameter(`line${line}_name`, "name", text),
      parameter(`line${line}_shortname`, "shortName", text),
      parameter(`line${line}_authname`, "authName", text),
      parameter(`line${line}_password`, "authPassword", { kind: "password" }),
      parameter(`line${line}_displayname`, "displayName", text),
      parameter(`proxy${line}_address`, "proxyAddress", address),
      parameter(`proxy${line}_port`, "proxyPort", port),
    ],
  };
}

/** Reference table 2.5. */
const sip: Form = {
  title: "sipConfiguration",
  isLockable: true,
  isRestarting: true,
  fields: [
    ...lines.map(
      (line): Field => ({
        name: `line${line}`,
        label: "lineSettings",
        labelFacts: { line },
        type: { kind: "form", form: `sip-line-${line}` },
        value: (facts) => facts.settings[`line${line}_name`] ?? "",
      }),
    ),
    parameter("messages_uri", "messagesUri", text),
    parameter("preferred_codec", "preferredCodec", {
      kind: "choice",
      choices: ["g711ulaw", "g711alaw", "g729a", "none"],
    }),
    parameter("dtmf_outofband", "outOfBandDtmf", { kind: "choice", choices: ["none", "avt", "avt_always"] }),
    parameter("proxy_register", "registerWithProxy", yesNo),
    parameter("timer_register_expires", "registerExpires", { kind: "number", min: 1, max: 3_932_100 }),
    parameter("tftp_cfg_dir", "tftpDirectory", text),
    parameter("phone_label", "phoneLabel", text),
  ],
};

/** Reference table 2.6: the user's own, never locked as a whole; a file may fix single ones. */
const callPreferences: Form = {
  title: "callPreferences",
  isLockable: false,
  isRestarting: false,
  fields: [
    parameter("dnd_control", "doNotDisturb", yesNo),
    parameter("autocomplete", "autoComplete", yesNo),
    parameter("call_waiting", "callWaiting", yesNo),
    parameter("callerid_blocking", "callerIdBlocking", yesNo),
    parameter("anonymous_call_block", "anonymousCallBlock", yesNo),
    parameter("call_hold_ringback", "callHoldRingback", yesNo),
  ],
};

const dateAndTime: Form = {
  title: "dateAndTime",
  isLockable: false,
  isRestarting: false,
  fields: [
    parameter("time_format_24hr", "clock24Hour", yesNo),
    parameter("date_format", "dateFormat", {
      kind: "choice",
      choices: ["M/D/Y", "D/M/Y", "Y/M/D", "D.M.Y", "Y-M-D"],
    }),
  ],
};

/** An entry of the personal directory (reference row DIR-002); `index` of the entry, undefined: a new one. */
const directoryEntry: Form = {
  title: "personalTitle",
  isLockable: false,
  isRestarting: false,
  fields: [parameter("entry_name", "name", text), parameter("entry_number", "number", text)],
};

/** The fields of a form. */
export function formOf(id: FormId): Form {
  switch (id) {
    case "network":
      return network;
    case "sip":
      return sip;
    case "call-preferences":
      return callPreferences;
    case "date-and-time":
      return dateAndTime;
    case "directory-entry":
      return directoryEntry;
    default:
      return sipLine(lines.find((line) => id === `sip-line-${line}`) ?? 1);
  }
}

/** What a field shows: the change made, else the value in force. */
export function fieldValue(
  field: Field,
  facts: PhoneFacts,
  changes: Readonly<Record<string, string>>,
): string {
  return changes[field.name] ?? field.value(facts);
}

/** Whether the field can be changed now. */
export function isFieldOpen(
  form: Form,
  field: Field,
  facts: PhoneFacts,
  changes: Readonly<Record<string, string>>,
): boolean {
  if (field.type.kind === "shown") return false;
  if (form.isLockable && !facts.isUnlocked) return false;
  if (facts.lockedSettings.includes(field.name)) return false;
  return field.isOpen?.(facts, changes) ?? true;
}

/** What is wrong with a typed value; undefined: nothing. An empty value unsets. */
export function fieldFault(type: FieldType, value: string): { text: TextId; facts: Facts } | undefined {
  if (value === "") return undefined;
  if (type.kind === "address") {
    const parts = value.split(".");
    const isAddress =
      parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
    return isAddress ? undefined : { text: "expectAddress", facts: {} };
  }
  if (type.kind !== "number") return undefined;
  const isNumber = /^\d{1,10}$/.test(value) && Number(value) >= type.min && Number(value) <= type.max;
  return isNumber ? undefined : { text: "expectNumber", facts: { min: type.min, max: type.max } };
}
