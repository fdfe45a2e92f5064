// SEP<MAC>.cnf.xml and XMLDefault.cnf.xml: what they say, in the terms of parameters and of build.ts
// (reference boot-and-provisioning section 6).

import { elementAt, elementsAt, readXml, textAt, type XmlElement } from "#firmware/xml/read.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Extras } from "./build.ts";
import type { StatusMessage } from "./notices.ts";
import type { Protocol, UrlSettings } from "./phone-config.ts";
import { isKnownElement } from "./xml-known.ts";
import { readServers } from "./xml-servers.ts";
import { readSipProfile, type XmlEntry } from "./xml-sip.ts";
import { dscpAt, numberAt, present, urlAt } from "./xml-values.ts";
import { readVendorConfig } from "./xml-vendor.ts";

/** Everything an XML file says. */
export interface XmlFile {
  readonly protocol: Protocol;
  /** Values for text parameters. */
  readonly entries: readonly XmlEntry[];
  readonly extras: Pick<
    Extras,
    | "servers"
    | "monitorSec"
    | "lines"
    | "speedDials"
    | "sip"
    | "urls"
    | "network"
    | "access"
    | "display"
    | "sntpServers"
    | "mediaDscp"
    | "load"
    | "versionStamp"
    | "phoneLabel"
    | "language"
    | "locale"
  >;
  readonly statuses: readonly StatusMessage[];
  readonly unknown: readonly string[];
  /** 2 and 3 need a trust list that this phone does not have. */
  readonly securityMode: number;
}

/** At most so many unknown names are kept; a file may hold thousands. */
const mostUnknown = 100;

/** Reads a file for a phone with so many line keys. Throws ConfigError. */
export function readXmlFile(file: string, bytes: Uint8Array, lineKeys: number): XmlFile {
  const root = readXml(file, contentOf(file, bytes));
  if (root.name !== "device" && root.name !== "Default")
    throw new ConfigError("malformed", file, root.name, "<device> or <Default> belongs here");
  // XMLDefault has no devicePool: the group stands directly below the root (6.2).
  const pool = elementAt(root, "devicePool") ?? root;
  const profile = elementAt(root, "sipProfile");
  const protocol = protocolOf(root, profile);
  const list = readServers(pool, protocol);
  const vendor = readVendorConfig(elementAt(root, "vendorConfig"));
  const sip = profile === undefined ? undefined : readSipProfile(profile, lineKeys);
  const clock = readClock(pool);
  const loadName = loadOf(root, lineKeys);
  const statuses = [...list.statuses, ...signedStatus(file)];
  return {
    protocol,
    entries: [...deviceEntries(root), ...clock.entries, ...(sip?.entries ?? [])],
    extras: {
      servers: list.servers,
      monitorSec: numberAt(pool, "connectionMonitorDuration", 0, 86_400) ?? 120,
      lines: sip?.lines ?? new Map(),
      speedDials: sip?.speedDials ?? [],
      sip: { ...sip?.sip, ...transportOf(root) },
      urls: readUrls(root),
      network: { ...vendor.network, ...signalling(root, protocol) },
      access: vendor.access,
      display: vendor.display,
      sntpServers: clock.servers,
      mediaDscp: dscpAt(profile, "dscpForAudio"),
      load: loadName === undefined ? undefined : { name: loadName, server: vendor.loadServer },
      versionStamp: textAt(root, "versionStamp")?.slice(0, 128),
      phoneLabel: sip?.phoneLabel?.slice(0, 32),
      language: languageOf(root),
      locale: {
        user: folderAt(root, "userLocale/name"),
        network: folderAt(root, "networkLocaleInfo/name") ?? folderAt(root, "networkLocale"),
      },
    },
    statuses,
    unknown: unknownNames(root),
    securityMode: numberAt(root, "deviceSecurityMode", 0, 9) ?? 1,
  };
}

/** A signed file carries its signature in front; this phone has no trust list to check it by and reads what follows. */
function contentOf(file: string, bytes: Uint8Array): Uint8Array {
  if (!file.endsWith(".sgn")) return bytes;
  const start = bytes.indexOf(0x3c); // `<`
  for (let at = start; at >= 0; at = bytes.indexOf(0x3c, at + 1)) {
    const head = String.fromCharCode(...bytes.subarray(at, at + 7));
    if (head === "<device" || head.startsWith("<?xml")) return bytes.subarray(at);
  }
  throw new ConfigError("malformed", file, "content", "<?xml or <device belongs behind the signature");
}

function signedStatus(name: string): readonly StatusMessage[] {
  return name.endsWith(".sgn") ? [{ code: "signature-unchecked", facts: { name } }] : [];
}

/** Where the file does not say: SIP if it has a `sipProfile`. */
function protocolOf(root: XmlElement, profile: XmlElement | undefined): Protocol {
  const text = textAt(root, "deviceProtocol")?.toUpperCase();
  if (text === "SIP") return "sip";
  if (text === "SCCP") return "sccp";
  return profile === undefined ? "sccp" : "sip";
}

function deviceEntries(root: XmlElement): readonly XmlEntry[] {
  const password = textAt(root, "commonProfile/phonePassword");
  return password === undefined ? [] : [{ name: "phone_password", value: password }];
}

const ntpModes = new Map([
  ["unicast", "unicast"],
  ["multicast", "multicast"],
  ["anycast", "anycast"],
  ["directed broadcast", "directedbroadcast"],
  ["directedbroadcast", "directedbroadcast"],
]);

/** `dateTimeSetting`: several servers are allowed, the first one's mode counts. */
function readClock(pool: XmlElement): {
  readonly entries: readonly XmlEntry[];
  readonly servers: readonly string[];
} {
  const setting = elementAt(pool, "dateTimeSetting");
  if (setting === undefined) return { entries: [], servers: [] };
  const entries: XmlEntry[] = [];
  const template = textAt(setting, "dateTemplate");
  const zone = textAt(setting, "timeZone");
  if (template !== undefined) entries.push({ name: "date_format", value: template });
  if (zone !== undefined) entries.push({ name: "time_zone", value: zone });
  const servers = elementsAt(setting, "ntps/ntp").flatMap((ntp) => {
    const name = textAt(ntp, "name");
    return name === undefined || !/^[A-Za-z0-9._-]{1,253}$/.test(name) ? [] : [{ name, ntp }];
  });
  const mode = servers[0] === undefined ? undefined : textAt(servers[0].ntp, "ntpMode")?.toLowerCase();
  const known = mode === undefined ? undefined : ntpModes.get(mode);
  if (known !== undefined) entries.push({ name: "sntp_mode", value: known });
  return { entries, servers: servers.map(({ name }) => name) };
}

/** `loadInformation`, or in XMLDefault that of our type: 7 is the 7960, 8 the 7940. */
function loadOf(root: XmlElement, lineKeys: number): string | undefined {
  const type = lineKeys <= 2 ? { id: 8, model: "IP Phone 7940" } : { id: 7, model: "IP Phone 7960" };
  const byModel = root.children.find(
    ({ name, attributes }) => /^loadInformation/.test(name) && attributes.get("model") === type.model,
  )?.text;
  const text = textAt(root, "loadInformation") ?? textAt(root, `loadInformation${type.id}`) ?? byModel;
  return text !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : undefined;
}

function readUrls(root: XmlElement): Partial<UrlSettings> {
  const either = (plain: string): string | undefined =>
    urlAt(root, plain) ?? urlAt(root, `secure${plain.charAt(0).toUpperCase()}${plain.slice(1)}`);
  return present<UrlSettings>({
    services: either("servicesURL"),
    directory: either("directoryURL"),
    messages: either("messagesURL"),
    information: either("informationURL"),
    authentication: either("authenticationURL"),
    idle: either("idleURL"),
    idleTimeoutSec: numberAt(root, "idleTimeout", 0, 86_400),
    logo: undefined,
    httpProxy: proxyOf(textAt(root, "proxyServerURL")),
  });
}

/** `host:port`. */
function proxyOf(text: string | undefined): UrlSettings["httpProxy"] {
  const match = text === undefined ? null : /^([A-Za-z0-9._-]{1,253}):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? 0);
  return match?.[1] === undefined || port < 1 || port > 65_535 ? undefined : { host: match[1], port };
}

function transportOf(root: XmlElement): Partial<Extras["sip"]> {
  const transports = { 1: "tcp", 2: "udp", 3: "tls" } as const;
  const code = numberAt(root, "transportLayerProtocol", 1, 3);
  return code === undefined ? {} : { transport: transports[code as keyof typeof transports] }; // 1, 2 or 3, just checked
}

function signalling(root: XmlElement, protocol: Protocol): { readonly signallingDscp?: number } {
  const own = protocol === "sccp" ? dscpAt(root, "dscpForSCCPPhoneConfig") : undefined;
  const dscp = dscpAt(root, "dscpForCm2Dvce") ?? own;
  return dscp === undefined ? {} : { signallingDscp: dscp };
}

/** `German_Germany` is German. */
function languageOf(root: XmlElement): string | undefined {
  return textAt(root, "userLocale/name")?.split("_")[0]?.slice(0, 32);
}

/** A folder on the file server; a name that leads elsewhere is none. */
function folderAt(root: XmlElement, path: string): string | undefined {
  const name = textAt(root, path);
  return name !== undefined && /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(name) ? name : undefined;
}

function unknownNames(root: XmlElement): readonly string[] {
  const names = new Set<string>();
  const visit = (element: XmlElement): void => {
    if (names.size < mostUnknown && !isKnownElement(element.name)) names.add(element.name);
    for (const child of element.children) visit(child);
  };
  visit(root);
  return [...names];
}
