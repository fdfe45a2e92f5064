// Registration against the lab's registrar: what goes out, what is believed, and what happens when it fails.
import { describe, expect, test } from "vitest";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, rawLine, soleOf, valuesOf } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { plainAuth } from "#test/lab/sip/auth.ts";
import { lastState, line, phoneAddress, type Rig, rig, server, serverAddress } from "./phone.ts";

const second = "192.0.2.11";
const third = "192.0.2.12";

const sent = (r: Rig, to = serverAddress) =>
  r.hub.seen.filter(
    (datagram) => datagram.from.startsWith(`${phoneAddress}:`) && datagram.to.startsWith(`${to}:`),
  );
const parsed = (r: Rig, to = serverAddress) =>
  sent(r, to).map(({ text }) => parseMessage(Uint8Array.from(Buffer.from(text, "latin1"))));

describe("a registration", () => {
  test("FLW-030 REG-001 SIP-024 REGISTER, 401, REGISTER with proof, 200", async () => {
    const r = rig();
    const registrar = r.server();
    r.phone();
    await r.clock.advance(100);
    expect(r.states()).toEqual(["registering", "registered"]);
    expect(lastState(r.notices)).toEqual({
      kind: "registered",
      server: { address: serverAddress, port: 5060 },
      expiresSec: 3600,
      isBackup: false,
    });
    expect(sent(r)).toHaveLength(2);
    expect(registrar.bindingsOf("100")).toMatchObject([{ uri: "sip:100@192.0.2.1:5060;transport=udp" }]);
  });

  test("REG-002 SIP-013 UAC-020 the request has what RFC 3261 §10.2 wants", async () => {
    const r = rig();
    r.server();
    r.phone();
    await r.clock.advance(100);
    const [first, again] = parsed(r);
    if (first?.kind !== "request" || again?.kind !== "request") throw new Error("two requests");
    expect(first.uri).toBe("sip:192.0.2.10");
    expect(soleOf(first, headers.to).uri.text).toBe("sip:100@192.0.2.10");
    expect(soleOf(first, headers.from).uri.text).toBe("sip:100@192.0.2.10");
    expect(soleOf(first, headers.from).displayName).toBe("Phone 100");
    expect(soleOf(first, headers.to).parameters.has("tag")).toBe(false);
    expect(soleOf(first, headers.maxForwards)).toBe(70);
    expect(soleOf(first, headers.expires)).toBe(3600);
    expect(valuesOf(first, headers.contact)).toHaveLength(1);
    expect(soleOf(again, headers.callId)).toBe(soleOf(first, headers.callId));
    expect(soleOf(first, headers.callId)).toMatch(/^00005e005301-[0-9a-f]{16}@192\.0\.2\.1$/);
    expect(soleOf(first, headers.from).parameters.get("tag")).toMatch(/^00005e005301[0-9a-f]{16}$/);
  });

  test("SIP-010 RSP-014 CSeq starts at 101 and is one higher with the proof, in a new branch", async () => {
    const r = rig();
    r.server();
    r.phone();
    await r.clock.advance(100);
    const requests = parsed(r);
    expect(requests.map((message) => soleOf(message, headers.cseq))).toEqual([
      { number: 101, method: "REGISTER" },
      { number: 102, method: "REGISTER" },
    ]);
    const branches = requests.map((message) => firstOf(message, headers.via)?.parameters.get("branch"));
    expect(new Set(branches).size).toBe(2);
    for (const branch of branches) expect(branch).toMatch(/^z9hG4bK/);
  });

  test.each([
    ["none", {}],
    ["phone", { user: "phone" }],
    ["ip", { user: "ip" }],
  ] as const)("REG-003 user_info %s", async (userInfo, expected) => {
    const r = rig();
    r.server();
    r.phone({ userInfo });
    await r.clock.advance(100);
    const uri = soleOf(parsed(r)[0] ?? fail(), headers.to).uri;
    expect(uri.kind === "sip" && Object.fromEntries(uri.parameters)).toEqual(expected);
  });

  test("REG-001 with proxy_register 0 nothing is sent, and the line may call", async () => {
    const r = rig();
    r.server();
    r.phone({ isRegistering: false });
    await r.clock.advance(100);
    expect(r.states()).toEqual(["not-registering"]);
    expect(sent(r)).toEqual([]);
  });

  test("SIP-004 SIP-005 the source port is the control port, or a free one with the Via still naming it", async () => {
    for (const isSourcePortFixed of [true, false]) {
      const r = rig();
      r.server();
      r.phone({
        isSourcePortFixed,
        controlPort: 5090,
        nat: { address: undefined, isReceivedProcessed: false, isRportRequested: false, keepAliveSec: 0 },
      });
      await r.clock.advance(100);
      const ports = new Set(sent(r).map(({ from }) => Number(from.split(":")[1])));
      expect([...ports].every((port) => (isSourcePortFixed ? port === 5090 : port >= 49_152))).toBe(true);
      expect(firstOf(parsed(r)[0] ?? fail(), headers.via)).toMatchObject({ host: phoneAddress, port: 5090 });
      expect(lastState(r.notices)?.kind).toBe("registered");
    }
  });

  test("each line registers by itself", async () => {
    const r = rig();
    r.server();
    r.phone({
      lines: [
        line(),
        line({ line: 2, name: "200", authName: "200" }),
        line({ line: 3, name: "300", authName: "300", password: "wrong" }),
      ],
    });
    await r.clock.advance(100);
    expect(lastState(r.notices, 1)?.kind).toBe("registered");
    expect(lastState(r.notices, 2)?.kind).toBe("registered");
    expect(lastState(r.notices, 3)).toMatchObject({ kind: "failed", failure: "wrong-password" });
    expect(r.notices.some(({ kind }) => kind === "list-exhausted")).toBe(false);
  });

  test("the registrar's Date goes up, for a phone that has no other clock", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.isOpen = true;
    registrar.dateLine = rawLine(headers.date, "Fri, 20 Nov 2026 12:55:15 GMT");
    r.phone();
    await r.clock.advance(100);
    expect(r.notices).toContainEqual({ kind: "date", unixMs: Date.UTC(2026, 10, 20, 12, 55, 15) });
  });
});

describe("what was granted", () => {
  test("REG-004 REG-005 TMR-007 a shorter time is obeyed, and refreshed before it ends", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.mostExpiresSec = 120;
    r.phone();
    await r.clock.advance(114_900);
    expect(sent(r)).toHaveLength(2);
    await r.clock.advance(200);
    expect(sent(r)).toHaveLength(3);
    expect(registrar.bindingsOf("100")).toHaveLength(1);
    expect(r.states()).toEqual(["registering", "registered"]);
    const refresh = parsed(r)[2] ?? fail();
    expect(soleOf(refresh, headers.cseq).number).toBe(103);
    expect(firstOf(refresh, headers.authorization)?.parameters.get("nc")).toBe("00000002");
  });

  test("REG-005 a very short time is still refreshed before it ends", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.mostExpiresSec = 6;
    r.phone();
    for (let i = 0; i < 100; i++) {
      await r.clock.advance(100);
      if (i > 0) expect(registrar.bindingsOf("100")).toHaveLength(1);
    }
  });

  test.each(["none", "foreign", "rewritten", "own"] as const)(
    "UAC-037 REG-004 a 200 that lists %s contacts still has its refresh timed",
    async (contacts) => {
      const r = rig();
      const registrar = r.server();
      registrar.behaviour.contacts = contacts;
      r.phone({ registerExpiresSec: 100 });
      await r.clock.advance(95_500);
      expect(sent(r)).toHaveLength(3);
      expect(parsed(r).every((message) => valuesOf(message, headers.contact).length === 1)).toBe(true);
    },
  );

  test("RSP-029 after 423 the registrar's least interval is asked for", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.leastExpiresSec = 7200;
    registrar.behaviour.mostExpiresSec = 7200;
    r.phone();
    await r.clock.advance(100);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", expiresSec: 7200 });
  });

  test("UAC-033 a nonce renewed by the server passes unseen", async () => {
    const r = rig();
    const registrar = r.server(serverAddress, { auth: { ...plainAuth, usesPerNonce: 1 } });
    registrar.behaviour.mostExpiresSec = 100;
    r.phone();
    await r.clock.advance(300_000);
    expect(r.states()).toEqual(["registering", "registered"]);
    expect(registrar.bindingsOf("100")).toHaveLength(1);
  });

  test.each([
    ["MD5, no qop", { ...plainAuth, qop: undefined }],
    ["MD5-sess", { ...plainAuth, algorithms: ["MD5-sess"] as const }],
    ["SHA-256 above MD5", { ...plainAuth, algorithms: ["SHA-256", "MD5"] as const }],
    ["SHA-512-256", { ...plainAuth, algorithms: ["SHA-512-256"] as const }],
    ["auth-int", { ...plainAuth, qop: "auth-int" }],
    ["auth,auth-int", { ...plainAuth, qop: "auth,auth-int" }],
  ])("SIP-030 UAC-032 %s", async (_, auth) => {
    const r = rig();
    r.server(serverAddress, { auth });
    r.phone();
    await r.clock.advance(100);
    expect(lastState(r.notices)?.kind).toBe("registered");
  });
});

describe("a registration that fails", () => {
  test("REG-006 UAC-030 a wrong password is sent once, and the line says so", async () => {
    const r = rig();
    r.server();
    r.phone({ lines: [line({ password: "wrong" })] });
    await r.clock.advance(10_000);
    expect(sent(r)).toHaveLength(2);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "wrong-password", status: 401 });
  });

  test.each([
    [403, "forbidden"],
    [404, "unknown-line"],
    [500, "server-error"],
    [486, "rejected"],
    [603, "rejected"],
  ] as const)(
    "REG-008 %i is %s, and the same registrar is left alone for 30 to 60 s",
    async (status, failure) => {
      const r = rig();
      const registrar = r.server();
      registrar.behaviour.registerStatus = status;
      r.phone();
      await r.clock.advance(29_000);
      expect(sent(r)).toHaveLength(1);
      expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure, status });
      await r.clock.advance(32_000);
      expect(sent(r)).toHaveLength(2);
    },
  );

  test("REG-008 pauses grow to half an hour, and are spread", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.registerStatus = 500;
    r.phone();
    await r.clock.advance(4 * 3600_000);
    const times = sent(r).map(({ atMs }) => atMs / 1000);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    gaps.forEach((gap, i) => {
      const whole = Math.min(1800, 30 * 2 ** (i + 1));
      expect(gap).toBeGreaterThanOrEqual(whole / 2);
      expect(gap).toBeLessThanOrEqual(whole + 1);
    });
    expect(gaps.length).toBeGreaterThan(8);
  });

  test("UAC-036 after 503 with Retry-After a server hears nothing for so long, the next one is used", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.registerStatus = 503;
    registrar.behaviour.registerLines = [rawLine(headers.retryAfter, "3000 (busy);duration=60")];
    r.server(second);
    r.phone({ lines: [line({ proxies: [server(), server(second)] })] });
    await r.clock.advance(2_000_000);
    expect(sent(r)).toHaveLength(1);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
  });

  test("423 that does not converge is a failure of its own", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.registerStatus = 423;
    r.phone();
    await r.clock.advance(1000);
    expect(lastState(r.notices)).toMatchObject({
      kind: "failed",
      failure: "interval-too-brief",
      status: 423,
    });
  });

  test("REG-007 a redirection is followed", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.registerStatus = 302;
    registrar.behaviour.registerLines = [rawLine(headers.contact, `<sip:${second}>`)];
    const other = r.server(second);
    r.phone();
    await r.clock.advance(100);
    expect(other.bindingsOf("100")).toHaveLength(1);
    expect(lastState(r.notices)?.kind).toBe("registered");
  });

  test("REG-007 two registrars redirecting to each other end as redirected", async () => {
    const r = rig();
    for (const [here, there] of [
      [serverAddress, second],
      [second, serverAddress],
    ] as const) {
      const registrar = r.server(here);
      registrar.behaviour.registerStatus = 302;
      registrar.behaviour.registerLines = [rawLine(headers.contact, `<sip:${there}>`)];
    }
    r.phone();
    await r.clock.advance(1000);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "redirected" });
  });
});

describe("the list of servers", () => {
  const list = { lines: [line({ proxies: [server(), server(second), server(third)] })] };

  test("TMR-008 ICMP from the first server leads to the second at once", async () => {
    const r = rig();
    r.hub.host(serverAddress);
    r.server(second);
    r.phone(list);
    await r.clock.advance(20);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
  });

  test("a silent first server costs 2·T1", async () => {
    const r = rig();
    r.hub.host(serverAddress);
    r.hub.setSilent(serverAddress, true);
    r.server(second);
    r.phone(list);
    await r.clock.advance(999);
    expect(lastState(r.notices)?.kind).toBe("registering");
    await r.clock.advance(100);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
  });

  test("all dead: the list is exhausted, with the reason, and walked again after a pause", async () => {
    const r = rig();
    for (const address of [serverAddress, second, third]) r.hub.host(address);
    r.phone(list);
    await r.clock.advance(1000);
    expect(r.notices).toContainEqual({ kind: "list-exhausted", failure: "refused-by-network" });
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "refused-by-network" });
    r.server(third);
    await r.clock.advance(61_000);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: third } });
  });

  test("nobody answers: no-answer after the last server's 32 s", async () => {
    const r = rig();
    r.phone(list);
    await r.clock.advance(33_900);
    expect(lastState(r.notices)?.kind).toBe("registering");
    await r.clock.advance(200);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "no-answer", status: undefined });
  });

  test("UAC-003 a refresh that finds its server dead is elsewhere within 2·T1 and a second", async () => {
    const r = rig();
    const first = r.server();
    first.behaviour.mostExpiresSec = 100;
    r.server(second);
    r.phone(list);
    await r.clock.advance(50_000);
    r.hub.setSilent(serverAddress, true);
    await r.clock.advance(45_000 + 1100);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
    const branches = [...sent(r).slice(-1), ...sent(r, second)].map(
      ({ text }) => /branch=(\w+)/.exec(text)?.[1],
    );
    expect(new Set(branches).size).toBe(branches.length);
  });

  test("back to the first server when it returns, and the later one is told", async () => {
    const r = rig();
    r.hub.host(serverAddress);
    const other = r.server(second);
    r.phone(list);
    await r.clock.advance(1000);
    expect(other.bindingsOf("100")).toHaveLength(1);
    r.server();
    await r.clock.advance(61_000);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: serverAddress } });
    await r.clock.advance(100);
    expect(other.bindingsOf("100")).toEqual([]);
    expect(r.states().filter((state) => state !== "registered")).toEqual(["registering"]);
  });

  test("REG-010 one registration is also held with the backup proxy, and its failure is logged", async () => {
    const r = rig();
    r.server();
    r.hub.host(second);
    r.phone({ backupProxy: server(second) });
    await r.clock.advance(100);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", isBackup: false });
    expect(r.lines.join("\n")).toContain("REG Not Registered to Backup Proxy");
    const backup = r.server(second);
    await r.clock.advance(61_000);
    expect(backup.bindingsOf("100")).toHaveLength(1);
  });

  test("REG-017 the outbound proxy gets the REGISTER, the URIs keep the line's proxy", async () => {
    const r = rig();
    const outbound = r.server(second);
    r.phone({ outboundProxy: server(second) });
    await r.clock.advance(100);
    expect(outbound.bindingsOf("100")).toHaveLength(1);
    expect(parsed(r, second)[0]).toMatchObject({ uri: `sip:${serverAddress}` });
    expect(sent(r)).toEqual([]);
  });

  test("REG-015 each line has its own proxy", async () => {
    const r = rig();
    const one = r.server();
    const two = r.server(second);
    r.phone({ lines: [line(), line({ line: 2, name: "200", authName: "200", proxies: [server(second)] })] });
    await r.clock.advance(100);
    expect(one.bindingsOf("100")).toHaveLength(1);
    expect(two.bindingsOf("200")).toHaveLength(1);
  });
});

describe("a registration and the world", () => {
  test("a registrar that restarts gets its binding back with the next refresh, and the nonce is renewed", async () => {
    const r = rig();
    const registrar = r.server();
    registrar.behaviour.mostExpiresSec = 100;
    r.phone();
    await r.clock.advance(50_000);
    registrar.forget();
    await r.clock.advance(46_000);
    expect(registrar.bindingsOf("100")).toHaveLength(1);
    expect(r.states()).toEqual(["registering", "registered"]);
  });

  test("REG-009 ending a registration removes our own binding, not everybody's", async () => {
    const r = rig();
    const registrar = r.server();
    const phone = r.phone();
    await r.clock.advance(100);
    phone.setRegistered(1, false);
    await r.clock.advance(100);
    expect(registrar.bindingsOf("100")).toEqual([]);
    const last = parsed(r).at(-1) ?? fail();
    expect(soleOf(last, headers.expires)).toBe(0);
    expect(soleOf(last, headers.contact).uri.text).not.toBe("*");
    expect(lastState(r.notices)?.kind).toBe("not-registering");
    phone.setRegistered(1, true);
    await r.clock.advance(100);
    expect(registrar.bindingsOf("100")).toHaveLength(1);
  });

  test.each(["198.51.100.1", "nat.example.com"])(
    "NAT-001 NAT-002 %s stands in Via and Contact, a name by its A record",
    async (address) => {
      const r = rig();
      r.zone.records.set("a nat.example.com", ["198.51.100.1"]);
      r.server();
      r.phone({ nat: { address, isReceivedProcessed: false, isRportRequested: true, keepAliveSec: 0 } });
      await r.clock.advance(100);
      expect(firstOf(parsed(r)[0] ?? fail(), headers.via)).toMatchObject({
        host: "198.51.100.1",
        port: 5060,
      });
      expect(firstOf(parsed(r)[0] ?? fail(), headers.contact)?.uri).toMatchObject({ host: "198.51.100.1" });
      expect(lastState(r.notices)?.kind).toBe("registered");
    },
  );

  test("NAT-003 the address the registrar saw takes the place of ours, and is registered", async () => {
    const r = rig();
    const registrar = r.server();
    r.phone({
      nat: { address: "198.51.100.1", isReceivedProcessed: true, isRportRequested: false, keepAliveSec: 0 },
    });
    await r.clock.advance(100);
    expect(parsed(r)[0] && firstOf(parsed(r)[0] ?? fail(), headers.via)?.host).toBe("198.51.100.1");
    expect(registrar.bindingsOf("100").at(-1)?.uri).toContain(`@${phoneAddress}:`);
    expect(lastState(r.notices)?.kind).toBe("registered");
  });

  test("the network lost mid-way ends in a failed line, and nothing is left when SIP is stopped", async () => {
    const r = rig();
    r.server();
    r.phone();
    r.hub.setSilent(phoneAddress, true);
    await r.clock.advance(40_000);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "no-answer" });
    r.ended.abort(new Error("shutdown"));
    expect(r.clock.alarmCount).toBe(0);
    expect(r.failures).toEqual([]);
  });
});

function fail(): never {
  throw new Error("it was sent");
}
