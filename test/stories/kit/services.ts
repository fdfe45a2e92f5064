// A handset whose configuration names XML services, and the lab's server that has them.
import {
  type LabServices,
  type Serve,
  type ServedPage,
  samplePages,
  servicesPort,
  startServices,
} from "#test/lab/services.ts";
import { place } from "#test/lab/settings.ts";
import type { Rig } from "./rig.ts";

/** Where `services_url` leads unless a story says otherwise. */
export const homeUrl = `http://${place.server}:${servicesPort}/phones/menu.xml`;

/** The phone's own file with these lines added. */
export function withServices(...lines: readonly string[]): Readonly<Record<string, string>> {
  const own = ['line1_name: "1001"', 'line1_password: "lab-1001"', ...lines];
  return { "SIP001122334455.cnf": `${own.join("\n")}\n` };
}

/** A phone with `services_url` and `directory_url`. */
export const serviceNeeds = {
  needs: ["lab", "inside"],
  files: withServices(
    `services_url: "${homeUrl}"`,
    `directory_url: "http://${place.server}:${servicesPort}/phones/directory.xml"`,
  ),
} as const;

/** Pages by path, the vectors by name: `/phones/menu.xml`; what a story gives comes first. */
export function pages(own: Readonly<Record<string, ServedPage | "silent">> = {}): Serve {
  return (question) => {
    const { target } = question;
    const path = target.replace(/\?.*$/, "");
    const given = own[target] ?? own[path];
    return given ?? samplePages(question);
  };
}

/** A phone at rest, and services behind its key. */
export async function servicesRig(
  rig: Rig,
  own: Readonly<Record<string, ServedPage | "silent">> = {},
): Promise<LabServices> {
  const services = await startServices(rig.lab, pages(own));
  await rig.ready();
  return services;
}

/** A menu whose rows lead to these addresses. */
export function menuOf(title: string, ...urls: readonly string[]): ServedPage {
  const items = urls.map((url, at) => `<MenuItem><Name>Row ${at + 1}</Name><URL>${url}</URL></MenuItem>`);
  return { body: `<CiscoIPPhoneMenu><Title>${title}</Title>${items.join("")}</CiscoIPPhoneMenu>` };
}

/** A text page. */
export function textOf(title: string, text: string): ServedPage {
  return { body: `<CiscoIPPhoneText><Title>${title}</Title><Text>${text}</Text></CiscoIPPhoneText>` };
}
