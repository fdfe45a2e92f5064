// Addresses on service pages: relative ones, the phone's own, and what is none.
import { describe, expect, test } from "vitest";
import { Cookies } from "#firmware/xml/cookies.ts";
import { hostOf, queryOf, resolveUrl, targetOf, withQuery } from "#firmware/xml/url.ts";

const base = "http://10.77.0.5:8080/phones/menu/index.xml?day=1";

describe("addresses", () => {
  // RFC 3986 section 5.4.1, with the base of that section
  const rfc = "http://a/b/c/d?q";
  test.each([
    ["g", "http://a/b/c/g"],
    ["./g", "http://a/b/c/g"],
    ["g/", "http://a/b/c/g/"],
    ["/g", "http://a/g"],
    ["//g", "http://g/"],
    ["?y", "http://a/b/c/d?y"],
    ["g?y", "http://a/b/c/g?y"],
    ["#s", "http://a/b/c/d?q"],
    ["g#s", "http://a/b/c/g"],
    [".", "http://a/b/c/"],
    ["..", "http://a/b/"],
    ["../g", "http://a/b/g"],
    ["../..", "http://a/"],
    ["../../g", "http://a/g"],
    ["../../../g", "http://a/g"],
  ])("%s from http://a/b/c/d?q is %s", (reference, url) => {
    expect(resolveUrl(reference, rfc)).toBe(url);
  });

  test.each([
    "ftp://10.0.0.1/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://user:secret@10.0.0.1/", // nobody is sent a password
    "http://10.0.0.1:70000/",
    "http://",
    "http:///x",
    `http://10.0.0.1/${"x".repeat(600)}`,
  ])("%s is none", (text) => {
    expect(resolveUrl(text, base)).toBeUndefined();
  });

  test("what may not stand in a request line is escaped, so that a page cannot add a line to it", () => {
    expect(resolveUrl("/a b\r\nHost: x", base)).toBe("http://10.77.0.5:8080/a%20b%0D%0AHost:%20x");
    expect(resolveUrl("/straße", base)).toBe("http://10.77.0.5:8080/stra%C3%9Fe");
    expect(resolveUrl("HTTP://EXAMPLE.com:080/A", base)).toBe("http://example.com:80/A");
  });

  test("a base near the limit and a reference near it make none rather than one that is cut", () => {
    const long = `http://10.0.0.1/${"a".repeat(400)}/x`;
    expect(resolveUrl("b".repeat(400), long)).toBeUndefined();
  });
});

test("the phone's own addresses: Dial, EditDial, SoftKey, Key, QueryStringParam, in any case of letters", () => {
  expect(targetOf("Dial:9,600", base)).toEqual({ kind: "dial", number: "9,600" });
  expect(targetOf("EDITDIAL:600", base)).toEqual({ kind: "edit-dial", number: "600" });
  expect(targetOf("SoftKey:Exit", base)).toEqual({ kind: "softkey", name: "exit" });
  expect(targetOf("Key:Settings", base)).toEqual({ kind: "key", name: "settings" });
  expect(targetOf("QueryStringParam:a=1", base)).toEqual({ kind: "query", query: "a=1" });
  expect(targetOf(" day.xml ", base)).toEqual({
    kind: "page",
    url: "http://10.77.0.5:8080/phones/menu/day.xml",
  });
  for (const none of ["Dial:", "", "RTPRx:Stop", "x".repeat(600)])
    expect(targetOf(none, base)).toMatchObject({ kind: "bad" });
});

test("typed values go with the address as a query, behind one that is there", () => {
  const query = queryOf([
    ["n", "Zoë & Co"],
    ["x", "60*#"],
  ]);
  expect(query).toBe("n=Zo%C3%AB%20%26%20Co&x=60%2A%23");
  expect(withQuery("http://a/b", query)).toBe(`http://a/b?${query}`);
  expect(withQuery("http://a/b?c=d", query)).toBe(`http://a/b?c=d&${query}`);
  expect(withQuery("http://a/b", "")).toBe("http://a/b");
  expect(hostOf("https://Example.com:8443/x")).toBe("example.com");
});

describe("cookies", () => {
  test("go back to the server that set them and to no other; the newest of a name counts", () => {
    const cookies = new Cookies();
    cookies.take("http://a/x", "sid=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, lang=en; HttpOnly");
    cookies.take("http://b/x", "sid=9");
    cookies.take("http://a/y", "sid=2");
    expect(cookies.field("http://a/z")).toBe("lang=en; sid=2");
    expect(cookies.field("http://b:80/z")).toBeUndefined();
    expect(cookies.field("http://c/")).toBeUndefined();
  });

  test("are few and short: the oldest go, a long one is not taken", () => {
    const cookies = new Cookies();
    for (let n = 0; n < 40; n++) cookies.take("http://a/", `c${n}=${n}`);
    cookies.take("http://a/", `big=${"x".repeat(600)}`);
    expect(cookies.field("http://a/")?.split("; ")).toHaveLength(16);
    expect(cookies.field("http://a/")).toMatch(/^c24=24; .*c39=39$/);
  });
});
