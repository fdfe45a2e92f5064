// The machine with the files and the machine with the calls have nothing to do with each other.
import { expect } from "vitest";
import { defaultSettings, place } from "#test/lab/settings.ts";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const own = (proxy: string): string =>
  `proxy1_address: ${proxy}\nline1_name: "1001"\nline1_password: "lab-1001"\n`;

async function bootWith(tftp: string, proxy: string) {
  const { dhcp } = defaultSettings;
  const voice = { ...dhcp.voice, scope: { ...dhcp.voice.scope, tftpServers: [tftp] } };
  const t = await plugIn({
    settings: { dhcp: { ...dhcp, voice } },
    files: { "SIP001122334455.cnf": own(proxy) },
  });
  await t.reach("run");
  await t.clock.advance(10_000);
  const by = (start: string): number => t.lab.log.entries.filter((entry) => entry.by === start).length;
  const result = {
    label: t.phone.view().lineKeys[0]?.label,
    sip: [by("sip 1") > 0, by("sip 2") > 0],
    files: [by(`tftp ${place.server}`) > 0, by(`tftp ${place.second}`) > 0],
  };
  await t.unplug();
  expect(t.fatal).toEqual([]);
  return result;
}

deskTest(
  "SEED-006 files from one machine and calls by another, either way round, with the same result",
  async () => {
    expect(await bootWith(place.second, place.server)).toEqual({
      label: "1001",
      sip: [true, false],
      files: [false, true],
    });
    expect(await bootWith(place.server, place.second)).toEqual({
      label: "1001",
      sip: [false, true],
      files: [true, false],
    });
  },
);
