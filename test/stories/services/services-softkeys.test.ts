// Soft keys that a page brings, and the addresses that the phone follows itself.
import { expect } from "vitest";
import { menuOf, serviceNeeds, servicesRig, textOf } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";

const keysAt = {
  ...serviceNeeds,
  files: {
    "SIP001122334455.cnf": serviceNeeds.files["SIP001122334455.cnf"]?.replace("menu.xml", "keys.xml"),
  },
};

story(
  "XML-022 SK-017 a page's soft keys stand by their position, three and more at a time, and replace the usual ones",
  keysAt,
  async (rig) => {
    const services = await servicesRig(rig, { "/phones/room.xml": textOf("Room", "Free") });
    await rig.button("services");
    await rig.reads("Book by soft key");
    const keys = async (): Promise<readonly string[]> => (await rig.show("lcd")).softkeys;
    expect(await keys()).toEqual(["Show", "Book", "", "more"]);
    await rig.drive.command("test softkey 4");
    expect(await keys()).toEqual(["Leave", "Again", "Desk", "more"]);
    await rig.drive.command("test softkey 4");
    expect(await keys()).toEqual(["Setup", "", "", "more"]);
    await rig.softkey("Show"); // SoftKey:Select
    await rig.reads("Free");
    expect(services.targets().at(-1)).toBe("/phones/room.xml?id=1");
    expect(await keys()).toEqual(["Update", "Exit"].concat(["", ""]));
    await rig.softkey("Exit");
    await rig.reads("Rooms");
    await rig.softkey("Leave"); // SoftKey:Exit
    await rig.reads("Your current options");
  },
);

story(
  "XML-010 QueryStringParam goes behind the row's address, SoftKey does what the object can, Dial calls, Key presses",
  keysAt,
  async (rig) => {
    const services = await servicesRig(rig, { "/phones/room.xml": textOf("Room", "Booked") });
    await rig.button("services");
    await rig.reads("Rooms");
    await rig.button("down");
    await rig.softkey("Book");
    await rig.reads("Booked");
    expect(services.targets().at(-1)).toBe("/phones/room.xml?id=2&act=book");
    await rig.softkey("Exit");
    await rig.softkey("Again");
    await rig.until("the page is fetched again", () => Promise.resolve(services.questions.length === 3));
    await rig.reads("Rooms");
    await rig.softkey("Setup");
    await rig.reads("Network Configuration");
    await rig.button("services");
    await rig.reads("Rooms");
    await rig.softkey("Desk");
    expect((await rig.call("connected")).number).toBe("600");
    await rig.softkey("EndCall");
    await rig.noCalls();
    await rig.reads("Your current options");
  },
);

story(
  "addresses that lead nowhere are named, and a row that chooses itself does not go round for ever",
  serviceNeeds,
  async (rig) => {
    const bad = ["SoftKey:Select", "ftp://10.77.110.1/x", "Key:Soft1", "RTPRx:Stop", "EditDial:601"];
    const services = await servicesRig(rig, { "/phones/menu.xml": menuOf("Nowhere", ...bad) });
    await rig.button("services");
    await rig.reads("Nowhere");
    for (const [at, text] of bad.slice(0, 4).entries()) {
      await rig.press(String(at + 1));
      await rig.reads(`Not an address: ${text.toLowerCase().startsWith("ftp") ? "ftp" : text.slice(0, 3)}`);
      await rig.wait(4000);
    }
    await rig.press("5");
    await rig.reads("Edit Number", "601");
    expect(services.targets()).toEqual(["/phones/menu.xml"]);
  },
);
