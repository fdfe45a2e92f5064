// RFC 4475 against whole phones, by UDP and over TCP: each of the 49 messages ends as the RFC demands, and every line stays
// registered through all of them. The table is that of the unit tests.
import { expect } from "vitest";
import { type LabSettings, place } from "#test/lab/settings.ts";
import { asAnswer, latin1, type Torture, tortures } from "#test/unit/sip/torture-table.ts";
import { torture } from "#test/vectors/sip/load.ts";
import { gatewayAddress } from "./gateway.ts";
import { ladder, type Site, type SitePhone } from "./site.ts";
import { headerOf, Tormentor } from "./tormentor.ts";

/** The lines that own what the messages ask for. */
const owners = ["user", "esc01", "UserB", "vivekg", "kumiko", "t.watson"];

/** The Contact of unreason is a name: that of the one who sends it. */
const contact = { name: "host198.example.com", ttlSec: 300, type: "A", address: gatewayAddress } as const;
const withContact = (settings: LabSettings): LabSettings => ({
  ...settings,
  dns: { ...settings.dns, zone: [...settings.dns.zone, contact] },
});

const config = (transport: "udp" | "tcp"): readonly string[] => [
  `proxy1_address: "${gatewayAddress}"`,
  `offhook_transport: "${transport}"`,
  // esc01 asks for a user part that is a whole URI.
  'line2_contact: "sips:user@example.com"',
  ...owners.flatMap((name, at) => [
    `line${at + 1}_name: "${name}"`,
    `line${at + 1}_authname: "a"`,
    `line${at + 1}_password: "b"`,
    `proxy${at + 1}_address: "${gatewayAddress}"`,
    `proxy${at + 1}_port: "5060"`,
  ]),
];

for (const transport of ["udp", "tcp"] as const) {
  ladder(
    `SIP-018 RSP-043 RFC 4475 by ${transport}: 49 of 49, six lines registered throughout`,
    ["A"],
    { isUnregistered: true, settings: withContact, configOf: { A: config(transport) } },
    async (site) => {
      const host = site.lab.addHost({
        name: "tormentor",
        mac: "00:11:22:33:44:31",
        vlan: place.voiceVlan,
        address: gatewayAddress,
        prefix: 24,
      });
      const tormentor = new Tormentor(host, transport, site.lab.signal);
      const a = site.phone("A");
      await a.ready();
      for (const entry of tortures) await suffer({ site, a, tormentor, transport }, entry);
    },
  );
}

interface Scene {
  readonly site: Site;
  readonly a: SitePhone;
  readonly tormentor: Tormentor;
  readonly transport: "udp" | "tcp";
}

async function suffer(scene: Scene, entry: Torture): Promise<void> {
  const { site, a, tormentor, transport } = scene;
  const { name, expected } = entry;
  const isPending = expected.kind === "taken" || (expected.kind === "dropped" && name !== "bcast");
  const registrations = tormentor.registrations;
  if (isPending) await asAnswerToACall(scene, entry);
  else {
    tormentor.got.length = 0;
    tormentor.say(torture(name));
    await site.wait(50);
    if (mandated(entry, transport).includes(200) && expected.kind === "rings") await answered(a);
    await site.wait(100);
    const own = headerOf(latin1(torture(name)), "Call-ID", "i");
    const answers = tormentor.got.filter((text) => headerOf(text, "Call-ID", "i") === own);
    const statuses = [...new Set(answers.map((text) => Number(/^SIP\/2\.0 (\d{3}) /.exec(text)?.[1])))];
    expect(statuses, name).toEqual(mandated(entry, transport));
    if (expected.kind === "answered" && expected.header !== undefined)
      expect(answers[0]?.toLowerCase(), name).toContain(`\r\n${expected.header}: `);
  }
  // 64·T1: transactions are over (unkscm and novelsc have one branch), and nobody waits for the rest of a message.
  await site.wait(33_000);
  const { lines } = await a.show("register");
  expect(
    lines.map(({ state }) => state),
    name,
  ).toEqual(owners.map(() => "registered"));
  // A connection that a message broke was given up and made anew.
  if (transport === "tcp" && entry.stream !== undefined)
    expect(tormentor.registrations, name).toBe(registrations + owners.length);
}

/** Statuses in the order the RFC's receiver sends them. */
function mandated({ name, expected, stream }: Torture, transport: "udp" | "tcp"): readonly number[] {
  if (transport === "tcp" && stream === "closes") return [400];
  if (transport === "tcp" && stream === "waits") return [];
  // On a stream the second message of dblreq is a message of its own.
  if (transport === "tcp" && name === "dblreq") return [405];
  if (expected.kind === "answered") return [expected.status];
  return expected.kind === "rings" ? [180, 200] : [];
}

async function answered(a: SitePhone): Promise<void> {
  await a.call("ring-in");
  await a.lift();
  await a.call("connected");
  await a.hangUp();
  await a.noCalls();
}

/** The phone calls, and the message is what it gets for an answer. */
async function asAnswerToACall({ site, a, tormentor }: Scene, entry: Torture): Promise<void> {
  const { name, expected } = entry;
  tormentor.got.length = 0;
  await a.dial("600");
  await a.until("INVITE", async () => tormentor.got.some((text) => text.startsWith("INVITE ")));
  const invite = tormentor.got.findLast((text) => text.startsWith("INVITE ")) ?? "";
  tormentor.say(asAnswer(torture(name), invite, name === "scalarlg" ? ["cseq"] : []));
  const isAcknowledged = (): boolean => tormentor.got.some((text) => text.startsWith("ACK "));
  if (expected.kind === "taken" && expected.status === 200) {
    await site.wait(50);
    expect(isAcknowledged(), name).toBe(true);
  } else {
    // Nobody answers: after 64·T1 the INVITE is given up, unless a 1xx was taken.
    await site.wait(34_000);
    const states = (await a.show("calls")).calls.map(({ state }) => state);
    expect(states.includes("failed"), `${name} ${states}`).toBe(expected.kind === "dropped");
    expect(isAcknowledged(), name).toBe(false);
  }
  await a.hangUp();
  await a.noCalls();
}
