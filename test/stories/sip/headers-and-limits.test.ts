// What stands in the phone's requests and answers, and what it makes of what others write there (reference 4.1 to 4.8).
import { expect } from "vitest";
import { ladder, type Site, type SitePhone } from "./site.ts";

/** A header's value in a message as text; empty: not there. */
const headerIn = (text: string | undefined, name: string): string =>
  new RegExp(`\\r\\n${name}: ([^\\r]*)`).exec(text ?? "")?.[1] ?? "";

async function connect(site: Site): Promise<{ readonly a: SitePhone; readonly b: SitePhone }> {
  const [a, b] = [site.phone("A"), site.phone("B")];
  await site.connect(a, b);
  return { a, b };
}

ladder(
  "SIP-001 the phone calls and is called, and asks a third party's registrar",
  ["A", "B"],
  {},
  async (site) => {
    const { a, b } = await connect(site);
    await a.hangUp();
    await b.hangUp();
    await b.noCalls();
    await site.connect(b, a);
    expect(site.conversation.texts("A", "INVITE")).not.toEqual([]);
    expect(site.conversation.texts("A", "200")).not.toEqual([]);
    for (const { by, name } of site.conversation.registers)
      if (name === "REGISTER") expect(["A", "B"]).toContain(by);
  },
);

ladder("HDR-003 HDR-006 HDR-014 what no request or answer lacks", ["A", "B"], {}, async (site) => {
  const { a } = await connect(site);
  await a.hangUp();
  await site.wait(100);
  const requests = ["INVITE", "ACK", "BYE"].map((method) => site.conversation.texts("A", method)[0]);
  const [register] = site.conversation.registers.filter(({ by, name }) => by === "A" && name === "REGISTER");
  for (const text of [...requests, register?.text]) {
    for (const name of ["Via", "From", "To", "Call-ID", "CSeq", "Content-Length"])
      expect(headerIn(text, name), `${name} in ${text}`).not.toBe("");
    expect(headerIn(text, "Max-Forwards")).toBe("70");
  }
  const [invite] = requests;
  const [ok] = site.conversation.texts("B", "200");
  for (const text of [invite, ok]) {
    expect(headerIn(text, "Contact")).toMatch(/^<sip:\d+@10\.77\.110\.\d+:5060;transport=udp>$/);
    expect(headerIn(text, "Content-Type")).toBe("application/sdp");
    for (const method of ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "NOTIFY", "REFER"])
      expect(headerIn(text, "Allow").split(", ")).toContain(method);
  }
});

ladder(
  "HDR-005 HDR-010 HDR-013 proofs, the time of day, and how long something holds",
  ["A", "B"],
  { config: ['timer_invite_expires: "120"'] },
  async (site) => {
    site.proxy.behaviour.isProxyAuth = true;
    await site.wait(1000); // the clock is set
    await connect(site);
    const registers = site.conversation.registers.filter(({ by, name }) => by === "A" && name === "REGISTER");
    expect(headerIn(registers.at(-1)?.text, "Authorization")).toMatch(/^Digest username="1001"/);
    expect(headerIn(registers[0]?.text, "Expires")).toBe("3600");
    const invite = site.conversation.texts("A", "INVITE").at(-1);
    expect(headerIn(invite, "Proxy-Authorization")).toMatch(/^Digest username="1001"/);
    expect(headerIn(invite, "Expires")).toBe("120");
    for (const text of [invite, site.conversation.texts("B", "200").at(-1)])
      expect(headerIn(text, "Date")).toMatch(/^Thu, 01 Jan 2026 00:0\d:\d\d GMT$/);
  },
);

ladder("HDR-020 an extension that is required and unknown is named in a 420", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  const contact = "Contact: <sip:peer@10.77.110.30:5060>";
  gateway.invite(b, { lines: [contact, "Require: 100rel, teleport", "Proxy-Require: not-for-phones"] });
  await site.wait(50);
  const [refused] = site.conversation.texts("B", "420");
  expect(headerIn(refused, "Unsupported")).toBe("teleport");
  gateway.invite(b, { lines: [contact, "Proxy-Require: not-for-phones", "Supported: teleport"] });
  await b.call("ring-in");
  await b.lift();
  await b.hangUp();
});

ladder("HDR-011 headers of another age are read over, and never sent", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  const old = ["Encryption: PGP version=2.6", "Hide: hop", "Response-Key: pgp", "Organization: Somebody"];
  gateway.invite(b, {
    lines: ["Contact: <sip:peer@10.77.110.30:5060>", ...old, "Priority: urgent", "In-Reply-To: a@b"],
  });
  await b.call("ring-in");
  await b.lift();
  await b.call("connected");
  const said = [...site.conversation.said, ...site.conversation.registers].filter(({ by }) => by === "B");
  for (const { text } of said)
    expect(text).not.toMatch(/^(Encryption|Hide|Response-Key|Organization|Priority|In-Reply-To):/im);
});

ladder(
  "SDP-010 sound in pieces of 20 ms, from the ports of the range, even ones",
  ["A", "B"],
  { config: ['start_media_port: "20000"', 'end_media_port: "20007"'] },
  async (site) => {
    await connect(site);
    for (const text of [...site.conversation.texts("A", "INVITE"), ...site.conversation.texts("B", "200")]) {
      expect(text).toContain("\r\na=ptime:20\r\n");
      const port = Number(/m=audio (\d+) /.exec(text)?.[1]);
      expect(port % 2).toBe(0);
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThanOrEqual(20_006);
    }
  },
);

ladder("DTM-009 digits of a call are no INFO", ["A", "B"], {}, async (site) => {
  const { a } = await connect(site);
  await a.press("123*#");
  await site.wait(1500);
  expect(site.conversation.texts("A", "INFO")).toEqual([]);
});

for (const [written, sent] of [
  ["1", "1"],
  ["3932100", "3932100"],
  ["0", "3600"],
  ["3932101", "3600"],
] as const)
  ladder(
    `TMR-006 timer_register_expires ${written} asks for ${sent} s`,
    ["A"],
    { config: [`timer_register_expires: "${written}"`] },
    async (site) => {
      const [first] = site.conversation.registers;
      expect(headerIn(first?.text, "Expires")).toBe(sent);
    },
  );

ladder(
  "REG-013 a backup proxy that is a name is none",
  ["A"],
  { config: ['proxy_backup: "sip2.lab.example"'] },
  async (site) => {
    const [phone] = [site.phone("A")];
    expect(phone.desk.phone.config()?.sip.backupProxy).toBeUndefined();
    await site.wait(2000);
    const asked = site.conversation.registers.filter(({ by, name }) => by === "A" && name === "REGISTER");
    expect(new Set(asked.map(({ to }) => to))).toEqual(new Set([site.proxy.address]));
  },
);

ladder(
  "offhook_session_expires: the call is refreshed at half of the time, and goes on",
  ["A", "B"],
  { configOf: { A: ['offhook_session_expires: "90"'] } },
  async (site) => {
    const { a } = await connect(site);
    expect(headerIn(site.conversation.texts("A", "INVITE")[0], "Session-Expires")).toMatch(/^90/);
    site.conversation.clear();
    await site.wait(50_000);
    expect([
      ...site.conversation.texts("A", "INVITE"),
      ...site.conversation.texts("A", "UPDATE"),
    ]).not.toEqual([]);
    expect((await a.show("calls")).calls).toMatchObject([{ state: "connected" }]);
  },
);

ladder(
  "SIP-011 the Contact of registrations and calls, with the user part that lineN_contact has",
  ["A", "B"],
  { configOf: { A: ['user_info: "phone"', 'line1_contact: "7001"'] } },
  async (site) => {
    await connect(site);
    const [register] = site.conversation.registers.filter(
      ({ by, name }) => by === "A" && name === "REGISTER",
    );
    for (const text of [register?.text, site.conversation.texts("A", "INVITE")[0]])
      expect(headerIn(text, "Contact")).toMatch(/^<sip:7001@10\.77\.110\.\d+:5060;user=phone;transport=udp>/);
    expect(headerIn(site.conversation.texts("B", "200")[0], "Contact")).toMatch(/^<sip:1002@/);
  },
);

ladder(
  "HDR-009 a body that is encoded is refused, identity and dispositions are read",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    const contact = "Contact: <sip:peer@10.77.110.30:5060>";
    gateway.invite(b, { lines: [contact, "Content-Encoding: gzip"] });
    await site.wait(50);
    const [refused] = site.conversation.texts("B", "415");
    expect(headerIn(refused, "Accept-Encoding")).toBe("identity");
    gateway.invite(b, {
      lines: [contact, "Content-Encoding: identity", "Content-Disposition: session;handling=required"],
    });
    await b.call("ring-in");
    await b.lift();
    await b.call("connected");
  },
);

ladder(
  "SIP-021 a transfer tells its progress as sipfrag; a BYE with Also has the statistics too",
  ["A", "B", "C"],
  { config: ['call_stats: "1"'] },
  async (site) => {
    const { a, b } = await connect(site);
    const c = site.phone("C");
    await a.softkey("BlndXfr");
    await a.press(c.number);
    await c.call("ring-in");
    const [told] = site.conversation.texts("B", "NOTIFY");
    expect(headerIn(told, "Content-Type")).toBe("message/sipfrag;version=2.0");
    await c.lift();
    await a.noCalls();
    await b.hangUp();
    await c.hangUp();
    await c.noCalls();

    const gateway = site.gateway();
    gateway.invite(b);
    await site.pickUp(b);
    await site.wait(2000); // figures are told once a second
    await b.softkey("BlndXfr");
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await b.press(c.number);
    await site.wait(100);
    gateway.peer.answer(gateway.peer.last("REFER"), 501);
    await site.wait(100);
    const bye = site.conversation.texts("B", "BYE").at(-1);
    expect(headerIn(bye, "Also")).toContain(`sip:${c.number}@`);
    for (const name of ["RTP-RxStat", "RTP-TxStat"]) expect(headerIn(bye, name)).toMatch(/^Dur=\d+,/);
    gateway.peer.answer(gateway.peer.last("BYE"), 200);
    await b.noCalls();
  },
);

for (const [what, change, told] of [
  ["wrong password", { users: { "1001": "another" } }, "REG auth failed: no more credentials"],
  ["403", { registerStatus: 403 }, "REG auth failed: in 403, ??? error"],
  ["500", { registerStatus: 500 }, "REG auth failed: in 500, server error"],
  ["603", { registerStatus: 603 }, "REG auth failed: in 603, global error"],
  ["423 again and again", { registerStatus: 423 }, "REG Expires time too small"],
  ["no answer", { first: "off" }, "REG retries exceeded"],
  ["no program", { first: "stopped" }, "REG send failure: refused-by-network"],
] as const)
  ladder(
    `SIP-032 ${what}: the log says why the REGISTER failed`,
    ["A"],
    {
      isUnregistered: true,
      settings: (settings) => ({
        ...settings,
        sip: { ...settings.sip, registerStatus: undefined, ...change },
      }),
    },
    async (site) => {
      const a = site.phone("A");
      const lines = (): readonly string[] => a.desk.phone.base.book.last(200).map(({ text }) => text);
      await a.until(told, async () => lines().includes(told), 60_000);
    },
  );
