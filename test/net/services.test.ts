// XML services on the kernel's sockets: a phone process at busybox's httpd, and at one that only tinyproxy reaches.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rows, spell } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { makeNet, type Net, serverAddress } from "./namespaces.ts";
import { eventually, type Peer } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf } from "./phone-driver.ts";
import { startSite, writeFiles } from "./site.ts";
import { proxyPort, startHttpd, startTinyproxy, webPort } from "./web-servers.ts";

const proxyAddress = "10.77.0.4";
const samples = join(import.meta.dirname, "../vectors/xml");

let net: Net;
let direct: Peer;
let inner: Peer;
let proxy: Peer;
let phone: PhoneProcess;
let rig: Rig;

/** No registrar: the phone is at rest as soon as it has its files. */
const withUrls = (host: string, more: Readonly<Record<string, string>> = {}) => ({
  parameters: {
    proxy_register: "0",
    services_url: `http://${host}:${webPort}/menu.xml`,
    directory_url: `http://${host}:${webPort}/directory.xml`,
    ...more,
  },
});

function writePages(net: Net): string {
  const folder = join(net.folder, "pages");
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  for (const name of readdirSync(samples)) copyFileSync(join(samples, name), join(folder, name));
  copyFileSync(join(samples, "text.xml"), join(folder, "canteen.xml"));
  copyFileSync(join(samples, "input.xml"), join(folder, "find.xml"));
  copyFileSync(join(samples, "directory.xml"), join(folder, "found.xml"));
  writeFileSync(join(folder, "rooms"), "x".repeat(100_000));
  return folder;
}

beforeAll(async () => {
  net = makeNet();
  const beyond = net.addHost("proxy", proxyAddress);
  beyond.run("ip", "link", "set", "lo", "up");
  const folder = writePages(net);
  [direct, inner, proxy] = await Promise.all([
    startHttpd(net, net.servers, serverAddress, folder),
    startHttpd(net, beyond, "127.0.0.1", folder), // nobody but the proxy is on that side
    startTinyproxy(net, beyond, proxyAddress),
    startSite(net, withUrls(serverAddress)),
  ]);
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
});
afterAll(() => net.close());

test("KEY-004 pages of a web server nobody here wrote: menu, text in ISO 8859-1, input, directory, over kernel sockets", async () => {
  expect(direct.output()).not.toContain("menu.xml");
  await rig.button("services");
  await rig.reads("Campus Services", "Choose a service");
  await rig.press("1");
  await rig.reads("Soup of the day", "Update");
  await rig.softkey("Exit");
  await rig.reads("Campus Services");
  await rig.press("2"); // longer than a page may be
  await rig.reads(`${serverAddress} sends no page`, "Campus Services");
  await rig.press("5");
  await rig.reads("Fill in what you know");
  await spell(rig, "a");
  await rig.softkey("Submit");
  await rig.reads("Campus Directory");
  expect(await rows(rig)).toContain("1 Ada Example  600");
  expect(direct.output()).toContain("url:/found.xml");
});

test("NET-023 through tinyproxy a server is reached that the phone cannot reach; a stopped and a hanging proxy are told", async () => {
  await phone.stop();
  writeFiles(
    net,
    withUrls("127.0.0.1", { http_proxy_addr: proxyAddress, http_proxy_port: String(proxyPort) }),
  );
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
  await rig.button("services");
  await rig.reads("Campus Services");
  await eventually("the proxy's log", () =>
    proxy.output().includes(`GET http://127.0.0.1:${webPort}/menu.xml`),
  );
  expect(inner.output()).toContain("url:/menu.xml");
  await rig.button("directories");
  await rig.press("5");
  await rig.reads("Campus Directory");
  process.kill(proxy.pid, "SIGSTOP");
  await rig.button("services");
  await rig.reads("Waiting for the services server 127.0.0.1", "Cancel");
  await rig.softkey("Cancel");
  process.kill(proxy.pid, "SIGCONT");
  await proxy.stop();
  await rig.button("services");
  await rig.reads(`No way to ${proxyAddress}`, `The proxy ${proxyAddress} is not reached.`);
});
