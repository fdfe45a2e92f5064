// A second telephone on the lab's switch, to call and to be called by. Apart from the lab itself, because it brings
// sip.js along.
import { digests } from "#hal/linux/digests.ts";
import { createResolver } from "#hal/sim/net/resolver.ts";
import type { Lab } from "./lab.ts";
import { place } from "./settings.ts";
import { LabPhone } from "./sip/phone.ts";

export interface SecondPhone {
  readonly phone: LabPhone;
  readonly address: string;
  /** Its number at the registrars. */
  readonly user: string;
}

const address = "10.77.110.10";
const user = "1002";

/** Registers as 1002 at the first registrar. `answerAfterMs` undefined: somebody else decides. */
export function addSecondPhone(lab: Lab, options: { readonly answerAfterMs?: number } = {}): SecondPhone {
  const { clock, random, runtime, signal } = lab;
  const host = lab.addHost({
    name: "second phone",
    mac: "00:11:22:33:44:10",
    vlan: place.voiceVlan,
    address,
    prefix: 24,
    router: place.router,
  });
  const { sockets } = host.stack;
  const resolver = createResolver({ sockets, clock, random });
  resolver.setServers([place.server]);
  const phone = new LabPhone({
    runtime,
    sockets,
    resolver,
    digests,
    address,
    user,
    password: lab.settings().sip.users[user] ?? "",
    server: place.server,
    signal,
    ...options,
  });
  return { phone, address, user };
}
