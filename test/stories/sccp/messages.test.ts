// The light says that there are messages, the key goes there.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { idle, manager, servers, site } from "./site.ts";

for (const [name, play] of servers)
  story(
    `${name}: SCCP-037 the light is on while a message waits, and the key calls the mailbox`,
    { needs: ["lab", "sound"], settings: site(play) },
    async (rig) => {
      await rig.ready();
      const light = async () => (await rig.show("lcd")).lamps["message"];
      expect(await light()).toBe("off");
      manager(rig).board.leaveMessage("1001", 1);
      await rig.wait(50);
      expect(await light()).toBe("on");
      await rig.button("messages");
      expect(await rig.call("connected")).toMatchObject({ number: "8500" });
      await rig.softkey("EndCall");
      await rig.noCalls();
      expect(await light()).toBe("on");
      manager(rig).board.leaveMessage("1001", -1);
      await rig.wait(50);
      expect(await light()).toBe("off");
      await idle(rig);
    },
  );
