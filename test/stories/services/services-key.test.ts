// The services key, menus and text of a services server, and the ways back.
import { expect } from "vitest";
import { rows } from "#test/stories/kit/menus.ts";
import { menuOf, serviceNeeds, servicesRig, textOf } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";

story(
  "KEY-004 XML-023 the services key opens services_url: nothing is asked for before, one page then, and the key closes it",
  serviceNeeds,
  async (rig) => {
    const services = await servicesRig(rig);
    await rig.wait(120_000);
    expect(services.targets()).toEqual([]);
    await rig.button("services");
    await rig.reads("Campus Services", "Choose a service", "Select", "Exit");
    expect(services.targets()).toEqual(["/phones/menu.xml"]);
    await rig.button("services");
    await rig.reads("Your current options");
    await rig.wait(120_000);
    expect(services.targets()).toEqual(["/phones/menu.xml"]);
  },
);

story(
  "XML-012 XML-011 a menu with long names leads to a text in lines, Exit back to where the person was",
  serviceNeeds,
  async (rig) => {
    await servicesRig(rig, {
      "/phones/canteen.xml": textOf("Canteen", "Soup\n\nCrêpe"),
      "/rooms": textOf("Rooms", "Blue"),
    });
    await rig.button("services");
    await rig.reads("Campus Services");
    expect(await rows(rig)).toEqual([
      "Campus Services",
      "1 Canteen",
      "2 Rooms, projectors and the meeting booth",
      "on the third floor today",
      "3 Shuttle bus to the station",
      "4 Call the desk",
      "Choose a service",
    ]);
    await rig.press("1");
    await rig.reads("Soup Crêpe", "Update");
    await rig.softkey("Exit");
    await rig.reads("Campus Services");
    await rig.button("down");
    await rig.softkey("Select");
    await rig.reads("Blue");
    await rig.softkey("Exit");
    await rig.softkey("Select"); // still the second row
    await rig.reads("Blue");
    await rig.softkey("Exit");
    await rig.softkey("Exit");
    await rig.reads("Your current options");
  },
);

story(
  "XML-002 XML-004 objects of later phones are refused by name, the page before stays, and no server runs on the phone",
  serviceNeeds,
  async (rig, { desk }) => {
    const later = [
      "CiscoIPPhoneIconMenu",
      "CiscoIPPhoneExecute",
      "CiscoIPPhoneError",
      "CiscoIPPhoneResponse",
      "CiscoIPPhoneStatus",
      "CiscoIPPhoneImageFile",
      "CiscoIPPhoneGraphicFileMenu",
      "CiscoIPPhoneIconFileMenu",
    ];
    const found = later.map((name) => [`/phones/${name}`, { body: `<${name}/>` }] as const);
    const services = await servicesRig(rig, {
      "/phones/menu.xml": menuOf("Later", ...later),
      ...Object.fromEntries(found),
    });
    await rig.button("services");
    await rig.reads("Later");
    for (const [at, name] of later.entries()) {
      await rig.press(String(at + 1));
      await rig.reads(name, "Later");
    }
    const asked = services.questions.length;
    const [address = ""] = ((await rig.show("network")).address ?? "").split("/");
    const { signal } = desk().phone.base;
    const sockets = rig.lab.hosts.server.stack.sockets;
    await expect(
      Promise.race([
        sockets.connectTcp({ address, port: 80 }, { timeoutMs: 1000, signal }),
        rig.wait(2000).then(() => "nothing came of it"),
      ]),
    ).rejects.toMatchObject({ code: "refused" });
    expect(services.questions).toHaveLength(asked);
  },
);

story(
  "XML-001 XML-003 every object up to CallManager XML 3.0 is shown: text, menu, input, directory, image, graphic menu",
  serviceNeeds,
  async (rig) => {
    const names = ["text", "menu", "input", "directory", "image", "graphic-menu"];
    await servicesRig(rig, {
      "/phones/menu.xml": menuOf("Objects", ...names.map((name) => `/more/phones/${name}.xml`)),
    });
    await rig.button("services");
    const titles = [
      "Canteen",
      "Campus Services",
      "Find a colleague",
      "Campus Directory",
      "Test card",
      "Floor plan",
    ];
    for (const [at, title] of titles.entries()) {
      await rig.reads("Objects");
      await rig.press(String(at + 1));
      await rig.reads(title);
      await rig.softkey(title === "Find a colleague" ? "Cancel" : "Exit");
    }
  },
);

story(
  "XML-011 XML-012 XML-015 a hundred items, 64 characters of a name, 4000 of a text, 32 entries: what is more is left out",
  serviceNeeds,
  async (rig, { desk }) => {
    const many = (count: number, make: (n: number) => string): string =>
      Array.from({ length: count }, (_, at) => make(at + 1)).join("");
    const item = (n: number): string =>
      `<MenuItem><Name>${n}${"x".repeat(80)}</Name><URL>text</URL></MenuItem>`;
    const entry = (n: number): string =>
      `<DirectoryEntry><Name>E${n}</Name><Telephone>${n}</Telephone></DirectoryEntry>`;
    await servicesRig(rig, {
      "/phones/menu.xml": { body: `<CiscoIPPhoneMenu><Title>M</Title>${many(120, item)}</CiscoIPPhoneMenu>` },
      "/phones/text": textOf(
        "Long",
        many(1000, (n) => `${String(n).padStart(4, "0")} `),
      ),
      "/phones/directory.xml": {
        body: `<CiscoIPPhoneDirectory><Title>D</Title>${many(40, entry)}</CiscoIPPhoneDirectory>`,
      },
    });
    const body = () => desk().phone.menu.facts().service?.page?.body;
    await rig.button("services");
    await rig.reads("1xxx");
    for (let n = 0; n < 130; n++) await rig.button("down");
    await rig.reads("100xxx");
    const menu = body();
    if (menu?.kind !== "menu") throw new Error("no menu is open");
    expect([menu.items.length, menu.items[0]?.name.length]).toEqual([100, 64]);
    await rig.softkey("Select");
    await rig.reads("0001");
    const text = body();
    expect(text?.kind === "text" ? text.text.length : 0).toBe(4000);
    for (let n = 0; n < 200; n++) await rig.button("down");
    await rig.reads("0800");
    await rig.button("directories");
    await rig.press("5");
    await rig.reads("E1");
    for (let n = 0; n < 40; n++) await rig.button("down");
    await rig.reads("E32");
    expect((await rows(rig)).some((row) => row.includes("E33"))).toBe(false);
  },
);
