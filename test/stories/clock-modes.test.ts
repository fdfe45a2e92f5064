// The four clock modes of the SIP image in a whole phone: what is asked, what is believed.
import { expect } from "vitest";
import { defaultSettings, place } from "#test/lab/settings.ts";
import { plugIn, type Scene } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const line = 'line1_name: "1001"\nline1_password: "lab-1001"\n';
const broadcast = "10.77.110.255";

/** A phone with this mode and server, where the time server broadcasts every 64 s if `speaks`. */
function scene(mode: string, server: string, speaks: boolean): Scene {
  const time = { ...defaultSettings.time, broadcastTo: speaks ? [broadcast, "224.0.1.1"] : [] };
  const { dhcp } = defaultSettings;
  // Without option 42: only the configuration says whom to ask.
  const voice = { ...dhcp.voice, scope: { ...dhcp.voice.scope, ntpServers: [] } };
  return {
    settings: { time, dhcp: { ...dhcp, voice } },
    files: { [own]: `${line}sntp_mode: ${mode}\nsntp_server: "${server}"\n` },
  };
}

async function bootWith(mode: string, server: string, speaks = false) {
  const t = await plugIn(scene(mode, server, speaks));
  await t.reach("run");
  await t.clock.advance(70_000);
  const wall = t.clock.wall();
  const truth = defaultSettings.time.unixMsAtZero + t.clock.now();
  const queries = t.lab.log.entries.filter(({ by, what }) => by === "ntp" && what === "query").length;
  const result = { isRight: wall !== undefined && Math.abs(wall - truth) < 1000, queries };
  await t.unplug();
  expect(t.fatal).toEqual([]);
  return result;
}

deskTest("BOOT-067 unicast asks its server and is right", async () => {
  const { isRight, queries } = await bootWith("unicast", place.server);
  expect([isRight, queries > 0]).toEqual([true, true]);
});

deskTest("BOOT-067 anycast ignores its server and asks the broadcast address", async () => {
  // The configured address answers nothing: only a broadcast can have found the time server.
  const { isRight, queries } = await bootWith("anycast", "10.77.110.77");
  expect([isRight, queries > 0]).toEqual([true, true]);
});

deskTest("BOOT-067 unicast without a server asks nobody and believes no broadcast", async () => {
  expect(await bootWith("unicast", "", true)).toEqual({ isRight: false, queries: 0 });
});

deskTest(
  "BOOT-067 multicast asks nobody and is right after the first broadcast, of its server alone",
  async () => {
    expect(await bootWith("multicast", "", true)).toEqual({ isRight: true, queries: 0 });
    expect(await bootWith("multicast", place.server, true)).toEqual({ isRight: true, queries: 0 });
    expect(await bootWith("multicast", place.second, true)).toEqual({ isRight: false, queries: 0 });
  },
);

deskTest("BOOT-067 directedbroadcast asks once, then listens", async () => {
  const { isRight } = await bootWith("directedbroadcast", place.server, true);
  expect(isRight).toBe(true);
});
