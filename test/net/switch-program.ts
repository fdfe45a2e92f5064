// The switch at the far end of the phone's wire, a program of its own: announces a voice VLAN by CDP and answers queries,
// which no packaged program does. Arguments: interface, voice VLAN, or `untagged`. Ends with SIGTERM.
import { createClock, processOriginNs } from "#hal/linux/clock.ts";
import { startIo } from "#hal/linux/io/io.ts";
import { openLinkPort } from "#hal/linux/link-port.ts";
import { monitorChanges, Rtnetlink } from "#hal/linux/netlink/rtnetlink.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { startCdpSpeaker } from "#test/lab/cdp-speaker.ts";

/** What Catalyst switches send for `switchport voice vlan untagged` (to verify). */
const untagged = 4095;

const [name = "", vlan = ""] = process.argv.slice(2);
const originNs = processOriginNs();
const io = startIo({
  worker: sourceWorkers().io,
  originNs,
  failed: (error) => {
    throw error;
  },
});
const netlink = new Rtnetlink();
const { signal } = new AbortController();
const link = openLinkPort({ name, io, netlink, messages: monitorChanges(io).messages, signal });
const voiceVlan = vlan === "untagged" ? untagged : Number(vlan);
startCdpSpeaker({
  link,
  clock: createClock({ originNs, wall: () => undefined }),
  settings: () => ({
    voices: [{ deviceId: "net-switch", voiceVlan }],
    nativeVlan: 1,
    availableMilliwatts: undefined,
  }),
  tell: (what, facts) => process.stdout.write(`${what} ${JSON.stringify(facts)}\n`),
  signal,
});
process.stdout.write("ready\n");
