// A call manager's configuration names a country and a language: the phone fetches their files, sounds and reads so.
import { expect } from "vitest";
import { sccpPhone } from "#test/lab/provisioning.ts";
import { story } from "#test/stories/kit/story.ts";
import { isHeard } from "#test/stories/sip/voices.ts";
import { fileVector } from "#test/vectors/load.ts";
import { servers, site } from "./site.ts";

const locale = `<userLocale><name>German_Germany</name><langCode>de</langCode></userLocale>
<networkLocale>Germany</networkLocale><networkLocaleInfo><name>Germany</name></networkLocaleInfo>
</device>`;
const files = { "SEP001122334455.cnf.xml": sccpPhone.replace("</device>", locale) };
const names = ["German_Germany/SCCP-dictionary.xml", "Germany/7960-tones.xml"];
const [, play] = servers[0] ?? [];
if (play === undefined) throw new Error("no call manager to register with");
const needs = { needs: ["lab", "sound", "inside"] as const, settings: site(play) };

story(
  "TFTP-012 dictionary and tones of the named locale are fetched; label codes read and tones sound as they say",
  { ...needs, files },
  async (rig, { desk }) => {
    rig.lab.files.set(names[0] ?? "", fileVector("locale/german-dictionary.xml"));
    rig.lab.files.set(names[1] ?? "", fileVector("locale/germany-tones.xml"));
    await rig.ready();
    await rig.wait(6000); // a greeting of the server is over
    const read = rig.saw({ what: "read" }).map(({ facts }) => String(facts["file"]));
    for (const name of names) expect(read.filter((one) => one === name)).toEqual([name]);
    expect(read.filter((one) => /7960-(font|kate|dictionary)/.test(one))).toEqual([]);
    expect((await rig.show("lcd")).softkeys.slice(0, 2)).toEqual(["Wahlw.", "Neu"]);
    await rig.lift();
    await rig.reads("Nummer eingeben");
    rig.ears.forget();
    await rig.wait(1000);
    const heard = [rig.ears.heard()];
    expect([425, 350, 440].map((hz) => isHeard(heard, hz))).toEqual([true, false, false]);
    const told = desk()
      .phone.base.book.last(300)
      .filter(({ area }) => area === "locale");
    expect(told.map(({ text }) => text).join("\n")).toContain("not used: recording");
  },
);

story(
  "locale files that are not there or not good leave North America and English, with one line of the status messages each",
  { ...needs, files },
  async (rig, { desk }) => {
    rig.lab.files.set(names[1] ?? "", new TextEncoder().encode("<tones><tone t='busy'/></tones>"));
    await rig.ready();
    await rig.wait(6000);
    expect((await rig.show("lcd")).softkeys.slice(0, 2)).toEqual(["Redial", "NewCall"]);
    const statuses = desk()
      .phone.menu.statusMessages()
      .map(({ code, facts }) => [code, facts["name"]].join(" "));
    expect(statuses).toContain(`file-not-found ${names[0]}`);
    expect(statuses).toContain(`file-malformed ${names[1]}`);
    await rig.lift();
    rig.ears.forget();
    await rig.wait(1000);
    expect(isHeard([rig.ears.heard()], 350)).toBe(true);
  },
);

story(
  "a locale whose name leads elsewhere is not asked for",
  {
    ...needs,
    files: {
      "SEP001122334455.cnf.xml": files["SEP001122334455.cnf.xml"].replaceAll("German", "../etc/German"),
    },
  },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    const read = rig.saw({ what: "read" }).map(({ facts }) => String(facts["file"]));
    expect(read.filter((one) => /\.\.|etc|tones|dictionary/.test(one))).toEqual([]);
  },
);
