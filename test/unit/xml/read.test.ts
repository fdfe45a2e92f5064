// The XML reader and its limits: any bytes give a tree or a ConfigError.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configLimits, elementAt, elementsAt, readXml, textAt } from "#firmware/xml/read.ts";
import { ConfigError } from "#hal/contract/errors.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readXml("f.xml", bytes(text));

function refusal(data: Uint8Array): ConfigError {
  try {
    readXml("f.xml", data);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("no ConfigError was thrown");
}

describe("trees", () => {
  const tree = read(
    '<?xml version="1.0"?><!-- c --><a x="1 &amp; 2">\n <b> one <!-- no --> two </b><b/><c><d><![CDATA[<&>]]></d></c></a>',
  );

  test("elements, attributes, trimmed text, CDATA, the five entities; comments are gone", () => {
    expect(tree.name).toBe("a");
    expect(tree.attributes.get("x")).toBe("1 & 2");
    expect(textAt(tree, "b")).toBe("one  two");
    expect(textAt(tree, "c/d")).toBe("<&>");
    expect(elementsAt(tree, "b")).toHaveLength(2);
    expect(elementAt(tree, "c/x")).toBeUndefined();
    expect(textAt(tree, "c")).toBeUndefined();
  });

  test("a byte order mark is skipped, and what is not UTF-8 is ISO 8859-1", () => {
    expect(read("\ufeff<a>é</a>").text).toBe("é");
    expect(readXml("f", Uint8Array.of(...bytes("<a>"), 0xe9, ...bytes("</a>"))).text).toBe("é");
  });
});

describe("refusals", () => {
  test.each([
    ["a mismatched end tag", "<a><b></a></b>"],
    ["an unbound prefix", '<a x:y="1"/>'],
    ["an unclosed element", "<a><b/>"],
    ["two roots", "<a/><b/>"],
    ["an attribute twice", '<a x="1" x="2"/>'],
    ["an unknown entity", "<a>&auml;</a>"],
    ["a naked ampersand", "<a>x & y</a>"],
    ["nothing", ""],
    ["text only", "hello"],
  ])("%s is malformed, with its place", (_what, text) => {
    const error = refusal(bytes(text));
    expect(error.code).toBe("malformed");
    expect(error.file).toBe("f.xml");
    expect(error.place).toMatch(/^\d+:\d+$/);
  });

  test("BOOT-057 a document type is refused, so no entity can be declared, let alone grow", () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">${"<!ENTITY y '&x;&x;&x;&x;'>".repeat(9)}]><a>&y;</a>`;
    expect(refusal(bytes(bomb)).code).toBe("malformed");
    expect(refusal(bytes('<!DOCTYPE a SYSTEM "http://192.0.2.66/x.dtd"><a/>')).code).toBe("malformed");
    expect(refusal(bytes('<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>')).code).toBe(
      "malformed",
    );
  });

  test("BOOT-057 depth over 32, elements over 20000 and bytes over 256 KiB are refused", () => {
    const nested = (depth: number): Uint8Array => bytes("<a>".repeat(depth) + "</a>".repeat(depth));
    expect(readXml("f", nested(32)).name).toBe("a");
    expect(refusal(nested(33)).code).toBe("too-large");
    expect(refusal(nested(30_000)).code).toBe("too-large");
    expect(readXml("f", bytes(`<a>${"<b/>".repeat(19_999)}</a>`)).children).toHaveLength(19_999);
    expect(refusal(bytes(`<a>${"<b/>".repeat(20_000)}</a>`)).code).toBe("too-large");
    expect(refusal(new Uint8Array(configLimits.bytes + 1).fill(32)).code).toBe("too-large");
  });

  test("binary is refused", () => {
    expect(refusal(Uint8Array.of(60, 97, 0, 62)).code).toBe("malformed");
  });

  test("any bytes, and any text that looks like XML, give a tree or a ConfigError", () => {
    const fragment = fc.constantFrom(
      "<a>",
      "</a>",
      "<b x='1'>",
      "</b>",
      "&amp;",
      "&x;",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "<?x ?>",
      "x",
      "<!DOCTYPE a>",
      ":",
      "\ud800",
    );
    for (const arbitrary of [
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fragment).map((parts) => bytes(parts.join(""))),
    ])
      fc.assert(
        fc.property(arbitrary, (data) => {
          try {
            readXml("f", data);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
        }),
      );
  });
});
