// The servers around the handset of the net tier, in the words of a story: a switch, dnsmasq, Asterisk, baresip.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { FaultName } from "#test/lab/faults.ts";
import { type Asterisk, startAsterisk } from "#test/net/asterisk.ts";
import { type Baresip, startBaresip } from "#test/net/baresip.ts";
import { startDnsmasq, tftpRoot } from "#test/net/dhcp-servers.ts";
import { type Net, serverAddress } from "#test/net/namespaces.ts";
import { eventually, type Peer } from "#test/net/peer.ts";
import type { PhoneProcess } from "#test/net/phone.ts";
import { bothWays, speechOf } from "#test/net/phone-driver.ts";
import { fileNames, startSwitch, user, writeFiles } from "#test/net/site.ts";
import type { Around, OtherPhone } from "./around.ts";

const other = { address: "10.77.0.3", user: "6003" } as const;
const listenMs = 2500;

/** How the servers stand. */
interface Standing {
  readonly files: "all" | "own-missing" | "none";
  readonly answersDhcp: boolean;
  /** Of the phone's user, as the registrar knows it. */
  readonly password: string;
  readonly hasRegistrar: boolean;
}

const good: Standing = { files: "all", answersDhcp: true, password: user.password, hasRegistrar: true };

/** Which faults of the catalogue these servers can play, and how. */
const faults: Partial<Record<FaultName, Partial<Standing>>> = {
  "dhcp-silent": { answersDhcp: false },
  "no-files": { files: "none" },
  "file-not-found": { files: "own-missing" },
  "wrong-password": { password: "another" },
  "registrar-refuses": { hasRegistrar: false },
};

/** True for a fault that this tier can play. */
export function isNetFault(name: FaultName): boolean {
  return faults[name] !== undefined;
}

/** The servers of one story, which stand as its fault says. */
export class Servers {
  readonly #net: Net;
  readonly #mostExpiresSec: number;
  #asterisk: Asterisk | undefined;
  #dhcp: Peer | undefined;

  constructor(net: Net, mostExpiresSec: number) {
    this.#net = net;
    this.#mostExpiresSec = mostExpiresSec;
  }

  start(fault: FaultName | undefined): Promise<void> {
    return Promise.all([startSwitch(this.#net), this.play(fault)]).then(() => undefined);
  }

  /** Resolves when they stand so. */
  async play(fault: FaultName | undefined): Promise<void> {
    const standing = { ...good, ...(fault === undefined ? {} : faults[fault]) };
    this.#putFiles(standing.files);
    await Promise.all([this.#setDhcp(standing.answersDhcp), this.#setRegistrar(standing)]);
  }

  #putFiles(files: Standing["files"]): void {
    const root = tftpRoot(this.#net);
    writeFiles(this.#net);
    const missing = { all: [], "own-missing": [fileNames.own], none: Object.values(fileNames) }[files];
    for (const name of missing) rmSync(join(root, name));
  }

  async #setDhcp(answers: boolean): Promise<void> {
    if (answers) this.#dhcp ??= await startDnsmasq(this.#net);
    else {
      await this.#dhcp?.stop();
      this.#dhcp = undefined;
    }
  }

  async #setRegistrar({ hasRegistrar, password }: Standing): Promise<void> {
    if (!hasRegistrar) {
      await this.#asterisk?.stop();
      this.#asterisk = undefined;
    } else if (this.#asterisk === undefined) {
      const mostExpiresSec = this.#mostExpiresSec;
      this.#asterisk = await startAsterisk(this.#net, { password, mostExpiresSec });
    } else this.#asterisk.setPassword(password);
  }
}

/** Servers, cable and baresip around this phone. */
export function aroundNet(net: Net, servers: Servers, phone: () => PhoneProcess): Around {
  let opened: Promise<OtherPhone> | undefined;
  return {
    place: {
      server: serverAddress,
      registrar: `${serverAddress}:5060`,
      user: user.name,
      network: "10.77.0.",
    },
    fault: (name) => servers.play(name),
    cable(is) {
      net.servers.run("ip", "link", "set", net.phonePort, is === "plugged" ? "up" : "down");
      return Promise.resolve();
    },
    otherPhone() {
      opened ??= openOther(net, phone);
      return opened;
    },
  };
}

const listen = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, listenMs));

async function openOther(net: Net, phone: () => PhoneProcess): Promise<OtherPhone> {
  const baresip: Baresip = await startBaresip(net, {
    host: net.addHost("other", other.address),
    address: other.address,
    user: other.user,
    registrar: serverAddress,
    answers: "manual",
  });
  const rings = (): Promise<void> =>
    eventually("the other phone rings", () => baresip.calls().some((call) => call.includes("INCOMING")));
  return {
    number: other.user,
    call(number) {
      baresip.dial(`sip:${number}@${serverAddress}`);
      return Promise.resolve();
    },
    async answer() {
      await rings();
      baresip.accept();
    },
    async refuse() {
      await rings();
      baresip.hangUp(); // of a call that rings: 486
    },
    hangUp() {
      baresip.hangUp();
      return Promise.resolve();
    },
    calls: () => Promise.resolve(baresip.calls().length),
    async bothHear() {
      await listen();
      return bothWays(phone(), baresip);
    },
    async hearsUs() {
      const before = baresip.heard().length;
      await listen();
      const { pieces, spoilt } = speechOf(baresip.heard().subarray(before), phone().said);
      return spoilt < pieces; // else it is music on hold
    },
  };
}
