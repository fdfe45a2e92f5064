// Files become a configuration, or a reason why not. Pure: the same bytes give the same answer, so a kept copy is read
// again by the same code.
import { ConfigError } from "#hal/contract/errors.ts";
import { buildConfig, type Extras, noExtras } from "./build.ts";
import type { StatusMessage } from "./notices.ts";
import type { CallServer, ConfigKind, PhoneConfig } from "./phone-config.ts";
import { type Layer, resolve } from "./resolve.ts";
import { parseTextFile } from "./text-file.ts";
import { serverListWord } from "./value-types.ts";
import { readXmlFile, type XmlFile } from "./xml-file.ts";

/** A file as it came. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly source: "default-file" | "phone-file";
  /** Undefined: the kept copy. */
  readonly server: string | undefined;
}

/** What reading needs to know beside the files. */
export interface ReadContext {
  /** 12 upper-case hex digits. */
  readonly macDigits: string;
  readonly lineKeys: number;
  /** Typed on the phone: weaker than any file. */
  readonly local: Layer;
  /** Typed since the files were read: stronger than any file until they are read again (START-022). */
  readonly session: Layer;
  /** The guide's daylight-saving rules are built in (strict profile, X22). */
  readonly isGuideDst: boolean;
}

export type Reading =
  | { readonly kind: "accepted"; readonly config: PhoneConfig; readonly statuses: readonly StatusMessage[] }
  | {
      readonly kind: "refused";
      readonly failure: "config-malformed" | "config-unusable";
      readonly facts: Readonly<Record<string, string | number>>;
      readonly statuses: readonly StatusMessage[];
    };

/** Reads the files of one kind. A file that cannot be read refuses the whole. */
export function readFiles(kind: ConfigKind, files: readonly GivenFile[], context: ReadContext): Reading {
  try {
    switch (kind) {
      case "sip-text":
      case "cnf-text":
      case "cnf-default":
        return readText(kind, files, context);
      case "pin":
        return accept(kind, [], context, {
          ...noExtras,
          protocol: "prx",
          kind,
          files: [],
          deviceName: `SEP${context.macDigits}`,
        });
      case "xml":
      case "xml-default":
        return readXmlFiles(kind, files, context);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refusal(error);
  }
}

function refusal(error: ConfigError): Reading {
  const facts = { name: error.file, place: error.place, detail: error.code };
  if (error.code === "unusable") return { kind: "refused", failure: "config-unusable", facts, statuses: [] };
  return {
    kind: "refused",
    failure: "config-malformed",
    facts,
    statuses: [{ code: "file-malformed", facts }],
  };
}

function accept(
  kind: ConfigKind,
  layers: readonly Layer[],
  context: ReadContext,
  extras: Extras,
): Extract<Reading, { kind: "accepted" }> {
  const resolved = resolve([context.local, ...layers, context.session], context.lineKeys);
  const built = buildConfig(resolved, { ...extras, kind }, context.lineKeys);
  return { kind: "accepted", ...built };
}

function readText(
  kind: "sip-text" | "cnf-text" | "cnf-default",
  files: readonly GivenFile[],
  context: ReadContext,
): Reading {
  const layers = files.map(textLayer);
  const isSip = kind === "sip-text";
  const servers = listedServers(layers, context);
  if (!isSip && servers.length === 0)
    throw new ConfigError(
      "unusable",
      files[0]?.name ?? kind,
      "call_manager1_addr",
      "no call server is named",
    );
  return accept(kind, layers, context, {
    ...noExtras,
    protocol: isSip ? "sip" : "sccp",
    kind,
    files: files.map(({ name, source, server, bytes }) => ({
      name,
      source,
      server,
      sizeBytes: bytes.length,
    })),
    deviceName: `${isSip ? "SIP" : "SEP"}${context.macDigits}`,
    servers,
    isGuideDst: context.isGuideDst,
  });
}

/** A text file of which no line is a parameter is something else: an error page, a picture, another phone's file. */
function textLayer(file: GivenFile): Layer {
  const { entries, problems } = parseTextFile(file.name, file.bytes);
  const [first] = problems;
  if (first !== undefined && entries.length === 0)
    throw new ConfigError(
      "malformed",
      file.name,
      String(first.line),
      `lines of the form "name: value" belong here (${first.problem})`,
    );
  return { source: file.source, file: file.name, entries, problemCount: problems.length };
}

/** The first three of `call_manager1_addr` … `call_manager6_addr` (CFG-005). */
function listedServers(layers: readonly Layer[], context: ReadContext): readonly CallServer[] {
  const { values } = resolve([context.local, ...layers, context.session], context.lineKeys);
  const servers: CallServer[] = [];
  for (let n = 1; n <= 6 && servers.length < 3; n++) {
    const host = values.manager(n, "addr");
    if (host === undefined) continue;
    servers.push({
      host,
      sccpPort: values.get("offhook_sccp_port"),
      sipPort: values.manager(n, "sip_port"),
      securedSipPort: 5061,
      isSrst: false,
    });
  }
  return servers;
}

/**
 * XMLDefault holds servers and URLs only: beside a kept file of the phone's own it changes the server list and nothing
 * else (reference boot-and-provisioning 6.2).
 */
function readXmlFiles(
  kind: "xml" | "xml-default",
  files: readonly GivenFile[],
  context: ReadContext,
): Reading {
  const parsed = files.map((file) => ({ file, xml: readXmlFile(file.name, file.bytes, context.lineKeys) }));
  const own = parsed.find(({ file }) => file.source === "phone-file") ?? parsed[0];
  if (own === undefined) throw new ConfigError("unusable", kind, "file", "there is no file");
  const group = parsed.find(
    ({ file, xml }) => file.source === "default-file" && xml.extras.servers.length > 0,
  );
  const servers = (group ?? own).xml.extras.servers;
  const { xml } = own;
  if (xml.securityMode > 1) return refusedByMode(own.file.name, xml.securityMode);
  const layer: Layer = {
    source: own.file.source,
    file: own.file.name,
    entries: [...weakEntries(xml, servers), ...xml.entries],
    problemCount: 0,
  };
  const reading = accept(kind, [layer], context, {
    ...noExtras,
    ...xml.extras,
    servers,
    protocol: xml.protocol,
    kind,
    files: files.map(({ name, source, server, bytes }) => ({
      name,
      source,
      server,
      sizeBytes: bytes.length,
    })),
    deviceName: `SEP${context.macDigits}`,
  });
  if (!isUsable(reading.config))
    throw new ConfigError("unusable", own.file.name, "callManagerGroup", "no server and no proxy is named");
  const unknown = parsed.flatMap(({ file, xml: { unknown } }) =>
    unknown.map((name) => ({ file: file.name, name })),
  );
  return {
    ...reading,
    config: { ...reading.config, unknown },
    statuses: [...parsed.flatMap((one) => one.xml.statuses), ...reading.statuses],
  };
}

/** What an XML file means by saying nothing: lines register, with the server list; named clocks are asked. */
function weakEntries({ extras }: XmlFile, servers: readonly CallServer[]): Layer["entries"] {
  return [
    { name: "proxy_register", value: "1" },
    ...(servers.length > 0 ? [{ name: "proxy1_address", value: serverListWord }] : []),
    ...(extras.sntpServers.length > 0 ? [{ name: "sntp_mode", value: "unicast" }] : []),
  ];
}

function isUsable({ protocol, servers, lines }: PhoneConfig): boolean {
  if (protocol !== "sip") return servers.length > 0;
  return lines.some((line) => line.proxy !== undefined || (line.usesServerList && servers.length > 0));
}

/** Authenticated and encrypted modes need a trust list this phone does not check (6.1). */
function refusedByMode(name: string, mode: number): Reading {
  return {
    kind: "refused",
    failure: "config-unusable",
    facts: { name, mode },
    statuses: [{ code: "security-mode-refused", facts: { mode } }],
  };
}
