// The call manager dies under a call: the sound stays, the next server has the phone, and the first one gets it back.
// Six deaths in every run, fifty with OFFHOOK_SERVER_DEATHS=50.
import { expect } from "vitest";
import { below } from "#firmware/runtime/chance.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { chanSccp, chanSkinny } from "#test/lab/sccp/play.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";
import { hearsEcho, serverOf, setServers, site } from "./site.ts";

/** Each death has a fixed seed: when it happens, to which server, and how. */
const seeds = Array.from({ length: Number(process.env["OFFHOOK_SERVER_DEATHS"] ?? 6) }, (_, i) => i + 1);
/** The phone is elsewhere this soon after a closed socket, or after the third keepalive without an answer. */
const soonMs = 5000;

async function untilServer(rig: Rig, server: string, withinMs: number): Promise<number> {
  const from = rig.drive.now();
  await rig.until(`registered with ${server}`, async () => (await serverOf(rig)) === server, withinMs);
  return rig.drive.now() - from;
}

for (const seed of seeds) {
  const chance = createSeededRandom(seed * 7919);
  const isSilent = below(chance, 10) < 3;
  const play = below(chance, 2) === 0 ? chanSkinny : chanSccp;
  const afterMs = below(chance, 3000);
  story(
    `SCCP-056 BOOT-064 death ${seed}: ${play.ladder} ${isSilent ? "falls silent" : "closes"} ${afterMs} ms into a call`,
    { needs: ["lab", "sound"], seed, settings: site(play, { keepAliveSec: 10, standbyKeepAliveSec: 10 }) },
    async (rig) => {
      await rig.ready();
      await rig.lift();
      await rig.press("600");
      await rig.call("connected");
      await rig.wait(afterMs);
      setServers(rig, { first: isSilent ? "off" : "stopped" });
      // Three keepalives are sent before a silent server counts as gone; a closed socket counts at once.
      await untilServer(rig, "10.77.110.2:2000", (isSilent ? 30_000 : 0) + soonMs);
      await hearsEcho(rig, 400);
      setServers(rig, { first: "up" });
      await rig.wait(45_000); // the first one is back for long, but there is a call
      expect(await serverOf(rig)).toBe("10.77.110.2:2000");
      expect((await rig.show("calls")).calls).toHaveLength(1);
      if (!isSilent) await hearsEcho(rig, 400); // one that was only deaf has ended its side meanwhile
      await rig.hangUp();
      await rig.noCalls();
      await untilServer(rig, "10.77.110.1:2000", 60_000);
      await rig.lift();
      await rig.press("600");
      await rig.call("connected");
      await hearsEcho(rig, 400);
    },
  );
}
