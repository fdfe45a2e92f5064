// A handset as it came from its box, on a network whose files name call managers.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { manager, servers, site } from "./site.ts";

for (const [name, play] of servers)
  story(
    `${name}: a new handset finds its file and its server, and shows its keys`,
    { needs: ["lab"], settings: site(play) },
    async (rig) => {
      await rig.ready();
      const { phases } = await rig.show("boot");
      const ends = Object.fromEntries(phases.map((phase) => [phase.name, phase.endedBy]));
      expect(ends["config"]).toBe("config: SEP001122334455.cnf.xml");
      expect(ends["register"]).toBe("registered with 10.77.110.1:2000");
      expect((await rig.show("register")).lines[0]).toMatchObject({
        line: 1,
        protocol: "sccp",
        state: "registered",
        server: "10.77.110.1:2000",
      });
      await rig.wait(6000);
      const { lines, softkeys, rows } = await rig.show("lcd");
      expect(lines).toEqual(["1001", "1003", "Echo", "Desk 2"]);
      expect(softkeys).toEqual(["Redial", "NewCall", "CFwdALL", "more"]);
      expect(rows.at(-1)).toBe("Your current options");
    },
  );

story(
  "SCCP-014 SCCP-015 a 7960 is SEP and its address, type 7, and tells why it comes",
  { needs: ["lab"], settings: site(), model: "7960" },
  async (rig) => {
    await rig.ready();
    const { heard } = manager(rig).only();
    expect(heard.find(({ kind }) => kind === "registerReq")).toMatchObject({
      deviceName: "SEP001122334455",
      deviceType: 7,
    });
    expect(heard.find(({ kind }) => kind === "alarm")).toMatchObject({
      text: expect.stringMatching(/^25: Name=SEP001122334455 Load=\S+ Last=Initialized$/),
    });
  },
);

story("a 7940 is type 8", { needs: ["lab"], settings: site(), model: "7940" }, async (rig) => {
  await rig.ready();
  expect(
    manager(rig)
      .only()
      .heard.find(({ kind }) => kind === "registerReq"),
  ).toMatchObject({ deviceType: 8 });
});
