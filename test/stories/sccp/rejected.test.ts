// A call manager that does not want this phone, and says why.
import { expect } from "vitest";
import { chanSkinny } from "#test/lab/sccp/play.ts";
import { story } from "#test/stories/kit/story.ts";
import { manager, serverOf, setServers, site } from "./site.ts";

story(
  "SCCP-060 the server's words stand on the panel, each server is asked, then there is a pause",
  { needs: ["lab"], settings: site(chanSkinny, { rejectText: "Error DBConfig" }) },
  async (rig) => {
    await rig.trouble("server-rejected");
    await rig.reads("Error DBConfig");
    const count = () => rig.lab.log.entries.filter(({ what }) => what === "rejected").length;
    await rig.wait(2000);
    expect(count()).toBe(3);
    expect(manager(rig).connectionCount).toBe(0); // closed by the phone
    await rig.wait(25_000);
    expect(count()).toBe(3);
    expect(await rig.shows("Error DBConfig")).toBe(true);
    rig.lab.change((settings) => ({ ...settings, sccp: { ...settings.sccp, play: chanSkinny } }));
    await rig.ready(180_000);
    expect(await serverOf(rig)).toBe("10.77.110.1:2000");
  },
);

story(
  "a device the server does not know is told so by its words, and another server may know it",
  {
    needs: ["lab"],
    settings: (settings) => site()({ ...settings, sccp: { ...settings.sccp, devices: {} } }),
  },
  async (rig) => {
    setServers(rig, { second: "stopped", third: "stopped" });
    await rig.trouble("server-rejected");
    await rig.reads("No Authority");
  },
);
