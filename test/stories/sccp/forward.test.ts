// All calls of the line go somewhere else, until they do not.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { idle, manager, servers, site } from "./site.ts";

for (const [name, play] of servers)
  story(
    `${name}: SCCP-053 SCCP-067 forwarding is set from the keys, shown, and taken back`,
    { needs: ["lab", "sound"], settings: site(play) },
    async (rig) => {
      await rig.ready();
      await rig.wait(6000);
      await rig.softkey("CFwdALL");
      await rig.call("off-hook");
      await rig.press("1002");
      if (name === "chan-sccp") await rig.softkey("Dial"); // chan_skinny knows when a number is whole
      await rig.noCalls();
      await rig.wait(5000);
      await rig.reads("Forwarded");
      expect(manager(rig).board.forwards.get("1001")).toBe("1002");
      await rig.softkey("CFwdALL");
      await rig.wait(5000);
      expect(manager(rig).board.forwards.size).toBe(0);
      expect(await rig.shows("Forwarded")).toBe(false);
      await idle(rig);
    },
  );
