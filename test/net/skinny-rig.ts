// A whole handset on the kernel's network, in this process, provisioned as a call manager's phone; its server is a real
// chan_skinny. What it says and hears can be measured. Stories' `Rig` drives it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { linuxBoard } from "#boards/linux/board.ts";
import { runCommand } from "#firmware/bin/command.ts";
import type { Phone } from "#firmware/bin/composed-phone.ts";
import { createConsolePort } from "#firmware/bin/console-port.ts";
import { openLinuxMedia } from "#firmware/bin/linux-media.ts";
import { bootPhone } from "#firmware/bin/phone.ts";
import { product } from "#firmware/bin/product.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { speech } from "#hal/sim/speech.ts";
import { openEars } from "#test/stories/kit/ears.ts";
import { type Drive, Rig } from "#test/stories/kit/rig.ts";
import { startDnsmasq, tftpRoot } from "./dhcp-servers.ts";
import { startLldpd } from "./lldpd.ts";
import { makeNet, type Net, phoneMac, serverAddress } from "./namespaces.ts";
import { matchInPieces } from "./sound-match.ts";

/** Ten minutes of sound are more than any file here has. */
const mostSamples = 600 * 8000;

/** What was said so long ago may still come back. */
const longestEcho = 0.5 * 8000;

export const skinnyDevice = `SEP${phoneMac.replaceAll(":", "").toUpperCase()}`;

export interface SkinnyRig {
  readonly net: Net;
  readonly rig: Rig;
  phone(): Phone;
  /** The log as text, for what a failing test prints. */
  log(): string;
  /** How well what is said comes back, within a second from now. */
  echo(): Promise<number>;
  /** Takes the handset's power away and gives it back. */
  powerCycle(): Promise<void>;
  close(): Promise<void>;
}

/** `SEP<MAC>.cnf.xml` that names these call managers. */
export function skinnyFile(servers: readonly string[]): string {
  const members = servers.map(
    (
      address,
      i,
    ) => `<member priority="${i}"><callManager><ports><ethernetPhonePort>2000</ethernetPhonePort></ports>
<processNodeName>${address}</processNodeName></callManager></member>`,
  );
  return `<device><deviceProtocol>SCCP</deviceProtocol><devicePool>
<dateTimeSetting><dateTemplate>D/M/Y</dateTemplate><timeZone>W. Europe Standard/Daylight Time</timeZone></dateTimeSetting>
<callManagerGroup><members>${members.join("\n")}</members></callManagerGroup>
</devicePool><loadInformation></loadInformation></device>
`;
}

export interface SkinnyRigOptions {
  readonly servers?: readonly string[];
  readonly device?: string;
}

/** Makes the net with DHCP (option 150) and TFTP; the handset gets power with `powerCycle`. */
export async function openSkinnyRig(options: SkinnyRigOptions = {}): Promise<SkinnyRig> {
  const net = makeNet();
  const { servers = [serverAddress], device = skinnyDevice } = options;
  let phone: Phone | undefined;
  let life = new AbortController();
  const { ears, sound } = openEars(speech({ random: createSeededRandom(3) }), mostSamples);

  const unplug = async (): Promise<void> => {
    life.abort(new Error("no power"));
    await phone?.stop(); // closes its hardware, too
    phone = undefined;
  };
  const plugIn = async (): Promise<void> => {
    life = new AbortController();
    const failed = (what: string, error: unknown): never => {
      throw new Error(`${what} died`, { cause: error });
    };
    const hal = await linuxBoard.open({
      interfaceName: "eth0",
      mac: phoneMac,
      stateDirectory: join(net.folder, "state"),
      product,
      openMedia: openLinuxMedia({
        card: { kind: "simulated" },
        sound,
        failed,
      }),
      failed,
    });
    phone = bootPhone(linuxBoard.facts, hal, {
      profile: "auto",
      dhcpProfile: "own",
      isDevelopment: true,
      buildUnixMs: product.buildUnixMs,
      fatal: failed,
    });
  };
  const running = (): Phone => {
    if (phone === undefined) throw new Error("the handset has no power");
    return phone;
  };
  const drive: Drive = {
    tier: "net",
    can: new Set(["sound", "echo", "flash", "peer"]),
    command: (line) => runCommand(createConsolePort(running()), line, life.signal),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => performance.now(),
    lab: undefined,
    around: undefined,
    ears,
    async powerCycle() {
      await unplug();
      await plugIn();
    },
    async close() {
      await unplug();
      await net.close();
    },
  };
  try {
    await startDnsmasq(net);
    await startLldpd(net); // a switch without a voice VLAN that says so: nothing is waited for
    writeFileSync(join(tftpRoot(net), `${device}.cnf.xml`), skinnyFile(servers));
    net.enterPhone();
  } catch (error) {
    await net.close();
    throw error;
  }
  const echo = async (): Promise<number> => {
    ears.forget();
    const before = ears.said().length;
    await drive.wait(1000);
    return matchInPieces(ears.heard(), ears.said().subarray(Math.max(0, before - longestEcho)), 200);
  };
  return {
    net,
    rig: new Rig(drive),
    echo,
    phone: running,
    log: () =>
      running()
        .base.book.last(200)
        .map(({ atMs, area, text }) => `${atMs.toFixed(1)} ${area}: ${text}`)
        .join("\n"),
    powerCycle: () => drive.powerCycle(),
    close: () => drive.close(),
  };
}
