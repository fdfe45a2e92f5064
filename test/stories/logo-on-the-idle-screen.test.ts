// A site's picture on the idle screen: fetched once per boot, never kept, through a proxy where one is configured.
import { expect } from "vitest";
import { readBmp } from "#firmware/xml/bmp.ts";
import { createFlash } from "#hal/sim/storage.ts";
import { place } from "#test/lab/settings.ts";
import { vector } from "#test/vectors/load.ts";
import { type FilePhone, plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const line = 'line1_name: "1001"\nline1_password: "lab-1001"\n';
const logo = vector("picture", "logo-90x56").bytes;
const url = `http://${place.server}:6970/logo.bmp`;

/** Where on the panel the picture stands; undefined: nowhere. */
function placeOf(phone: FilePhone): { readonly x: number; readonly y: number } | undefined {
  const { geometry } = phone.phone.base.hal.panel;
  const frame = phone.phone.front.frame();
  if (geometry.kind !== "pixels" || frame.kind !== "pixels") throw new Error("this panel has no pixels");
  const { width, height, levels } = readBmp(logo);
  const isAt = (left: number, top: number): boolean =>
    levels.every(
      (level, at) =>
        frame.pixels[(top + Math.floor(at / width)) * geometry.width + left + (at % width)] === level,
    );
  for (let y = 0; y + height <= geometry.height; y++)
    for (let x = 0; x + width <= geometry.width; x++) if (isAt(x, y)) return { x, y };
  return undefined;
}

const asked = (phone: FilePhone): readonly string[] => phone.reads().filter((name) => name.includes("logo"));

async function boot(lines: string, flash = createFlash()): Promise<FilePhone> {
  const phone = await plugIn({ flash, files: { [own]: `${line}${lines}` } });
  phone.lab.files.set("logo.bmp", logo);
  await phone.reach("run");
  await phone.clock.advance(2000);
  return phone;
}

deskTest(
  "START-013 XML-026 logo_url is fetched over HTTP once per boot, and stands in the idle area",
  async () => {
    const flash = createFlash();
    for (const _boot of ["first", "second: not kept in flash"]) {
      const phone = await boot(`logo_url: "${url}"\n`, flash);
      expect(asked(phone)).toEqual(["http logo.bmp"]);
      expect(placeOf(phone)).toBeDefined();
      phone.phone.services.provisioning.refresh(); // the same files again
      await phone.clock.advance(5000);
      expect(asked(phone)).toEqual(["http logo.bmp"]);
      expect(placeOf(phone)).toBeDefined();
      await phone.unplug();
      expect(phone.fatal).toEqual([]);
    }
  },
);

deskTest(
  "XML-028 through http_proxy_addr the whole address is asked of the proxy, whose name nobody else knows",
  async () => {
    const phone = await boot(
      `logo_url: "http://pictures.invalid/logo.bmp"\nhttp_proxy_addr: "${place.server}"\nhttp_proxy_port: 6970\n`,
    );
    expect(asked(phone)).toEqual(["http http://pictures.invalid/logo.bmp"]);
    expect(placeOf(phone)).toBeDefined();
    await phone.unplug();
  },
);

deskTest(
  "a logo that is not there, or is no picture, is told in the log, and the phone is idle without it",
  async () => {
    for (const [name, why] of [
      ["none.bmp", /HTTP 404/],
      ["SIPDefault.cnf", /BM belongs here/],
    ] as const) {
      const phone = await boot(`logo_url: "http://${place.server}:6970/${name}"\n`);
      expect(placeOf(phone)).toBeUndefined();
      const told = phone.phone.base.book.last(200).filter(({ area }) => area === "logo");
      expect(told.map(({ text }) => text).join("\n")).toMatch(why);
      expect(phone.phase()).toBe("run");
      await phone.unplug();
      expect(phone.fatal).toEqual([]);
    }
  },
);
