// Digest: published vectors, answers that Asterisk and Kamailio accepted, and what a session remembers.
import { describe, expect, test } from "vitest";
import { Proofs } from "#firmware/sip/credentials.ts";
import { type Challenge, credentialsValue, digestResponse, readChallenge } from "#firmware/sip/digest.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { parseAuth } from "#firmware/sip/message/values.ts";
import { digests } from "#hal/linux/digests.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { conversation } from "#test/vectors/sip/load.ts";
import { request, response } from "./rig.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const base: Challenge = {
  isProxy: false,
  realm: "testrealm@host.com",
  nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
  opaque: "5ccc069c403ebaf9f0171e9517f40e41",
  algorithm: undefined,
  qop: "auth",
  isStale: false,
};
const circle = { username: "Mufasa", password: "Circle Of Life" };
const use = { count: 1, clientNonce: "0a4f113b" };
const get = { method: "GET", uri: "/dir/index.html", body: new Uint8Array(0) };

describe("vectors", () => {
  test("UAC-032 RFC 2617 §3.5, MD5 with qop=auth", () => {
    expect(digestResponse(base, circle, get, use, digests)).toBe("6629fae49393a05397450978507c4ef1");
  });

  test("UAC-032 RFC 2069 §2.4 (as corrected), MD5 without qop", () => {
    const challenge = { ...base, qop: undefined };
    const credentials = { username: "Mufasa", password: "CircleOfLife" };
    expect(digestResponse(challenge, credentials, get, use, digests)).toBe(
      "1949323746fe6a43ef61f9606e7febea",
    );
  });

  test.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("UAC-032 RFC 7616 §3.9.1, %s", (algorithm, expected) => {
    const challenge: Challenge = {
      ...base,
      realm: "http-auth@example.org",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
      algorithm,
    };
    const credentials = { username: "Mufasa", password: "Circle of Life" };
    const once = { count: 1, clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
    expect(digestResponse(challenge, credentials, get, once, digests)).toBe(expected);
  });

  test("UAC-032 auth-int hashes the body, an empty one too; MD5-sess binds the nonces", () => {
    // By RFC 2617 §3.2.2: computed with a hash tool outside of this program.
    const integrity: Challenge = { ...base, qop: "auth-int" };
    expect(digestResponse(integrity, circle, get, use, digests)).toBe("5e6610ecf9ba3017a4870ad48e3ad30b");
    expect(digestResponse(integrity, circle, { ...get, body: bytes("v=0\r\n") }, use, digests)).toBe(
      "151b6cabb7e59e0ac757207a039ff3d0",
    );
    expect(digestResponse({ ...base, algorithm: "MD5-sess" }, circle, get, use, digests)).toBe(
      "8e3825c57e897f5a0dec6c2d4e5059d0",
    );
  });

  test("what baresip answered and Asterisk took", () => {
    const messages = conversation("call-pjsip-baresip").map((datagram) => parseMessage(datagram.bytes));
    const answers = messages.filter((message) => has(message, headers.authorization));
    expect(answers.length).toBeGreaterThanOrEqual(3);
    for (const message of answers) {
      if (message.kind !== "request") throw new Error("credentials stand in requests");
      const given = firstOf(message, headers.authorization)?.parameters;
      const challenge = readChallenge({ scheme: "digest", parameters: given ?? new Map() }, false);
      if (challenge === undefined) throw new Error("understood");
      const once = {
        count: Number.parseInt(given?.get("nc") ?? "", 16),
        clientNonce: given?.get("cnonce") ?? "",
      };
      const credentials = { username: "6002", password: "secret6002" };
      expect(digestResponse(challenge, credentials, message, once, digests)).toBe(given?.get("response"));
    }
  });
});

describe("challenges", () => {
  const read = (text: string) => readChallenge(parseAuth(text), false);

  test("a scheme, algorithm or quality nobody knows is ignored; Basic is never answered (SIP-031)", () => {
    expect(read('Basic realm="a"')).toBeUndefined();
    expect(read('Digest realm="a", nonce="b", algorithm=AKAv1-MD5')).toBeUndefined();
    expect(read('Digest realm="a", nonce="b", qop="auth-conf"')).toBeUndefined();
    expect(read('Digest realm="a"')).toBeUndefined();
  });

  test("UAC-033 stale is taken in any case, unknown parameters are passed over", () => {
    expect(read('Digest realm="a, b", nonce="c",stale=TRUE , x=y,algorithm="MD5"')).toMatchObject({
      realm: "a, b",
      isStale: true,
      algorithm: "MD5",
      qop: undefined,
    });
  });

  test("UAC-032 qop, nc and algorithm go unquoted, opaque goes back, uri is the Request-URI in quotes", () => {
    const value = credentialsValue({ ...base, algorithm: "SHA-256" }, circle, get, use, digests);
    expect(value).toContain('uri="/dir/index.html"');
    expect(value).toContain(`opaque="${base.opaque}"`);
    expect(value).toMatch(/, algorithm=SHA-256, cnonce="0a4f113b", opaque=".*", qop=auth, nc=00000001$/);
  });

  test("UAC-032 without qop there is neither cnonce nor nc", () => {
    const value = credentialsValue({ ...base, qop: undefined }, circle, get, use, digests);
    expect(value).not.toMatch(/cnonce|nc=|qop/);
  });
});

describe("a session's proofs", () => {
  const invite = request("INVITE");
  const proofs = () => new Proofs({ username: "100", password: "secret" }, digests, createSeededRandom(1));
  const challenge = (realm: string, more = "", status = 407) => {
    const name = status === 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
    return response(invite, status, [`${name}: Digest realm="${realm}", nonce="n", qop="auth"${more}`]);
  };

  test("SIP-030 UAC-030 a realm that refuses twice is not tried again", () => {
    const session = proofs();
    expect(session.lines(invite)).toEqual([]);
    expect(session.challenged(challenge("a")).kind).toBe("retry");
    expect(session.lines(invite).map(({ name }) => name)).toEqual(["Proxy-Authorization"]);
    expect(session.challenged(challenge("a"))).toEqual({ kind: "refused", realm: "a" });
  });

  test("UAC-030 proofs are collected over three realms on the way", () => {
    const session = proofs();
    session.challenged(challenge("one"));
    session.lines(invite);
    session.challenged(challenge("two"));
    session.lines(invite);
    session.challenged(challenge("three", "", 401));
    expect(
      session.lines(invite).map(({ name, value }) => `${name} ${/realm="(\w+)"/.exec(value)?.[1]}`),
    ).toEqual(["Proxy-Authorization one", "Proxy-Authorization two", "Authorization three"]);
  });

  test("UAC-030 of several challenges for one realm the topmost that is understood is answered", () => {
    const session = proofs();
    session.challenged(
      response(invite, 401, [
        'WWW-Authenticate: Digest realm="a", nonce="x", algorithm=SHA-1024',
        'WWW-Authenticate: Digest realm="a", nonce="y", algorithm=SHA-256, qop="auth"',
        'WWW-Authenticate: Digest realm="a", nonce="z", algorithm=MD5, qop="auth"',
      ]),
    );
    const lines = session.lines(invite);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.value).toContain("algorithm=SHA-256");
  });

  test("UAC-032 the nonce count goes up with each use of a nonce", () => {
    const session = proofs();
    session.challenged(challenge("a"));
    const counts = [1, 2, 3].map(() => /nc=(\w+)/.exec(session.lines(invite)[0]?.value ?? "")?.[1]);
    expect(counts).toEqual(["00000001", "00000002", "00000003"]);
  });

  test("UAC-033 stale brings a new nonce counted from 1; ten in a row are cut off", () => {
    const session = proofs();
    session.challenged(challenge("a"));
    for (let i = 0; i < 9; i++) {
      session.lines(invite);
      expect(session.challenged(challenge("a", ", stale=true")).kind).toBe("retry");
    }
    expect(session.lines(invite)[0]?.value).toContain("nc=00000001");
    expect(session.challenged(challenge("a", ", stale=true"))).toEqual({ kind: "endless-stale", realm: "a" });
  });

  test("a nonce that served and is challenged anew later is renewed once", () => {
    const session = proofs();
    session.challenged(challenge("a", "", 401));
    session.lines(invite);
    session.accepted(response(invite, 200));
    session.lines(invite);
    expect(session.challenged(challenge("a", "", 401)).kind).toBe("retry");
    session.lines(invite);
    expect(session.challenged(challenge("a", "", 401)).kind).toBe("refused");
  });

  test("Authentication-Info hands over the next nonce", () => {
    const session = proofs();
    session.challenged(challenge("a", "", 401));
    session.lines(invite);
    session.accepted(response(invite, 200, ['Authentication-Info: qop=auth, nextnonce="fresh"']));
    expect(session.lines(invite)[0]?.value).toMatch(/nonce="fresh".*nc=00000001/);
  });

  test("an unreadable challenge is not understood", () => {
    const session = proofs();
    expect(session.challenged(response(invite, 401, ['WWW-Authenticate: Digest realm="a'])).kind).toBe(
      "not-understood",
    );
  });
});
