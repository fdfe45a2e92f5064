// Boots on the net tier, one after the other, a program of its own because its main thread moves into the phone's
// namespace: each time a handset that kept nothing runs before its cable is put in. Arguments: how many, and `silent` for a switch
// that says nothing. Prints spans, and whose time it was, as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linuxBoard } from "#boards/linux/board.ts";
import { openLinuxMedia } from "#firmware/bin/linux-media.ts";
import { bootPhone } from "#firmware/bin/phone.ts";
import { product } from "#firmware/bin/product.ts";
import { shownPhases } from "#firmware/bin/shown.ts";
import { startAsterisk } from "#test/net/asterisk.ts";
import { startCapture } from "#test/net/capture.ts";
import { startDnsmasq } from "#test/net/dhcp-servers.ts";
import { prepareDownloads } from "#test/net/downloads.ts";
import { makeNet, type Net, phoneMac } from "#test/net/namespaces.ts";
import { eventually } from "#test/net/peer.ts";
import { startSwitch, writeFiles } from "#test/net/site.ts";
import { spansOf } from "./boot-figures.ts";
import type { NetBoot } from "./boot-net.ts";
import { readShares } from "./boot-shares.ts";

const registersWithinMs = 30_000;

function failed(what: string, error: unknown): never {
  throw new Error(`${what} died`, { cause: error });
}

/** The cable of the phone's wire, pulled or put in at the switch. */
function cable(net: Net, is: "up" | "down"): void {
  net.servers.run("ip", "link", "set", net.phonePort, is);
}

/** From the firmware's start to the link takes a card longer than this: threads and libraries are there by then. */
const settleMs = 500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How long the main thread, the phone's, stood ready and had no processor so far, ms. */
const queuedMs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "latin1").split(" ")[1]) / 1e6;

async function bootOnce(net: Net, name: string): Promise<NetBoot> {
  net.phone.run("ip", "addr", "flush", "dev", "eth0");
  cable(net, "down");
  const hal = await linuxBoard.open({
    interfaceName: "eth0",
    mac: phoneMac,
    stateDirectory: join(net.folder, name),
    product,
    openMedia: openLinuxMedia({ card: { kind: "simulated" }, failed }),
    failed,
  });
  const phone = bootPhone(linuxBoard.facts, hal, {
    profile: "auto",
    dhcpProfile: "own",
    isDevelopment: true,
    buildUnixMs: product.buildUnixMs,
    fatal: failed,
  });
  await pause(settleMs);
  const queuedBeforeMs = queuedMs();
  cable(net, "up");
  const isRegistered = (): boolean => phone.boot.view().phase === "run";
  await eventually(() => `registered, not ${phone.boot.view().phase}`, isRegistered, registersWithinMs);
  const boot = { spans: spansOf(shownPhases(phone)), queuedMs: queuedMs() - queuedBeforeMs };
  await phone.stop(); // closes its hardware, too
  return boot;
}

const [count = "1", kind = ""] = process.argv.slice(2);
process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`; // a login of root's may lack them
prepareDownloads();
const net = makeNet();
try {
  writeFiles(net);
  const talks = kind !== "silent";
  await Promise.all([startDnsmasq(net), startAsterisk(net), ...(talks ? [startSwitch(net)] : [])]);
  const wire = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  net.enterPhone();
  const boots: NetBoot[] = [];
  for (let i = 0; i < Number(count); i++) boots.push(await bootOnce(net, `phone-${i}`));
  await wire.stop();
  process.stdout.write(`${JSON.stringify({ boots, shares: readShares(wire.file, phoneMac) })}\n`);
} finally {
  await net.close();
}
