// Servers of services that are silent, absent, broken or hostile: the panel says why, and nothing else of the phone suffers.
import { expect } from "vitest";
import { servicesPort } from "#test/lab/services.ts";
import { place } from "#test/lab/settings.ts";
import { rows } from "#test/stories/kit/menus.ts";
import { menuOf, serviceNeeds, servicesRig, textOf, withServices } from "#test/stories/kit/services.ts";
import { story } from "#test/stories/kit/story.ts";

const at = `http://${place.server}:${servicesPort}`;

story(
  "a silent server: the panel says whom the phone waits for and counts, gives up after 20 s, and Update asks again",
  serviceNeeds,
  async (rig) => {
    const services = await servicesRig(rig, { "/phones/menu.xml": "silent" });
    await rig.button("services");
    await rig.reads(`Waiting for the services server ${place.server}.`, "Gives up in 20 s", "Cancel");
    await rig.wait(10_000);
    await rig.reads("Gives up in 10 s");
    expect(await rig.drive.command("show timers")).toMatch(/services +page/);
    await rig.wait(10_000);
    await rig.reads(`No answer from ${place.server}`, "Update", "Exit");
    await rig.softkey("Update");
    await rig.until("asked again", () => Promise.resolve(services.questions.length === 2));
    await rig.softkey("Cancel");
    await rig.reads("Your current options");
  },
);

story(
  "Cancel gives up what is fetched and leaves the page before; its late answer changes nothing",
  serviceNeeds,
  async (rig) => {
    await servicesRig(rig, { "/phones/canteen.xml": "silent" });
    await rig.button("services");
    await rig.reads("Campus Services");
    await rig.press("1");
    await rig.reads(`Waiting for ${place.server}, 20 s`, "Campus Services", "Cancel");
    await rig.softkey("Cancel");
    await rig.reads("Choose a service", "Select");
    await rig.wait(30_000);
    await rig.reads("Choose a service");
  },
);

story("a call comes while a page is open, and the page is there after it", serviceNeeds, async (rig) => {
  await servicesRig(rig);
  const other = await rig.around.otherPhone();
  await rig.button("services");
  await rig.reads("Campus Services");
  await other.call("1001");
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  await rig.hangUp();
  await rig.noCalls();
  await rig.reads("Campus Services");
});

story(
  "XML-009 a page that cannot be read gives one line on the prompt, with the place; the page before stays and works on",
  serviceNeeds,
  async (rig) => {
    const bomb = `<!DOCTYPE a [<!ENTITY b "${"b".repeat(1000)}">]><a>${"&b;".repeat(1000)}</a>`;
    const bad = {
      "/phones/1": { body: "<CiscoIPPhoneText>\n<Text>open</CiscoIPPhoneText>" },
      "/phones/2": { body: bomb },
      "/phones/3": { body: new Uint8Array(70_000).fill(32) },
      "/phones/4": { body: Uint8Array.of(0, 1, 2, 255) },
      "/phones/5": { body: "<html><body>Hello</body></html>", type: "text/html" },
      "/phones/6": { body: "", status: 500 },
      "/phones/7": { body: "", status: 302, headers: { location: "7" } },
      "/phones/8": { body: "", status: 302, headers: { location: "telnet://10.77.110.1" } },
    };
    const numbers = Object.keys(bad).map((path) => path.slice(-1));
    await servicesRig(rig, {
      "/phones/menu.xml": menuOf("Bad pages", ...numbers, "good"),
      ...bad,
      "/phones/good": textOf("Good", "A good page"),
    });
    await rig.button("services");
    await rig.reads("Bad pages");
    const reasons = [
      "The page cannot be read (2:",
      "The page cannot be read (1:",
      `${place.server} sends no page`,
      "The page cannot be read (@0)",
      "html is not for this phone",
      `${place.server}: out of order (500)`,
      `${place.server} leads in circles`,
      "Not an address: telnet://10.77.110.1",
    ];
    for (const [at, reason] of reasons.entries()) {
      await rig.press(String(at + 1));
      await rig.reads(reason, "Bad pages");
    }
    await rig.press("9");
    await rig.reads("A good page");
    await rig.softkey("Exit");
    expect((await rows(rig))[0]).toBe("Bad pages");
  },
);

for (const [what, url, reason, more] of [
  ["nobody listens there", `http://${place.server}:81/`, `No way to ${place.server}`, "Nobody answers"],
  ["its name is unknown", "http://nobody.lab.example/", "No address for nobody.lab.example", "services_url"],
  ["it has no such page", `${at}/nothing.xml`, `${place.server}: no such page`, "status 404"],
] as const)
  story(
    `a services server that is none, ${what}: the reason and what to do, whole on the panel`,
    { ...serviceNeeds, files: withServices(`services_url: "${url}"`) },
    async (rig) => {
      await servicesRig(rig);
      await rig.button("services");
      await rig.reads(reason, more, "Update", "Exit");
      await rig.softkey("Exit");
      await rig.reads("Your current options");
    },
  );
