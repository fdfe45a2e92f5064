// How pages come: addresses, redirects, cookies, refreshes, encodings, names, and a proxy that may be dead.
import { expect } from "vitest";
import { proxyPort, servicesPort } from "#test/lab/services.ts";
import { place } from "#test/lab/settings.ts";
import { menuOf, serviceNeeds, servicesRig, textOf, withServices } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";

const at = `http://${place.server}:${servicesPort}`;

story(
  "XML-006 relative addresses follow the last one, redirects are followed, cookies go back to their server alone",
  serviceNeeds,
  async (rig) => {
    const cookie = { "set-cookie": "sid=31d4; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT" };
    const services = await servicesRig(rig, {
      "/phones/menu.xml": { body: "", status: 302, headers: { ...cookie, location: "../other/home?a=1" } },
      "/other/home": menuOf("Home", "next"),
      "/other/next": textOf("Next", "There"),
    });
    await rig.button("services");
    await rig.reads("Home");
    await rig.press("1");
    await rig.reads("There");
    expect(services.targets()).toEqual(["/phones/menu.xml", "/other/home?a=1", "/other/next"]);
    expect(services.questions.map(({ headers }) => headers["cookie"])).toEqual([
      undefined,
      "sid=31d4",
      "sid=31d4",
    ]);
    await rig.button("services");
    await rig.button("services"); // a new visit knows nothing of the last one
    await rig.reads("Home");
    expect(services.questions[3]?.headers["cookie"]).toBeUndefined();
    for (const { method, headers } of services.questions) {
      expect(method).toBe("GET");
      expect(Object.keys(headers).sort().join()).toMatch(/^accept,accept-charset,connection(,cookie)?,host$/);
    }
  },
);

story(
  "XML-006 Refresh fetches the page anew or another in its place while it is seen; Expires: -1 leaves no way back to it",
  serviceNeeds,
  async (rig) => {
    const services = await servicesRig(rig, {
      "/phones/menu.xml": { ...menuOf("Ticker", "once"), headers: { refresh: "5" } },
      "/phones/once": { ...menuOf("Once", "last"), headers: { expires: "-1" } },
      "/phones/last": {
        ...textOf("Last", "Last page"),
        headers: { refresh: `3; url=${at}/phones/text.xml` },
      },
    });
    await rig.button("services");
    await rig.reads("Ticker");
    await rig.wait(11_000);
    expect(services.targets()).toEqual(["/phones/menu.xml", "/phones/menu.xml", "/phones/menu.xml"]);
    expect(await rig.drive.command("show timers")).toMatch(/services +refresh/);
    await rig.press("1");
    await rig.reads("Once");
    await rig.press("1");
    await rig.reads("Last page");
    await rig.wait(3500);
    await rig.reads("Canteen");
    await rig.softkey("Exit");
    await rig.reads("Ticker");
    const before = services.questions.length;
    await rig.button("services");
    await rig.wait(60_000);
    expect(services.questions).toHaveLength(before);
  },
);

story(
  "XML-007 XML-008 text/plain is shown as text; what is not UTF-8 is ISO 8859-1",
  serviceNeeds,
  async (rig) => {
    const latin = Uint8Array.from(
      [..."Gr\u00fc\u00dfe\nzweite Zeile"].map((character) => character.charCodeAt(0)),
    );
    await servicesRig(rig, {
      "/phones/menu.xml": menuOf("Home", "plain", "text.xml"),
      "/phones/plain": { body: latin, type: "text/plain" },
    });
    await rig.button("services");
    await rig.reads("Home");
    await rig.press("1");
    await rig.reads("Grüße zweite Zeile");
    await rig.softkey("Exit");
    await rig.press("2"); // an XML page in ISO 8859-1
    await rig.reads("Canteen");
    for (let n = 0; n < 6; n++) await rig.button("down");
    await rig.reads("Crêpe");
  },
);

story(
  "NET-023 XML-028 services and directory go through http_proxy_addr, whole address in the request line; names are its business",
  {
    ...serviceNeeds,
    files: withServices(
      'services_url: "http://services.invalid/phones/menu.xml"',
      'directory_url: "http://services.invalid/phones/directory.xml"',
      `http_proxy_addr: "${place.server}"`,
      `http_proxy_port: ${proxyPort}`,
    ),
  },
  async (rig) => {
    const services = await servicesRig(rig);
    await rig.button("services");
    await rig.reads("Campus Services");
    await rig.button("directories");
    await rig.press("5");
    await rig.reads("Campus Directory");
    expect(services.targets()).toEqual([
      "http://services.invalid/phones/menu.xml",
      "http://services.invalid/phones/directory.xml",
    ]);
    expect(services.questions[0]?.headers["host"]).toBe("services.invalid");
  },
);

story(
  "a dead proxy is named, and asked again with Update",
  {
    ...serviceNeeds,
    files: withServices(
      `services_url: "${at}/phones/menu.xml"`,
      `http_proxy_addr: "${place.server}"`,
      "http_proxy_port: 3129",
    ),
  },
  async (rig) => {
    const services = await servicesRig(rig);
    await rig.button("services");
    await rig.reads(`No way to ${place.server}`, `The proxy ${place.server} is not reached.`, "Update");
    await rig.softkey("Update");
    await rig.reads(`The proxy ${place.server} is not reached.`);
    expect(services.questions).toEqual([]);
  },
);

story(
  "XML-029 the name in services_url is asked of the name server, and nothing else leads there",
  {
    ...serviceNeeds,
    files: withServices(`services_url: "http://tftp.lab.example:${servicesPort}/phones/menu.xml"`),
  },
  async (rig) => {
    const services = await servicesRig(rig);
    const sinceMs = rig.drive.now();
    await rig.button("services");
    await rig.reads("Campus Services");
    const asked = rig.saw({ by: "dns", what: "query", sinceMs });
    expect(asked.map(({ facts }) => facts["name"])).toEqual(["tftp.lab.example"]);
    expect(services.questions[0]?.headers["host"]).toBe(`tftp.lab.example:${servicesPort}`);
  },
);
