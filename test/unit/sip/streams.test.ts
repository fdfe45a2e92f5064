// TCP and TLS: framing, one connection per peer, what happens when it breaks, and requests too long for UDP.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { StreamFramer } from "#firmware/sip/transport/framer.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Connection } from "#hal/contract/sockets.ts";
import { conversation, torture } from "#test/vectors/sip/load.ts";
import { local } from "./call-scene.ts";
import { lastState, line, phoneAddress, type Rig, rig, server, serverAddress } from "./phone.ts";
import { latin1, tortures } from "./torture-table.ts";

beforeAll(() => loadSipJs());

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const overStream = { lines: [line({ proxies: [{ ...server(), transport: "TCP" as const }] })] };

describe("framing", () => {
  const stream = Buffer.concat(conversation("call-pjsip-baresip").map(({ bytes }) => bytes));
  const whole = conversation("call-pjsip-baresip").map(({ bytes }) => latin1(bytes));

  test("a whole conversation comes out the same, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const framer = new StreamFramer();
        const out: string[] = [];
        let at = 0;
        for (let i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          out.push(...framer.push(stream.subarray(at, at + size)).messages.map(latin1));
          at += size;
        }
        expect(out).toEqual(whole);
        expect(framer.heldBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test("line ends between messages are swallowed", () => {
    const framer = new StreamFramer();
    const { messages } = framer.push(bytesOf(`\r\n\r\n${whole[0]}\r\n\r\n\r\n${whole[1]}`));
    expect(messages.map(latin1)).toEqual([whole[0], whole[1]]);
  });

  test.each([
    ["ncl", "bad-value"],
    ["mcl01", "bad-length"],
  ])("%s breaks the stream, and nothing after it is looked at", (name, code) => {
    const framer = new StreamFramer();
    const { messages, broken } = framer.push(torture(name));
    expect(messages).toEqual([]);
    expect(broken?.error.code).toBe(code);
    expect(framer.push(bytesOf(whole[0] ?? "")).messages).toEqual([]);
  });

  test("a message without Content-Length, endless headers and an absurd body break it too", () => {
    for (const text of [
      "OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n",
      "a".repeat(70_000),
      "OPTIONS sip:a SIP/2.0\r\nl: 2000000000\r\n\r\n",
    ]) {
      expect(new StreamFramer().push(bytesOf(text)).broken).toBeDefined();
    }
  });

  test("any bytes in any pieces: messages, or a broken stream, and no more held than a message may have", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
        const framer = new StreamFramer();
        for (const chunk of chunks) framer.push(chunk);
        expect(framer.heldBytes).toBeLessThanOrEqual(chunks.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });
});

/** A scripted stream peer in the server's place. */
function acceptor(r: Rig, port = 5060) {
  const sockets = r.hub.host(serverAddress);
  const texts: string[] = [];
  const connections: Connection[] = [];
  const { signal } = r.ended;
  void sockets.listenTcp(port, { signal }).then(({ connections: incoming }) =>
    incoming.subscribe(
      (connection) => {
        connections.push(connection);
        connection.chunks.subscribe((chunk) => texts.push(latin1(chunk)), { signal });
      },
      { signal },
    ),
  );
  const answer = (status: number, more: readonly string[] = []): void => {
    const request = texts.at(-1) ?? "";
    const copied = request.split("\r\n").filter((text) => /^(Via|From|To|Call-ID|CSeq):/.test(text));
    connections
      .at(-1)
      ?.write(
        bytesOf(
          [
            `SIP/2.0 ${status} Whatever`,
            ...copied.map((text) => (text.startsWith("To:") ? `${text};tag=t` : text)),
            ...more,
            "Content-Length: 0",
            "",
            "",
          ].join("\r\n"),
        ),
      );
  };
  return { texts, connections, answer };
}

describe("registration and calls over a stream", () => {
  test.each(["TCP", "TLS"] as const)(
    "SIP-003 over %s: registered, called, called back, all over one connection of ours",
    async (transport) => {
      const r = rig();
      const lab = r.server(serverAddress, { stream: transport });
      const phone = r.phone({ lines: [line({ proxies: [{ ...server(serverAddress, 5060), transport }] })] });
      await r.clock.advance(200);
      expect(lastState(r.notices)?.kind).toBe("registered");
      expect(lab.bindingsOf("100")[0]?.uri).toMatch(
        new RegExp(`^sip:100@192\\.0\\.2\\.1:\\d+;transport=${transport.toLowerCase()}$`),
      );
      phone.perform({
        kind: "place",
        call: "a",
        line: 1,
        target: "600",
        route: "default",
        local,
        isAnonymous: false,
      });
      await r.clock.advance(200);
      expect(r.notices.map(({ kind }) => kind)).toContain("answered");
      phone.perform({ kind: "hang-up", call: "a" });
      await r.clock.advance(200);
      expect(lab.serviceCalls).toBe(0);
      const ports = new Set(
        r.hub.seen.filter(({ from }) => from.startsWith(`${phoneAddress}:`)).map(({ from }) => from),
      );
      expect(ports.size).toBe(1);
    },
  );

  test("a call to a phone behind its own connection", async () => {
    const r = rig();
    r.server(serverAddress, { stream: "TCP" });
    const phone = r.phone(overStream);
    r.phone({ lines: [line({ name: "200", authName: "200" })] }, "192.0.2.2");
    await r.clock.advance(200);
    phone.perform({
      kind: "place",
      call: "a",
      line: 1,
      target: "200",
      route: "default",
      local,
      isAnonymous: false,
    });
    await r.clock.advance(200);
    expect(r.notices.filter(({ kind }) => kind === "incoming")).toHaveLength(1);
  });

  test("nobody listens: refused by the network; nobody there: no answer", async () => {
    const r = rig();
    r.hub.host(serverAddress);
    r.phone(overStream);
    await r.clock.advance(200);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "refused-by-network" });
  });

  test("a certificate that does not check out is told apart", async () => {
    const r = rig();
    const host = r.hub.host.bind(r.hub);
    r.hub.host = (address) => ({
      ...host(address),
      connectTls: () => Promise.reject(new HalError("denied", "tls", "connect", "certificate has expired")),
    });
    r.phone({ lines: [line({ proxies: [{ ...server(), transport: "TLS" }] })] });
    await r.clock.advance(200);
    expect(lastState(r.notices)).toMatchObject({ kind: "failed", failure: "certificate" });
  });

  test("a connection that breaks is made anew at once, and the line registers over it", async () => {
    const r = rig();
    const lab = r.server(serverAddress, { stream: "TCP" });
    r.phone(overStream);
    await r.clock.advance(200);
    const before = lab.bindingsOf("100")[0]?.endpoint.port;
    r.hub.resetConnections();
    await r.clock.advance(200);
    expect(lastState(r.notices)?.kind).toBe("registered");
    expect(lab.bindingsOf("100").at(-1)?.endpoint.port).not.toBe(before);
    expect(r.states().filter((state) => state === "failed")).toEqual([]);
  });
});

describe("requests that are too long for UDP (RFC 3261 §18.1.1)", () => {
  const long = { isRegistering: false };
  const target = `sip:${"9".repeat(900)}@${serverAddress}`;

  test("go by TCP where that is spoken", async () => {
    const r = rig();
    const { texts } = acceptor(r);
    const phone = r.phone(long);
    phone.perform({ kind: "place", call: "a", line: 1, target, route: "url", local, isAnonymous: false });
    await r.clock.advance(100);
    expect(texts[0]?.split("\r\n")[1]).toMatch(/^Via: SIP\/2\.0\/TCP /);
  });

  test("and by UDP where it is refused, with another branch; not at all by TCP where the settings forbid it", async () => {
    for (const isTcpForLarge of [true, false]) {
      const r = rig();
      r.hub.host(serverAddress);
      const phone = r.phone({ ...long, isTcpForLarge });
      phone.perform({ kind: "place", call: "a", line: 1, target, route: "url", local, isAnonymous: false });
      await r.clock.advance(100);
      expect(r.hub.lines(phoneAddress, serverAddress)[0]).toMatch(/^INVITE/);
      expect(r.hub.seen[0]?.text).toContain("Via: SIP/2.0/UDP");
    }
  });
});

describe("torture messages over TCP (RFC 4475)", () => {
  test.each(
    tortures
      .filter(({ expected }) => expected.kind !== "taken" && expected.kind !== "dropped")
      .map((entry) => [entry.section, entry.name, entry] as const),
  )("SIP-018 %s %s", async (_, name, entry) => {
    const r = rig();
    const { texts, connections, answer } = acceptor(r);
    const { expected, user = "user", stream } = entry;
    r.phone({ lines: [line({ name: user, authName: user, proxies: [{ ...server(), transport: "TCP" }] })] });
    await r.clock.advance(50);
    answer(200, ["Expires: 3600"]);
    await r.clock.advance(50);
    let isClosed = false;
    connections[0]?.closed.subscribe(() => (isClosed = true), { signal: r.ended.signal });
    connections[0]?.write(torture(name));
    await r.clock.advance(300);
    const statuses =
      texts
        .join("")
        .match(/^SIP\/2\.0 \d{3}/gm)
        ?.map((text) => Number(text.slice(8))) ?? [];
    if (stream === "waits") expect(statuses).toEqual([]);
    else if (stream === "closes") {
      expect(statuses).toEqual([400]);
      expect(isClosed).toBe(true);
    } else if (expected.kind === "answered" && name !== "dblreq") expect(statuses).toEqual([expected.status]);
    else if (expected.kind === "rings")
      expect(r.notices.filter(({ kind }) => kind === "incoming")).toHaveLength(1);
    // On a stream the second message of dblreq is a message of its own.
    else expect(statuses).toEqual([405, 400]);
    expect(r.failures).toEqual([]);
    expect(lastState(r.notices)?.kind).toBe("registered");
  });
});
