// The menus whose values are changed and saved as a whole, field by field in the order of the reference. Field names are
// those of the configuration's parameters, so that what is saved needs no translation.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { TextId } from "#ui/words/words.ts";
import type { Field, FieldType, Form } from "./form-field.ts";

const shown = { kind: "shown" } as const;
const text = { kind: "text" } as const;
const address = { kind: "address" } as const;
const yesNo = { kind: "yes-no" } as const;
const port = { kind: "number", min: 1, max: 65_535 } as const;
const mediaPort = { kind: "number", min: 16_384, max: 32_766 } as const;
const lines = [1, 2, 3, 4, 5, 6] as const;

/** A field that is a parameter of the configuration. */
function parameter(name: string, label: TextId, type: FieldType): Field {
  return { name, label, type, value: (facts) => facts.settings[name] ?? "" };
}

/** Fields of the network menu that are acts: Save with Yes does them. */
export const eraseField = "erase_configuration";
export const releaseField = "dhcp_address_released";

/** A parameter that is only shown. */
function fixed(name: string, label: TextId, type: FieldType = shown): Field {
  return { ...parameter(name, label, type), isOpen: () => false };
}

/** Reference table 2.4. With DHCP on, what DHCP gives cannot be typed. */
export const network: Form = {
  title: "networkConfiguration",
  isLockable: true,
  isRestarting: true,
  fields: [
    { name: "dhcp_server", label: "dhcpServer", type: shown, value: ({ network: of }) => of.dhcpServer },
    { ...fixed("bootp_server", "bootpServer", yesNo), value: () => "0" },
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
    { name: releaseField, label: "dhcpReleased", type: yesNo, value: () => "0", isOpen: isDhcp },
    {
      name: "alternate_tftp",
      label: "alternateTftp",
      type: yesNo,
      value: ({ network: of }) => (of.isAlternateTftp ? "1" : "0"),
    },
    { name: eraseField, label: "eraseConfiguration", type: yesNo, value: () => "0" },
    parameter("network_media_type", "mediaType", {
      kind: "choice",
      choices: ["Auto", "Full100", "Half100", "Full10", "Half10"],
    }),
    { ...fixed("dyn_dns_addr_1", "dynamicDns"), labelFacts: { number: 1 } },
    { ...fixed("dyn_dns_addr_2", "dynamicDns"), labelFacts: { number: 2 } },
    fixed("dyn_tftp_addr", "dynamicTftp"),
    parameter("network_port2_type", "port2Type", { kind: "choice", choices: ["Hub/Switch", "PC"] }),
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
export function sipLine(line: number): Form {
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
export const sip: Form = {
  title: "sipConfiguration",
  isLockable: true,
  isRestarting: true,
  fields: [
    ...lines.map(
      (line): Field => ({
        name: `line${line}`,
        lineKey: line,
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
    parameter("enable_vad", "enableVad", yesNo),
    parameter("voip_control_port", "controlPort", { kind: "number", min: 1025, max: 65_535 }),
    parameter("start_media_port", "startMediaPort", mediaPort),
    parameter("end_media_port", "endMediaPort", mediaPort),
    parameter("proxy_backup", "backupProxy", address),
    parameter("proxy_backup_port", "backupProxyPort", port),
    parameter("proxy_emergency", "emergencyProxy", address),
    parameter("proxy_emergency_port", "emergencyProxyPort", port),
    parameter("outbound_proxy", "outboundProxy", address),
    parameter("outbound_proxy_port", "outboundProxyPort", port),
    parameter("nat_enable", "natEnabled", yesNo),
    parameter("nat_address", "natAddress", address),
    parameter("nat_received_processing", "natReceived", yesNo),
  ],
};

/** Reference table 2.6: the user's own, never locked as a whole; a file may fix single ones. */
export const callPreferences: Form = {
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
    {
      name: "auto_answer",
      label: "autoAnswer",
      type: { kind: "form", form: "auto-answer" },
      value: () => "",
    },
    {
      name: "speed_dials",
      label: "speedDials",
      type: { kind: "form", form: "speed-dials" },
      value: () => "",
    },
  ],
};

/** Reference row PREF-007: one parameter, a bit a line. */
export const autoAnswer: Form = {
  title: "autoAnswer",
  isLockable: false,
  isRestarting: false,
  fields: lines.map(
    (line): Field => ({
      name: `auto_answer_${line}`,
      lineKey: line,
      label: "line",
      labelFacts: { line },
      type: yesNo,
      bitOf: { parameter: "auto_answer", bit: line - 1 },
      value: ({ settings }) => String((Number(settings["auto_answer"] ?? "0") >> (line - 1)) & 1),
    }),
  ),
};

/** Reference row PREF-008: keys that are no line; the first one always is. */
export const speedDials: Form = {
  title: "speedDials",
  isLockable: false,
  isRestarting: false,
  fields: lines.slice(1).flatMap((line): Field[] => [
    {
      ...parameter(`speed_label${line}`, "speedLabel", text),
      lineKey: line,
      labelFacts: { key: line },
      isOpen: isFree(line),
    },
    {
      ...parameter(`speed_line${line}`, "speedNumber", { kind: "target" }),
      lineKey: line,
      labelFacts: { key: line },
      isOpen: isFree(line),
    },
  ]),
};

/** A key with a line on it dials no other number. */
function isFree(line: number): (facts: PhoneFacts) => boolean {
  return ({ settings }) => (settings[`line${line}_name`] ?? "") === "";
}

export const dateAndTime: Form = {
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
export const directoryEntry: Form = {
  title: "personalTitle",
  isLockable: false,
  isRestarting: false,
  fields: [parameter("entry_name", "name", text), parameter("entry_number", "number", { kind: "target" })],
};
