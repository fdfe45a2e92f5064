// A site as somebody would set one up for these phones: a switch with a voice VLAN, dnsmasq for addresses and files, and a
// configuration by the guide of the 7960.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDnsmasq, tftpRoot } from "./dhcp-servers.ts";
import { type Net, phoneMac, serverAddress } from "./namespaces.ts";
import { type Peer, startPeer } from "./peer.ts";

/** The phone's line at both registrars. */
export const user = { name: "6002", password: "secret6002" } as const;

export interface SiteOptions {
  /** Of the phone whose line it is; the net's first unless told. */
  readonly mac?: string;
  /** Lines of SIPDefault.cnf that replace or follow the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Further files. */
  readonly files?: Readonly<Record<string, string>>;
}

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="6..." Timeout="1"/>
<TEMPLATE MATCH="60." Timeout="1"/>
<TEMPLATE MATCH="*" Timeout="5"/>
</DIALTEMPLATE>
`;

const usual = {
  proxy1_address: serverAddress,
  proxy1_port: "5060",
  proxy_register: "1",
  timer_register_expires: "3600",
  preferred_codec: "g711ulaw",
  dtmf_outofband: "avt",
  sntp_mode: "unicast",
  sntp_server: serverAddress,
  time_zone: "CET",
  dial_template: "dialplan",
} as const;

const text = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}: "${value}"\n`)
    .join("");

const ownName = (mac: string): string => `SIP${mac.replaceAll(":", "").toUpperCase()}.cnf`;

/** The files that the net's first phone reads at this site. */
export const fileNames = {
  defaults: "SIPDefault.cnf",
  own: ownName(phoneMac),
  dialPlan: "dialplan.xml",
} as const;

/** Puts the phone's files where dnsmasq serves them. */
export function writeFiles(net: Net, options: SiteOptions = {}): void {
  const root = tftpRoot(net);
  const phone = { line1_name: user.name, line1_authname: user.name, line1_password: user.password };
  const files = {
    [fileNames.defaults]: text({ ...usual, ...options.parameters }),
    [ownName(options.mac ?? phoneMac)]: text({ ...phone, line1_displayname: "Net phone" }),
    [fileNames.dialPlan]: dialPlan,
    ...options.files,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
}

/** The switch's CDP at the far end of a phone's wire: voice untagged unless told, as this kernel may have no 802.1Q. */
export async function startSwitch(
  net: Net,
  port = net.phonePort,
  voiceVlan: number | "untagged" = "untagged",
): Promise<Peer> {
  const program = join(import.meta.dirname, "switch-program.ts");
  const peer = await startPeer({
    name: "switch",
    host: net.servers,
    program: process.execPath,
    words: [program, port, String(voiceVlan)],
    isReady: (output) => output.includes("ready"),
  });
  return net.keep(peer);
}

/** Switch, addresses and files. */
export async function startSite(net: Net, options: SiteOptions = {}): Promise<void> {
  writeFiles(net, options);
  await Promise.all([startSwitch(net), startDnsmasq(net)]);
}
