// Objects of CallManager XML 3.0 as pages, and what is no such object.
import { describe, expect, test } from "vitest";
import type { ServicePage } from "#firmware/xml/notices.ts";
import { pageLimits, readPage } from "#firmware/xml/read-page.ts";
import { ConfigError, type ConfigErrorCode } from "#hal/contract/errors.ts";
import { samplePage, serviceUrl } from "#test/screens/services.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, type = "text/xml"): ServicePage => readPage(serviceUrl, bytes(text), type);

function refusal(text: string): { code: ConfigErrorCode; place: string } {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return { code: error.code, place: error.place };
    throw error;
  }
  throw new Error("it was read");
}

const bodyOf = <Kind extends ServicePage["body"]["kind"]>(
  page: ServicePage,
  kind: Kind,
): Extract<ServicePage["body"], { kind: Kind }> => {
  if (page.body.kind !== kind) throw new Error(`a page of ${page.body.kind}`);
  return page.body as Extract<ServicePage["body"], { kind: Kind }>; // its kind was just compared
};

test("a menu: names, addresses relative to where it came from, the phone's own ones", () => {
  const page = samplePage("menu");
  expect([page.title, page.prompt, page.keys]).toEqual(["Campus Services", "Choose a service", []]);
  expect(bodyOf(page, "menu").items.slice(0, 4)).toEqual([
    { name: "Canteen", target: { kind: "page", url: "http://10.77.0.5:8080/phones/canteen.xml" } },
    {
      name: "Rooms, projectors and the meeting booth on the third floor today",
      target: { kind: "page", url: "http://10.77.0.5:8080/rooms?day=today" },
    },
    { name: "Shuttle bus to the station", target: { kind: "page", url: "http://bus.example.com/next" } },
    { name: "Call the desk", target: { kind: "dial", number: "600" } },
  ]);
});

test("a text keeps its lines, and is ISO 8859-1 where it is not UTF-8", () => {
  expect(bodyOf(samplePage("text"), "text").text.split("\n")).toEqual([
    "Today",
    "Soup of the day",
    "Pasta with basil or salad",
    "",
    "Tomorrow",
    "Fish, potatoes, spinach",
    "Crêpe with apples",
  ]);
});

test("an input page: what each field takes, begins with, and whether it is a secret", () => {
  const { fields, target } = bodyOf(samplePage("input"), "input");
  expect(target).toEqual({ kind: "page", url: "http://10.77.0.5:8080/phones/found.xml" });
  expect(
    fields.map(({ parameter, takes, initial, isSecret }) => [parameter, takes, initial, isSecret]),
  ).toEqual([
    ["n", "text", "", false],
    ["x", "telephone", "60", false],
    ["r", "upper", "", false],
    ["d", "equation", "", false],
    ["p", "digits", "", true],
  ]);
});

test("soft keys stand by position, those without one in order", () => {
  expect(samplePage("keys").keys.map(({ name, position }) => [position, name])).toEqual([
    [1, "Show"],
    [2, "Book"],
    [4, "Leave"],
    [5, "Again"],
    [6, "Desk"],
    [7, "Setup"],
  ]);
});

test("four pixels a byte, the first in the two lowest bits: 2D is 1, 3, 2, 0; padding is ignored", () => {
  const card = (data: string, width = 3): string =>
    `<CiscoIPPhoneImage><LocationX>-1</LocationX><LocationY>0</LocationY><Width>${width}</Width><Height>2</Height><Depth>2</Depth><Data>${data}</Data></CiscoIPPhoneImage>`;
  expect(bodyOf(read(card("2D2D", 4)), "image").image).toEqual({
    x: -1,
    y: 0,
    width: 4,
    height: 2,
    levels: Uint8Array.of(1, 3, 2, 0, 1, 3, 2, 0),
  });
  expect([...bodyOf(read(card("2DFE")), "image").image.levels]).toEqual([1, 3, 2, 0, 2, 3]);
  expect(refusal(card("2D"))).toEqual({ code: "malformed", place: "Data" });
  expect(refusal(card("2D2D2D"))).toEqual({ code: "malformed", place: "Data" });
  expect(refusal(card("2G2D"))).toEqual({ code: "malformed", place: "Data" });
  expect(refusal(card("2D2D", 100_000))).toEqual({ code: "malformed", place: "Width" });
});

describe("limits", () => {
  const items = (count: number): string => "<MenuItem><Name>n</Name><URL>u</URL></MenuItem>".repeat(count);
  const entries = "<DirectoryEntry><Name>n</Name><Telephone>1</Telephone></DirectoryEntry>".repeat(40);
  const inputs = "<InputItem><DisplayName>d</DisplayName></InputItem>".repeat(9);
  const keys = "<SoftKeyItem><Name>k</Name><URL>SoftKey:Exit</URL></SoftKeyItem>".repeat(12);

  test("100 items of 64 characters, 32 entries, 5 fields, 8 keys, 4000 characters of text; more is left out", () => {
    expect(bodyOf(read(`<CiscoIPPhoneMenu>${items(120)}</CiscoIPPhoneMenu>`), "menu").items).toHaveLength(
      100,
    );
    const long = `<CiscoIPPhoneMenu><MenuItem><Name>${"n".repeat(90)}</Name></MenuItem></CiscoIPPhoneMenu>`;
    expect(bodyOf(read(long), "menu").items[0]?.name).toHaveLength(64);
    expect(
      bodyOf(read(`<CiscoIPPhoneDirectory>${entries}</CiscoIPPhoneDirectory>`), "directory").entries,
    ).toHaveLength(32);
    expect(bodyOf(read(`<CiscoIPPhoneInput>${inputs}</CiscoIPPhoneInput>`), "input").fields).toHaveLength(5);
    expect(read(`<CiscoIPPhoneMenu>${keys}</CiscoIPPhoneMenu>`).keys).toHaveLength(8);
    const text = `<CiscoIPPhoneText><Text>${"t".repeat(5000)}</Text></CiscoIPPhoneText>`;
    expect(bodyOf(read(text), "text").text).toHaveLength(4000);
  });

  test("a page is at most 64 KiB, of 2000 elements, 8 deep; entities and document types are refused", () => {
    const whole = `<CiscoIPPhoneText><Text>${"t".repeat(pageLimits.bytes)}</Text></CiscoIPPhoneText>`;
    expect(refusal(whole).code).toBe("too-large");
    expect(() => read("t".repeat(pageLimits.bytes + 1), "text/plain")).toThrow(ConfigError);
    expect(refusal(`<CiscoIPPhoneMenu>${items(700)}</CiscoIPPhoneMenu>`).code).toBe("too-large");
    expect(refusal("<a>".repeat(20)).code).toBe("too-large");
    expect(refusal('<!DOCTYPE x [<!ENTITY e "eeee">]><CiscoIPPhoneText>&e;</CiscoIPPhoneText>').code).toBe(
      "malformed",
    );
  });
});

test("plain text is a page of text; control characters are no part of it", () => {
  const page = read("one\r\ntwo\u0007\rthree", "text/plain; charset=utf-8");
  expect(page.body).toEqual({ kind: "text", text: "one\ntwo \nthree" });
});

test.each([
  "CiscoIPPhoneIconMenu",
  "CiscoIPPhoneExecute",
  "CiscoIPPhoneError",
  "CiscoIPPhoneResponse",
  "html",
])("%s is not for this phone, and said so by name", (name) => {
  expect(refusal(`<${name}/>`)).toEqual({ code: "unusable", place: name });
});
