// The configuration files of the lab's phone, for the protocol that the settings name.
import { serverListWord } from "#firmware/config/value-types.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { type Files, textFile } from "./files.ts";
import { type LabSettings, place, type SecondLine } from "./settings.ts";

/** The files a TFTP server of such a site holds. Other files may be added to the map at any time. */
export function provisionedFiles(settings: LabSettings): Files {
  const digits = settings.phoneMac.replaceAll(":", "").toUpperCase();
  const files: Files = new Map([["dialplan.xml", textFile(dialPlan)]]);
  if (settings.protocol === "sip") {
    files.set("SIPDefault.cnf", textFile(sipDefault(settings.sip)));
    files.set(`SIP${digits}.cnf`, textFile(sipPhone(settings.sip)));
  }
  if (settings.protocol === "sccp") files.set(`SEP${digits}.cnf.xml`, textFile(sccpPhone));
  return files;
}

/** Do two settings make the same files? */
export function isProvisionedAlike(one: LabSettings, other: LabSettings): boolean {
  const kept = ({ phoneMac, protocol, sip }: LabSettings): string =>
    JSON.stringify([phoneMac, protocol, sip.proxy, sip.expiresSec, sip.secondLine, sip.transport, sip.load]);
  return kept(one) === kept(other);
}

/** Order and names as in the 7960's guide; both fit into one block of any size that is asked for. */
const sipDefault = ({
  proxy,
  expiresSec,
  transport,
  load,
}: LabSettings["sip"]): string => `# defaults of all phones of the lab
${proxy === serverListWord ? serverList : ""}proxy1_address: "${proxy}"
proxy2_address: "${place.second}"
proxy1_port: "5060"
proxy2_port: "5060"
proxy_register: "1"
timer_register_expires: "${expiresSec}"
preferred_codec: "g711ulaw"
dtmf_outofband: "avt"
sntp_mode: "unicast"
sntp_server: "${place.server}"
time_zone: "CET"
date_format: "D/M/Y"
dial_template: "dialplan"
phone_label: "Offhook lab"
${transport === "udp" ? "" : `offhook_transport: "${transport}"\n`}${load === undefined ? "" : `image_version: "${load}"\n`}`;

/** A phone with a list of call servers (CFG-005): they are in control, as in a CallManager system. */
const serverList = `call_manager1_addr: "${place.server}"
call_manager2_addr: "${place.second}"
`;

function sipPhone({ users, secondLine }: LabSettings["sip"]): string {
  const [user = "1001", password = ""] = Object.entries(users)[0] ?? [];
  return `# this phone
line1_name: "${user}"
line1_authname: "${user}"
line1_password: "${password}"
line1_shortname: "${user}"
line1_displayname: "Lab phone ${user}"
${secondLine === undefined ? "" : lineTwo(secondLine)}`;
}

const lineTwo = ({ user, password, proxy }: SecondLine): string => `line2_name: "${user}"
line2_authname: "${user}"
line2_password: "${password}"
line2_shortname: "${user}"
proxy2_address: "${proxy}"
`;

/** `SEP<MAC>.cnf.xml` of a phone that registers by SCCP at these call managers, in this order. */
export const sccpPhoneAt = (addresses: readonly Ip4[]): string => `<device>
<deviceProtocol>SCCP</deviceProtocol>
<devicePool>
<dateTimeSetting><dateTemplate>D/M/Y</dateTemplate><timeZone>W. Europe Standard/Daylight Time</timeZone>
<ntps><ntp><name>${place.server}</name><ntpMode>Unicast</ntpMode></ntp></ntps></dateTimeSetting>
<callManagerGroup><members>
${addresses.map(callManager).join("\n")}
</members></callManagerGroup>
</devicePool>
<loadInformation></loadInformation>
</device>
`;

/** The same at the lab's three call managers. */
export const sccpPhone = sccpPhoneAt([place.server, place.second, place.third]);

function callManager(address: string, priority: number): string {
  return `<member priority="${priority}"><callManager><ports><ethernetPhonePort>2000</ethernetPhonePort></ports>
<processNodeName>${address}</processNodeName></callManager></member>`;
}

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="6.." Timeout="0"/>
<TEMPLATE MATCH="1..." Timeout="0"/>
<TEMPLATE MATCH="*" Timeout="5"/>
</DIALTEMPLATE>
`;
