// The same image on QEMU's raspi3b, whose own I2C, SPI, SD and USB controllers the kernel's drivers run: from power-on to a
// call at Asterisk, the character panel's bytes read from the I2C bus; then thermometer and flash chip on its buses.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digitKeys } from "#hal/contract/panel.ts";
import { user } from "#test/net/site.ts";
import { characterChip } from "#test/unit/drivers/character-chip.ts";
import { type AsteriskInLab, asteriskAddress, plugInAsterisk, withAsterisk } from "./asterisk.ts";
import { traceIn } from "./emulated.ts";
import { makeGuestDisk } from "./guest-disk.ts";
import { callsAre, guestMacOnUsb, makeRig, type QemuRig, registered, shown, taggedVlans } from "./rig.ts";

const panelAddress = "0x27";
const withinMs = 60_000;
/** Four soft keys in twenty columns. */
const keyPitch = 5;
const disk = makeGuestDisk("buses=test/qemu/guest/buses.ts");
let tags: ReadonlySet<number>;
let rig: QemuRig;
let server: AsteriskInLab;

beforeAll(async () => {
  rig = await makeRig({ kind: "raspi3b", slotB: disk.path }, (settings) =>
    withAsterisk({ ...settings, phoneMac: guestMacOnUsb }),
  );
  tags = taggedVlans(rig.lab);
  server = await plugInAsterisk(rig.lab);
  await registered(rig.machine);
});
afterAll(async () => {
  await rig.close();
  await server.close();
  disk.close();
});

/** Pulls a line of the board's gpio-sim: 0 is the hook, the keys follow. */
const pull = (line: number, isHigh: boolean): Promise<string> =>
  rig.machine.shell(
    `for pull in /sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio${line}/pull; do echo pull-${isHigh ? "up" : "down"} > $pull; done; sleep 0.2`,
  );

async function press(key: (typeof digitKeys)[number]): Promise<void> {
  const line = 1 + digitKeys.indexOf(key);
  await pull(line, true);
  await pull(line, false);
}

/** What the glass shows after all that was sent to its address. */
function glass(): readonly string[] {
  const { chip, rows } = characterChip();
  const sent = readFileSync(traceIn(rig.machine.folder), "utf8").matchAll(
    /send\(addr:(0x[0-9a-f]+)\) data:(0x[0-9a-f]+)/g,
  );
  const bytes = [...sent].filter(([, address]) => address === panelAddress).map(([, , byte]) => Number(byte));
  chip.transfer(Uint8Array.from(bytes), 0);
  return rows().map((row) => row.trim());
}

/** `show lcd` has the rows that are not empty, and the soft keys beside each other in the last one. */
const panelShows = (what: string): Promise<true> =>
  rig.machine.until(`the panel shows ${what} as show lcd says`, withinMs, async () => {
    const { rows, softkeys } = JSON.parse(await shown(rig.machine, "show lcd json")) as {
      readonly rows: readonly string[];
      readonly softkeys: readonly string[];
    }; // the phone's own report
    const keys = softkeys.map((label) => label.padEnd(keyPitch)).join("");
    const said = [...rows, keys.trim()].join("\n");
    const isSame =
      glass()
        .filter((row) => row !== "")
        .join("\n") === said;
    return isSame && said.includes(what) ? true : undefined;
  });

test("power-on, voice VLAN by CDP, tagged over the card on USB, registered at Asterisk; the panel's bus says what show lcd says", async () => {
  const report = await registered(rig.machine);
  const ends = Object.fromEntries(report.phases.map(({ name, endedBy }) => [name, endedBy]));
  expect(ends["vlan"]).toContain("110");
  expect(ends["register"]).toBe(`registered with ${asteriskAddress}:5060`);
  expect(server.asterisk.cli("pjsip show contacts")).toContain(
    `${user.name}/sip:${user.name}@10.77.110.20:5060`,
  );
  expect([...tags]).toEqual([110]);
  await panelShows("Offhook lab");
});

test("lifted, 6 0 0 on lines of gpio-sim: connected, the panel says it, and it ends with the hook", async () => {
  await pull(0, true);
  await callsAre(rig.machine, "dial tone", (calls) => calls.includes("off-hook"));
  for (const key of ["6", "0", "0"] as const) await press(key);
  await callsAre(rig.machine, "connected", (calls) => calls.includes("connected"));
  await panelShows("600");
  await pull(0, false);
  await callsAre(rig.machine, "no call", (calls) => calls.length === 0);
});

test("the SoC's I2C and SPI through the add-ons: a register read, nobody there, a flash chip's identity", async () => {
  const { machine } = rig;
  await machine.outside.setProperty("thermometer", "temperature", 21_500);
  await machine.shell("mkdir /run/check; mount -o ro /dev/mmcblk0p3 /run/check");
  expect(JSON.parse(await machine.shell("node /run/check/buses.mjs"))).toEqual({
    temperatureC: 21.5,
    absent: "missing",
    identity: [0x20, 0x20, 0x15],
  });
});
