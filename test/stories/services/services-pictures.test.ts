// Pictures of a services server in the pane of 133 × 65, pixel by pixel, and the site's logo in its own.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import type { DeskDrive } from "#test/stories/kit/desk.ts";
import { rows } from "#test/stories/kit/menus.ts";
import { menuOf, serviceNeeds, servicesRig, textOf, withServices } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";
import { vector } from "#test/vectors/load.ts";

const wide = 240;
/** Where the pane stands on the logical panel of 240 × 120: in the middle, under header and title, over prompt and keys. */
const pane = { x: 53, y: 27, width: 133, height: 65 };

function needsFor(name: string) {
  const own = serviceNeeds.files["SIP001122334455.cnf"]?.replace("menu.xml", `${name}.xml`);
  return { ...serviceNeeds, files: { "SIP001122334455.cnf": own } };
}

/** The panel's pixels in a box, row by row: 0 white … 3 black. */
function pixels(
  { desk }: DeskDrive,
  box: { x: number; y: number; width: number; height: number },
): number[][] {
  const { front, base } = desk().phone;
  expect(base.hal.panel.geometry).toEqual({ kind: "pixels", width: wide, height: 120, depthBits: 2 });
  const frame = front.frame();
  if (frame.kind !== "pixels") throw new Error("this panel has no pixels");
  return Array.from({ length: box.height }, (_, y) =>
    Array.from({ length: box.width }, (_, x) => frame.pixels[(box.y + y) * wide + box.x + x] ?? -1),
  );
}

/** A picture object in which each pixel is made by a function; packed here by arithmetic, not by the phone's reader. */
function picture(
  size: { width: number; height: number; x: number; y: number },
  level: (x: number, y: number) => number,
): string {
  const { width, height, x, y } = size;
  let data = "";
  for (let at = 0; at < width * height; at += 4) {
    let byte = 0;
    for (let n = 3; n >= 0; n--) {
      const pixel = at + n;
      byte = byte * 4 + (pixel < width * height ? level(pixel % width, Math.floor(pixel / width)) : 0);
    }
    data += byte.toString(16).padStart(2, "0");
  }
  return `<CiscoIPPhoneImage><Title>T</Title><Prompt>P</Prompt><LocationX>${x}</LocationX><LocationY>${y}</LocationY><Width>${width}</Width><Height>${height}</Height><Depth>2</Depth><Data>${data}</Data></CiscoIPPhoneImage>`;
}

story(
  "LCD-003 XML-016 a picture of 133 × 65 stands pixel for pixel in the services pane, the rest of the panel is not its own",
  needsFor("whole"),
  async (rig, desk) => {
    const level = (x: number, y: number): number => (x * 7 + y * 5 + Math.floor((x * y) / 9)) % 4;
    await servicesRig(rig, { "/phones/whole.xml": { body: picture({ ...pane, x: 0, y: 0 }, level) } });
    await rig.button("services");
    await rig.reads("Update");
    expect(pixels(desk, pane)).toEqual(
      Array.from({ length: 65 }, (_, y) => Array.from({ length: 133 }, (_, x) => level(x, y))),
    );
    const left = pixels(desk, { ...pane, x: 0, width: pane.x });
    const right = pixels(desk, { ...pane, x: 186, width: 54 });
    expect([...left, ...right].flat().every((value) => value === 0)).toBe(true);
  },
);

story(
  "XML-018 XML-019 four pixels of a byte stand from left to right, the first in the lowest bits; 0 is white, 3 is black",
  needsFor("image"),
  async (rig, desk) => {
    await servicesRig(rig);
    await rig.button("services");
    await rig.reads("Test card", "Four greys");
    const bar = (edge: number): number[] =>
      Array.from({ length: 40 }, (_, x) => (x === 0 || x === 39 || edge === 1 ? 3 : Math.floor(x / 10)));
    const card = Array.from({ length: 20 }, (_, y) => bar(y === 0 || y === 19 ? 1 : 0));
    expect(pixels(desk, { x: pane.x + 5, y: pane.y + 7, width: 40, height: 20 })).toEqual(card);
    expect(
      pixels(desk, { ...pane, height: 7 })
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  },
);

story(
  "XML-017 a picture stands where its upper left pixel is put, centred for -1, each way for itself, cut at the pane's edge",
  serviceNeeds,
  async (rig, desk) => {
    const at = (x: number, y: number) => ({ body: picture({ x, y, width: 7, height: 5 }, () => 3) });
    await servicesRig(rig, {
      "/phones/menu.xml": menuOf("Places", "a", "b", "c"),
      "/phones/a": at(-1, -1),
      "/phones/b": at(10, -1),
      "/phones/c": at(130, 63),
    });
    const black = (): number[] => {
      const found = pixels(desk, pane).flatMap((row, y) =>
        row.flatMap((value, x) => (value === 3 ? [{ x, y }] : [])),
      );
      const xs = found.map(({ x }) => x);
      const ys = found.map(({ y }) => y);
      return [Math.min(...xs), Math.min(...ys), found.length];
    };
    await rig.button("services");
    const seen: number[][] = [];
    for (const row of ["1", "2", "3"]) {
      await rig.reads("Places");
      await rig.press(row);
      await rig.reads("T");
      await rig.until("the picture is there", async () => !(await rig.shows("Places")));
      seen.push(black());
      await rig.softkey("Exit");
    }
    expect(seen).toEqual([
      [63, 30, 35],
      [10, 30, 35],
      [130, 63, 6],
    ]);
  },
);

story(
  "XML-020 a picture with too few or too many digits is refused, with the reason, and the page before stays",
  serviceNeeds,
  async (rig) => {
    const whole = picture({ x: 0, y: 0, width: 8, height: 8 }, () => 3);
    await servicesRig(rig, {
      "/phones/canteen.xml": { body: whole.replace("</Data>", "ff</Data>") },
      "/rooms": { body: whole.replace("ff</Data>", "</Data>") },
    });
    await rig.button("services");
    await rig.reads("Campus Services");
    for (const row of ["1", "2"]) {
      await rig.press(row);
      await rig.reads("The page cannot be read (Data)", "Campus Services");
    }
  },
);

story(
  "XML-021 a graphic menu is a picture with up to twelve places: digits choose, two of them for 10 to 12, * and # do nothing",
  needsFor("plan"),
  async (rig) => {
    const items = Array.from(
      { length: 14 },
      (_, at) => `<MenuItem><Name>n</Name><URL>room.xml?id=${at + 1}</URL></MenuItem>`,
    );
    const plan = picture({ x: 0, y: 0, width: 20, height: 20 }, () => 2)
      .replaceAll("CiscoIPPhoneImage", "CiscoIPPhoneGraphicMenu")
      .replace("</CiscoIPPhoneGraphicMenu>", `${items.join("")}</CiscoIPPhoneGraphicMenu>`);
    const services = await servicesRig(rig, {
      "/phones/plan.xml": { body: plan },
      "/phones/room.xml": textOf("Room", "A room"),
    });
    await rig.button("services");
    await rig.reads("T");
    const chosen = async (keys: string): Promise<string | undefined> => {
      await rig.press(keys);
      await rig.wait(3000);
      await rig.reads("A room");
      await rig.softkey("Exit");
      return services.targets().at(-1);
    };
    expect(await chosen("5")).toBe("/phones/room.xml?id=5");
    expect(await chosen("1")).toBe("/phones/room.xml?id=1");
    expect(await chosen("12")).toBe("/phones/room.xml?id=12");
    const before = services.questions.length;
    await rig.press("*#0");
    await rig.wait(3000);
    expect(services.questions).toHaveLength(before);
    expect((await rows(rig))[0]).toBe("T");
  },
);

story(
  "LCD-004 LCD-005 LCD-009 at rest the panel of 240 × 120 has date, time, number, lines, soft keys, and the logo of 90 × 56 whole",
  {
    ...serviceNeeds,
    files: withServices(`logo_url: "http://${place.server}:6970/logo.bmp"`, 'phone_label: "1001"'),
  },
  async (rig, desk) => {
    rig.lab.files.set("logo.bmp", vector("picture", "logo-90x56").bytes);
    await rig.ready();
    await rig.wait(5000);
    const { rows: shown, softkeys, lines } = await rig.show("lcd");
    expect(shown[0]).toMatch(/^\d\d\/\d\d\/\d\d {2}\d\d:\d\d {2}1001$/);
    expect(shown.at(-1)).toBe("Your current options");
    expect(lines[0]).toBe("1001");
    expect(softkeys).toEqual(["Redial", "NewCall", "CFwdAll", "DND"]);
    // the logo pane: in the middle between the left edge and the line labels, under the header, over the prompt
    const box = { x: Math.floor((164 - 90) / 2), y: 14 + Math.floor((78 - 56) / 2), width: 90, height: 56 };
    const seen = pixels(desk, box);
    expect(new Set(seen.flat()).size).toBe(4);
    const around = pixels(desk, { x: 0, y: 14, width: 164, height: 78 }).flat();
    const dark = (values: readonly number[]): number => values.filter((value) => value > 0).length;
    expect(dark(around)).toBe(dark(seen.flat()));
    await rig.button("settings");
    expect(pixels(desk, box)).not.toEqual(seen);
    await rig.button("settings");
    expect(pixels(desk, box)).toEqual(seen);
  },
);
