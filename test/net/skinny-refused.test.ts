// chan_skinny does not know this handset: it says so, and the handset shows the server's own words.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAsterisk } from "./asterisk.ts";
import { eventually } from "./peer.ts";
import { openSkinnyRig, type SkinnyRig } from "./skinny-rig.ts";

let skinny: SkinnyRig;
beforeAll(async () => {
  skinny = await openSkinnyRig();
});
afterAll(() => skinny.close());

/** After a refusal there is a pause of at least 30 s. */
const limit = { timeout: 150_000 };

test(
  "SCCP-060 an unknown device is refused with the server's text, closes, and is in once it is known",
  limit,
  async () => {
    const { net, rig } = skinny;
    const stranger = await startAsterisk(net, { skinnyDevice: "SEP001122330000" });
    await skinny.powerCycle();
    await rig.trouble("server-rejected");
    await rig.reads("No Authority");
    await eventually("closed by the phone", () => {
      const open = net.servers.run("ss", "-Htn", "state", "established", "sport = :2000");
      return open.trim() === "";
    });
    expect((await rig.show("register")).lines.every(({ state }) => state !== "registered")).toBe(true);
    await stranger.stop();
    await startAsterisk(net);
    await rig.ready(90_000);
  },
);
