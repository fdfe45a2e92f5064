// Pages of XML services for pictures and tests: the vectors, read as the phone reads them, and what else there is to see.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { ServicePage, ServiceView } from "#firmware/xml/notices.ts";
import { readPage } from "#firmware/xml/read-page.ts";
import type { KeyId } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { fileVector } from "#test/vectors/load.ts";
import { sampleNow } from "./samples.ts";

/** Where the samples come from. */
export const serviceUrl = "http://10.77.0.5:8080/phones/menu.xml";

/** A sample as a page. */
export function samplePage(name: string): ServicePage {
  return readPage(serviceUrl, fileVector(`xml/${name}.xml`), "text/xml");
}

/** The browser with a page, or without one. */
export function serviceView(page: ServicePage | undefined, changes: Partial<ServiceView> = {}): ServiceView {
  return {
    serial: page === undefined ? 0 : 1,
    page,
    hasBefore: false,
    server: { host: "10.77.0.5", proxy: undefined },
    deadline: undefined,
    failure: undefined,
    ...changes,
  };
}

/** The facts of a phone whose services key led there. */
export function serviceFacts(service: ServiceView): Partial<PhoneFacts> {
  return { servicesUrl: serviceUrl, service };
}

const waiting = { deadline: (sampleNow + 18_200) as MonoMs };
const proxied = { server: { host: "services.example.com", proxy: "10.77.0.9" } };

/** Name, keys pressed after the services key, and what is open. */
export const serviceSituations: readonly (readonly [string, readonly KeyId[], ServiceView])[] = [
  ["service-waiting", [], serviceView(undefined, waiting)],
  ["service-waiting-proxy", [], serviceView(undefined, { ...waiting, ...proxied })],
  ["service-no-answer", [], serviceView(undefined, { failure: { kind: "no-answer" } })],
  ["service-dead-proxy", [], serviceView(undefined, { ...proxied, failure: { kind: "unreachable" } })],
  ["service-menu", ["down"], serviceView(samplePage("menu"))],
  ["service-menu-end", new Array<KeyId>(5).fill("down"), serviceView(samplePage("menu"))],
  ["service-menu-fetching", [], serviceView(samplePage("menu"), waiting)],
  ["service-menu-failed", [], serviceView(samplePage("menu"), { failure: { kind: "refused", status: 404 } })],
  ["service-keys", [], serviceView(samplePage("keys"))],
  ["service-text", [], serviceView(samplePage("text"))],
  ["service-text-scrolled", ["down", "down"], serviceView(samplePage("text"))],
  ["service-input", ["2", "2"], serviceView(samplePage("input"))],
  ["service-input-pin", ["down", "down", "down", "down", "1", "2", "3"], serviceView(samplePage("input"))],
  ["service-directory", ["down"], serviceView(samplePage("directory"))],
  ["service-image", [], serviceView(samplePage("image"))],
  ["service-plan", [], serviceView(samplePage("graphic-menu"))],
  ["service-plan-scrolled", ["down", "down"], serviceView(samplePage("graphic-menu"))],
];
