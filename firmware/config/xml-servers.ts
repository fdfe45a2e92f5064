// Call servers of an XML file: the group by priority, then the survivable-remote-site routers.
import { elementsAt, textAt, type XmlElement } from "#firmware/xml/read.ts";
import type { StatusMessage } from "./notices.ts";
import type { CallServer, Protocol } from "./phone-config.ts";
import { host } from "./value-types.ts";
import { numberAt } from "./xml-values.ts";

/** At most so many servers are tried (seed 000); later phones list more. */
export const mostServers = 3;

export interface ServerList {
  readonly servers: readonly CallServer[];
  readonly statuses: readonly StatusMessage[];
}

/** `callManagerGroup` below `group`, and `srstInfo` below it. */
export function readServers(group: XmlElement, protocol: Protocol): ServerList {
  const members = elementsAt(group, "callManagerGroup/members/member")
    .map((member, place) => ({ member, place, priority: priorityOf(member) }))
    // By attribute, not by position; equal priorities in document order.
    .sort((a, b) => a.priority - b.priority || a.place - b.place)
    .flatMap(({ member }) => serverOf(member));
  const statuses: StatusMessage[] =
    members.length > mostServers ? [{ code: "server-list-too-long", facts: { count: members.length } }] : [];
  return { servers: [...members.slice(0, mostServers), ...srst(group, protocol)], statuses };
}

function priorityOf(member: XmlElement): number {
  const text = member.attributes.get("priority") ?? "";
  return /^[0-9]{1,4}$/.test(text) ? Number(text) : 10_000;
}

/** Blank nodes are skipped. */
function serverOf(member: XmlElement): readonly CallServer[] {
  const name = usableHost(textAt(member, "callManager/processNodeName"));
  if (name === undefined) return [];
  const port = (element: string, builtIn: number): number =>
    numberAt(member, `callManager/ports/${element}`, 1, 65_535) ?? builtIn;
  return [
    {
      host: name,
      sccpPort: port("ethernetPhonePort", 2000),
      sipPort: port("sipPort", 5060),
      securedSipPort: port("securedSipPort", 5061),
      isSrst: false,
    },
  ];
}

function usableHost(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return host.parse(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Up to three routers; `sipIpAddrN` where the phone speaks SIP and the file has it. */
function srst(group: XmlElement, protocol: Protocol): readonly CallServer[] {
  const option = textAt(group, "srstInfo/srstOption")?.toLowerCase() ?? "disable";
  if (option === "disable") return [];
  return [1, 2, 3].flatMap((n): readonly CallServer[] => {
    const info = (element: string): string | undefined => textAt(group, `srstInfo/${element}${n}`);
    const address = usableHost(protocol === "sip" ? (info("sipIpAddr") ?? info("ipAddr")) : info("ipAddr"));
    if (address === undefined || address === "0.0.0.0") return [];
    return [
      {
        host: address,
        sccpPort: numberAt(group, `srstInfo/port${n}`, 1, 65_535) ?? 2000,
        sipPort: numberAt(group, `srstInfo/sipPort${n}`, 1, 65_535) ?? 5060,
        securedSipPort: 5061,
        isSrst: true,
      },
    ];
  });
}
