// The call goes on between two others, without this phone.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { idle, manager, servers, site } from "./site.ts";

for (const [name, play] of servers)
  for (const how of ["asked first", "while it rings"] as const)
    story(
      `${name}: SCCP-053 transfer, ${how}`,
      { needs: ["lab", "sound"], settings: site(play) },
      async (rig) => {
        await rig.ready();
        const caller = manager(rig).ring("1001", { number: "1009", name: "Ann" });
        await rig.call("ring-in");
        await rig.lift();
        await rig.call("connected");
        await rig.softkey("Trnsfer");
        await rig.call("hold");
        await rig.press(how === "asked first" ? "600" : "606");
        await rig.call(how === "asked first" ? "connected" : "ring-out");
        await rig.softkey("Trnsfer");
        await rig.noCalls();
        expect(rig.lab.log.entries.some(({ what }) => what === "transferred")).toBe(true);
        expect(caller?.partner).toBeDefined();
        await rig.hangUp();
        await idle(rig);
      },
    );
