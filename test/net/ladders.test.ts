// Ladders of Appendix B with servers nobody here wrote: Asterisk 16 as proxy and gateway, a second one as emergency and
// backup proxy, baresip as the other phone. Each is heard while it is told; tshark tells its messages at the end.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { type Baresip, baresipToneHz, startBaresip } from "./baresip.ts";
import { type Capture, startCapture } from "./capture.ts";
import { makeNet, type Net, phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectSpeech, lastSeconds, toneShare } from "./phone-driver.ts";
import { fileNames, startSite, user } from "./site.ts";

const otherAddress = "10.77.0.3";
const otherUser = "6003";
/** Asterisk's digital milliwatt, and what 603 plays: half of the time. */
const milliwattHz = 1004;
const beepsHz = 425;

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="911" Timeout="0" Route="Emergency"/>
<TEMPLATE MATCH="912" Timeout="0" Route="Emergency"/>
${["601", "603", "606", "607", "608", otherUser].map((number) => `<TEMPLATE MATCH="${number}" Timeout="0"/>`).join("\n")}
</DIALTEMPLATE>
`;

const ownFile = [
  ...["name", "authname"].map((key) => `line1_${key}: "${user.name}"`),
  `line1_password: "${user.password}"`,
  ...["name", "authname"].map((key) => `line2_${key}: "6005"`),
  'line2_password: "secret6005"',
  "",
].join("\n");

let net: Net;
let asterisk: Asterisk;
let baresip: Baresip;
let phone: PhoneProcess;
let rig: Rig;
let capture: Capture;

/** Ladders told so far: when, and the messages that belong to each. */
const told: { name: string; fromSec: number; messages: readonly string[] }[] = [];

beforeAll(async () => {
  net = makeNet();
  const host = net.addHost("other", otherAddress);
  [asterisk] = await Promise.all([
    startAsterisk(net),
    startAsterisk(net, { name: "asterisk2", address: secondAddress }),
    startSite(net, {
      parameters: {
        proxy_emergency: secondAddress,
        proxy_backup: secondAddress,
        sip_invite_retx: "2", // given up after 3.5 s instead of 32
        call_waiting: "0",
        offhook_mwi_subscribe: "1",
      },
      files: { [fileNames.dialPlan]: dialPlan, [fileNames.own]: ownFile },
    }),
  ]);
  const there = { host, address: otherAddress, user: otherUser, registrar: serverAddress };
  baresip = await startBaresip(net, { ...there, answers: "auto" });
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
});
afterAll(() => net.close());

/** Tells one ladder; its messages (`>` by the phone, `<` to it) are looked at when all are told. */
function ladder(name: string, messages: readonly string[], tell: () => Promise<void>): void {
  test(name, async () => {
    const fromSec = Date.now() / 1000;
    try {
      await tell();
    } finally {
      await rig.hangUp(); // one ladder that fails does not spoil the next
    }
    await rig.noCalls();
    told.push({ name, fromSec, messages });
  });
}

async function dial(number: string): Promise<void> {
  await rig.lift();
  await rig.press(number);
  await rig.call("connected");
}

/** Of twenty pieces of the next second, those in which somebody hears this tone. */
async function pieces(of: { heard(): Int16Array }, frequencyHz: number, least = 0.9): Promise<number> {
  const before = of.heard().length;
  await eventually("a second of sound", () => of.heard().length >= before + 10_400);
  return piecesIn(lastSeconds(of.heard(), 1), frequencyHz, least);
}

function piecesIn(second: Int16Array, frequencyHz: number, least = 0.9): number {
  const all = Array.from({ length: 20 }, (_, at) => second.subarray(at * 400, (at + 1) * 400));
  return all.filter((piece) => toneShare(piece, frequencyHz) > least).length;
}

/** Waits for a second in which it is so: buffers of a busy machine spoil pieces, the beeps are there for half of the time. */
const hears = (of: { heard(): Int16Array }, frequencyHz: number, least?: number): Promise<void> =>
  eventually(`${frequencyHz} Hz`, async () => {
    const wanted = frequencyHz === beepsHz ? 4 : 10;
    return (await pieces(of, frequencyHz, least)) >= wanted;
  });

/** A call to baresip, whose voice is here: it writes what it hears into one file a second. */
async function talk(): Promise<void> {
  await dial(otherUser);
  await hears(phone, baresipToneHz);
}

/** In the same second: our speech there, its voice here. */
async function bothWays(): Promise<void> {
  await pieces(baresip, baresipToneHz);
  expectSpeech(lastSeconds(baresip.heard(), 1), phone.said);
  expect(piecesIn(lastSeconds(phone.heard(), 1), baresipToneHz)).toBeGreaterThanOrEqual(10);
}

const placed = ["> INVITE", "< 401", "> ACK", "> INVITE"];
/** A call to somebody whose phone rings, one to a number that answers at once, the phone's end of a call. */
const called = [...placed, "< 180", "< 200", "> ACK"];
const consulted = [...placed, "< 200", "> ACK"];
const ended = ["> BYE", "< 200"];

/** Hold or resume by the phone. */
const changed = ["> INVITE", "< 200", "> ACK"];

ladder(
  "B-2 gateway to phone, set-up and hold",
  ["< INVITE", "> 180", "> 200", "< ACK", ...changed, ...changed, "> BYE", "< 200"],
  async () => {
    asterisk.cli(`channel originate PJSIP/${user.name} application Milliwatt`);
    await rig.call("ring-in");
    await rig.lift();
    await rig.call("connected");
    await hears(phone, milliwattHz);
    await rig.softkey("Hold");
    await rig.call("hold");
    expect(await pieces(phone, milliwattHz)).toBe(0);
    await rig.softkey("Resume");
    await rig.call("connected");
    await hears(phone, milliwattHz);
    await rig.hangUp();
  },
);

const consultation = [...called, ...changed, ...consulted, ...ended, ...changed, ...ended];
ladder("B-5 hold with consultation", consultation, async () => {
  await talk();
  await rig.softkey("Hold");
  await rig.call("hold");
  await rig.softkey("NewCall");
  await rig.press("603");
  await rig.call("connected");
  await hears(phone, beepsHz);
  await rig.softkey("EndCall");
  await eventually("603 is gone", () => !asterisk.cli("core show channels").includes("603@"));
  await rig.softkey("Resume");
  await rig.call("connected");
  await bothWays();
  await rig.hangUp();
});

ladder(
  "B-7 transfer without consultation",
  [...called, ...changed, "> REFER", "< 202", ...ended],
  async () => {
    await talk();
    await rig.softkey("BlndXfr");
    await rig.press("603");
    await rig.reads("Transferred");
    await hears(baresip, beepsHz);
    await rig.hangUp();
    baresip.hangUp();
  },
);

/** Both calls of the phone are joined: the second one is held too. */
const joined = [...called, ...changed, ...consulted, ...changed, "> REFER", "< 202"];

// Its own voice comes back to baresip: Asterisk may lose a tone that plays while it joins the two, an echo it keeps.
ladder("B-9 transfer with consultation", joined, async () => {
  await talk();
  await rig.softkey("Trnsfer");
  await rig.press("607");
  await rig.until("both are up", async () => (await rig.show("calls")).calls.length === 2);
  await rig.call("connected");
  await rig.softkey("Trnsfer");
  await rig.reads("Transferred");
  await hears(baresip, baresipToneHz);
  await rig.hangUp();
  baresip.hangUp();
});

// The mixer leaves, and joins the others (`cnf_join_enable`).
ladder("B-14 three-way calling", [...called, ...changed, ...consulted, ...changed, "> REFER"], async () => {
  await talk();
  await rig.softkey("Confrn");
  await rig.press("603");
  await rig.until("both are up", async () => (await rig.show("calls")).calls.length === 2);
  await rig.call("connected");
  await rig.softkey("Confrn");
  await rig.call("conference");
  // Each in the mix of the others: the other phone all the time, the beeps for half of it.
  await hears(phone, baresipToneHz, 0.2);
  await hears(phone, beepsHz, 0.05);
  await hears(baresip, beepsHz, 0.05);
  await rig.hangUp();
  await rig.noCalls();
  baresip.hangUp();
});

/** baresip calls a number that rings the phone for a second, then answers by itself. */
async function forwarded(person: () => Promise<void>): Promise<void> {
  baresip.dial(`sip:621@${serverAddress}`);
  await person();
  await eventually("it is forwarded", () => baresip.calls().some((call) => call.includes("ESTABLISHED")));
  baresip.hangUp();
}

ladder("B-12 B-18 network forwarding, busy", ["< INVITE", "> 486", "< ACK"], async () => {
  await rig.lift();
  await forwarded(() => Promise.resolve());
  expect((await rig.show("calls")).calls.every(({ direction }) => direction === "out")).toBe(true);
  await rig.hangUp();
});

ladder(
  "B-13 network forwarding, no answer",
  ["< INVITE", "> 180", "< CANCEL", "> 200", "> 487", "< ACK"],
  () =>
    forwarded(async () => {
      await rig.call("ring-in");
      await rig.noCalls();
    }),
);

ladder(
  "B-19 gateway to phone, no answer",
  ["< INVITE", "> 180", "< CANCEL", "> 200", "> 487", "< ACK"],
  async () => {
    baresip.dial(`sip:${user.name}@${serverAddress}`);
    await rig.call("ring-in");
    baresip.hangUp();
    await rig.noCalls();
    await rig.reads("missed call");
  },
);

ladder(
  "B-22 phone to phone, no answer",
  [...placed, "< 180", "> CANCEL", "< 200", "< 487", "> ACK"],
  async () => {
    await rig.lift();
    await rig.press("606");
    await rig.call("ring-out");
    await rig.hangUp();
  },
);

test("a mailbox that the second line asked Asterisk for lights the lamp", async () => {
  await eventually("it is subscribed", () =>
    asterisk.cli("pjsip show subscriptions inbound").includes("6005"),
  );
  asterisk.cli("channel originate Local/8505@phones application Wait 1");
  const lamp = async (): Promise<string | undefined> => (await rig.show("lcd")).lamps["message"];
  await rig.until("the lamp", async () => (await lamp()) !== "off");
});

// After it anybody may call back, even where the phone is busy: so it is told after those.
ladder("B-3 phone to gateway as emergency proxy", [...consulted, ...ended], async () => {
  await dial("911");
  await hears(phone, milliwattHz);
  await rig.hangUp();
});

// The primary's INVITE and its repeats are one line; the next goes to the backup.
ladder("B-17 phone to phone via the emergency proxy", [...called, ...ended], async () => {
  await dial("912");
  await hears(phone, baresipToneHz);
});

// From here on the first server is alive, and silent.
ladder("B-15 phone to gateway as backup proxy", ["> INVITE", ...consulted, ...ended], async () => {
  process.kill(asterisk.pid, "SIGSTOP");
  await rig.lift();
  await rig.press("601");
  await rig.call("connected", 15_000);
  await hears(phone, milliwattHz);
});

ladder("B-16 phone to phone via the backup proxy", ["> INVITE", ...called, ...ended], async () => {
  await rig.lift();
  await rig.press("608");
  await rig.call("connected", 15_000);
  await hears(phone, baresipToneHz);
});

test("each ladder's messages in order, as tshark reads them", async () => {
  const goodbyes = `ip.src == ${secondAddress} && sip.Status-Code == 200 && sip.CSeq.method == BYE`;
  await eventually("the last BYE is answered", () => capture.rows(goodbyes, "sip.Call-ID").length >= 4); // B-3, B-17, B-15, B-16
  await capture.stop();
  process.kill(asterisk.pid, "SIGCONT");
  const fields = [
    "frame.time_epoch",
    "eth.src",
    "sip.Method",
    "sip.Status-Code",
    "sip.Call-ID",
    "sip.CSeq",
    "ip.dst",
  ];
  const all = capture.rows("sip", ...fields);
  /** When each call began; what is not of a call is of no ladder. */
  const began = new Map<string, number>();
  for (const [time, , method, , callId = ""] of all)
    if (method === "INVITE" && !began.has(callId)) began.set(callId, Number(time));
  for (const [at, { name, fromSec, messages }] of told.entries()) {
    const toSec = told[at + 1]?.fromSec ?? Number.POSITIVE_INFINITY;
    const during = all.filter(([, , , , callId = ""]) => {
      const beganSec = began.get(callId) ?? Number.NEGATIVE_INFINITY;
      return beganSec >= fromSec && beganSec < toSec;
    });
    const seen = new Set<string>();
    const said = during.flatMap(([, source, method = "", status = "", ...dialog]) => {
      const line = `${source === phoneMac ? ">" : "<"} ${method || status}`;
      const key = `${line} ${dialog.join(" ")}`;
      if (seen.has(key) || line.endsWith(" 100")) return [];
      seen.add(key);
      return [line];
    });
    if (name.startsWith("B-15") || name.startsWith("B-16")) {
      const invites = during.filter(([, , method, , , , to]) => method === "INVITE" && to === serverAddress);
      expect(invites, "the first and its repeats").toHaveLength(3);
    }
    expect(said.slice(0, messages.length), name).toEqual(messages);
    if (messages.includes("> REFER")) expect(said.slice(messages.length), name).toContain("< NOTIFY");
    else expect(said, name).toHaveLength(messages.length);
  }
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
});
