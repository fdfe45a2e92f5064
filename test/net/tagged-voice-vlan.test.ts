// A tagged voice VLAN through Open vSwitch: the phone's own frames carry the tag on any kernel; the kernel's packets where
// it has 802.1Q. Without it the phone says so and goes on untagged, in the data VLAN.
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDhcp } from "#firmware/dhcp/client.ts";
import type { DhcpNotice } from "#firmware/dhcp/notices.ts";
import { identityOf } from "#firmware/dhcp/requests.ts";
import { startCapture } from "./capture.ts";
import { startDnsmasq } from "./dhcp-servers.ts";
import { createFirmwareRig } from "./firmware-rig.ts";
import { startKamailio } from "./kamailio.ts";
import { openKernelRig } from "./kernel-rig.ts";
import { makeNet, type Net, phoneMac, secondAddress } from "./namespaces.ts";
import { type OpenVswitch, startOpenVswitch } from "./open-vswitch.ts";
import { eventually } from "./peer.ts";
import { startPhone } from "./phone.ts";
import { driverOf } from "./phone-driver.ts";
import { startSwitch, writeFiles } from "./site.ts";

const voiceVlan = 110;
const voiceRouter = "10.77.110.1";
let closing: (() => Promise<void>)[];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
});

/** The switch, and addresses of both VLANs by dnsmasq: 10.77.0.0/24 is data, 10.77.110.0/24 voice. */
async function twoVlans(net: Net): Promise<OpenVswitch> {
  const ovs = await startOpenVswitch(net, { dataVlan: 1, voiceVlan });
  ovs.addAccess("voice0", voiceVlan, voiceRouter);
  const words = [
    "--interface=voice0",
    "--dhcp-range=set:voice,10.77.110.100,10.77.110.150,255.255.255.0,10.77.110.255,3600",
    `--dhcp-option=tag:voice,option:router,${voiceRouter}`,
  ];
  await startDnsmasq(net, { words });
  return ovs;
}

/** Whether this kernel can make VLAN links, as its own tool finds out. */
function hasVlans(net: Net): boolean {
  const [name, port] = ["probe.5", net.uplink];
  try {
    net.servers.run("ip", "link", "add", "link", port, "name", name, "type", "vlan", "id", "5");
    net.servers.run("ip", "link", "del", name);
    return true;
  } catch {
    return false; // "Unknown device type"
  }
}

test("DHCP in the tagged voice VLAN: our frames are tagged 110 and priority 5, and the lease is the voice VLAN's", async () => {
  const { net, kernel, close } = await openKernelRig();
  closing.push(close);
  const firmware = createFirmwareRig(kernel);
  await eventually("carrier", () => kernel.link.state().isUp);
  const ovs = await twoVlans(net);
  const capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  const scope = new AbortController();
  const notices: DhcpNotice[] = [];
  const client = startDhcp({
    runtime: firmware.runtime,
    link: kernel.link,
    storage: kernel.storage,
    signal: scope.signal,
    notify: (notice) => void notices.push(notice),
  });
  client.start({
    identity: identityOf("own", { hostName: "SEP001122334455", product: "Offhook" }),
    tftp: "needed",
    vlan: { vlanId: voiceVlan, priority: 5 },
  });
  const bound = () => notices.flatMap((notice) => (notice.kind === "bound" ? [notice.lease] : [])).at(0);
  await eventually(
    () => `bound; the log says\n${firmware.log()}`,
    () => bound() !== undefined,
    15_000,
  );
  expect(bound()?.address).toMatch(/^10\.77\.110\.1\d\d$/);
  expect(bound()?.routers).toEqual([voiceRouter]);
  expect(ovs.learnt()).toMatch(new RegExp(` ${voiceVlan} +${phoneMac}`));
  scope.abort();
  await capture.stop();
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
  const tags = capture.rows(`eth.src == ${phoneMac} && dhcp`, "vlan.id", "vlan.priority");
  expect(tags.length).toBeGreaterThan(1);
  expect(new Set(tags.map(([id, priority]) => `${id} ${priority}`))).toEqual(new Set([`${voiceVlan} 5`]));
});

test("the whole phone on that port: in the voice VLAN where the kernel tags, else untagged, and it says so", async () => {
  const net = makeNet();
  closing.push(() => net.close());
  writeFiles(net, { parameters: { proxy1_address: secondAddress } });
  const isTagging = hasVlans(net);
  await Promise.all([twoVlans(net), startKamailio(net)]);
  await startSwitch(net, net.phonePort, voiceVlan);
  const rig = driverOf(await startPhone(net));
  await rig.ready(30_000);
  const { vlan, address } = await rig.show("network");
  const { warnings } = await rig.show("boot");
  const expected = isTagging
    ? { vlan: voiceVlan, subnet: "10.77.110.", warnings: [] }
    : { vlan: null, subnet: "10.77.0.", warnings: ["vlan-unsupported"] };
  const codes = warnings.map(({ code }) => code).filter((code) => code.startsWith("vlan"));
  expect({ vlan, subnet: address?.slice(0, expected.subnet.length), warnings: codes }).toEqual(expected);
  expect(await rig.line1()).toMatchObject({ state: "registered" });
});
