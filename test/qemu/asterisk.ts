// A real Asterisk 16 (PJSIP and chan_skinny) as one more machine of the lab's voice VLAN: its network namespace has a TAP
// device at an access port of the lab's switch. Needs root.
import { enterNetworkNamespace } from "#hal/linux/ffi/namespace.ts";
import { textFile } from "#test/lab/files.ts";
import type { Lab } from "#test/lab/lab.ts";
import { sccpPhoneAt } from "#test/lab/provisioning.ts";
import { type LabSettings, place } from "#test/lab/settings.ts";
import { type Asterisk, startAsterisk } from "#test/net/asterisk.ts";
import { makeNet } from "#test/net/namespaces.ts";
import { user } from "#test/net/site.ts";
import { attachTap } from "#test/net/tap.ts";

/** Where it is in the voice VLAN. */
export const asteriskAddress = "10.77.110.9";
const device = "lab0";

/** The phone's files name it, and nobody else in this lab answers SIP. */
export const withAsterisk = (settings: LabSettings): LabSettings => ({
  ...settings,
  sip: {
    ...settings.sip,
    users: { [user.name]: user.password },
    proxy: asteriskAddress,
    first: "off",
    second: "off",
  },
});

/** From now on the phone's file makes it an SCCP phone of that server. */
export function provisionForSkinny(lab: Lab): void {
  lab.change((settings) => ({ ...settings, protocol: "sccp" }));
  const digits = lab.settings().phoneMac.replaceAll(":", "").toUpperCase();
  lab.files.set(`SEP${digits}.cnf.xml`, textFile(sccpPhoneAt([asteriskAddress])));
}

export interface AsteriskInLab {
  readonly asterisk: Asterisk;
  close(): Promise<void>;
}

/** Starts it and plugs it in; this process's main thread is in its namespace from then on. */
export async function plugInAsterisk(lab: Lab): Promise<AsteriskInLab> {
  const net = makeNet();
  try {
    enterNetworkNamespace(`/run/netns/${net.servers.namespace}`);
    const port = lab.addPhonePort("asterisk");
    port.setVlans({ access: place.voiceVlan });
    attachTap(device, port.plug, lab.signal);
    net.servers.run("ip", "addr", "add", `${asteriskAddress}/24`, "dev", device);
    net.servers.run("ip", "link", "set", device, "up");
    const digits = lab.settings().phoneMac.replaceAll(":", "").toUpperCase();
    const asterisk = await startAsterisk(net, { address: asteriskAddress, skinnyDevice: `SEP${digits}` });
    return { asterisk, close: () => net.close() };
  } catch (error) {
    await net.close();
    throw error;
  }
}
