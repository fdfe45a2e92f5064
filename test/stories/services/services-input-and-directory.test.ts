// What is typed for a services server, and numbers that come from one.
import { expect } from "vitest";
import { rows, spell } from "#test/stories/kit/menus.ts";
import { serviceNeeds, servicesRig, textOf } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";

const direct = {
  ...serviceNeeds,
  files: {
    "SIP001122334455.cnf": serviceNeeds.files["SIP001122334455.cnf"]?.replace("menu.xml", "input.xml"),
  },
};

story(
  "XML-013 XML-014 what each field takes goes behind the address, typed anew after <<; a PIN is never seen nor logged",
  direct,
  async (rig, { desk }) => {
    const services = await servicesRig(rig, { "/phones/found.xml": textOf("Found", "Ada Example") });
    await rig.button("services");
    await rig.reads("Find a colleague", "Fill in what you know", "Submit", "<<", "Number", "Cancel");
    await spell(rig, "ada");
    await rig.button("down"); // telephone: digits, * and #, behind what it begins with
    await rig.softkey("<<");
    await rig.press("1*#");
    await rig.button("down"); // upper case
    await spell(rig, "c");
    await rig.softkey("Number");
    await rig.press("12");
    await rig.button("down"); // equation: digits as they are, signs by *
    await rig.press("2**3");
    await rig.wait(2000);
    await rig.button("down"); // a secret of digits: * and # are none
    await rig.press("4*7#1");
    expect((await rows(rig)).slice(1, 5)).toEqual(["Extension  61*#", "Room  C12", "Desks  2+3", "PIN  ***"]);
    await rig.softkey("Submit");
    await rig.reads("Ada Example");
    expect(services.targets().at(-1)).toBe("/phones/found.xml?n=ada&x=61%2A%23&r=C12&d=2%2B3&p=471");
    const log = desk()
      .phone.base.book.last(500)
      .map(({ text }) => text);
    expect(log.filter((line) => line.includes("471"))).toEqual([]);
    await rig.softkey("Exit");
    await rig.reads("61*#"); // what was typed is still there
  },
);

story(
  "DIR-004 XML-024 XML-015 the external directory under Directories: Dial calls, EditDial changes the number first",
  serviceNeeds,
  async (rig) => {
    const services = await servicesRig(rig);
    await rig.button("directories");
    await rig.reads("5 External Directory");
    expect(services.targets()).toEqual([]);
    await rig.press("5");
    await rig.reads("Campus Directory", "3 found");
    expect((await rig.show("lcd")).softkeys.slice(0, 3)).toEqual(["Dial", "EditDial", "Exit"]);
    expect((await rows(rig)).slice(1, 5)).toEqual([
      "1 Ada Example  600",
      "2 Ben Example, second floor  1002",
      "3 Porter",
      "4 604",
    ]);
    await rig.softkey("Exit");
    await rig.reads("5 External Directory");
    await rig.press("5");
    await rig.reads("Campus Directory");
    await rig.softkey("EditDial");
    await rig.softkey("<<");
    await rig.press("1");
    await rig.reads("601");
    await rig.softkey("Cancel");
    await rig.reads("Campus Directory");
    await rig.softkey("Dial");
    expect((await rig.call("connected")).number).toBe("600");
    await rig.softkey("EndCall");
    await rig.reads("Your current options");
  },
);

story("an entry of the directory is called by lifting the handset", serviceNeeds, async (rig) => {
  await servicesRig(rig);
  await rig.button("directories");
  await rig.press("5");
  await rig.reads("Campus Directory");
  await rig.lift();
  expect((await rig.call("connected")).number).toBe("600");
});

story(
  "XML-025 messages_uri is no page: the messages key dials it",
  {
    ...serviceNeeds,
    files: { "SIP001122334455.cnf": `${serviceNeeds.files["SIP001122334455.cnf"]}messages_uri: "600"\n` },
  },
  async (rig) => {
    const services = await servicesRig(rig);
    await rig.button("messages");
    expect((await rig.call("connected")).number).toBe("600");
    expect(services.questions).toEqual([]);
  },
);
