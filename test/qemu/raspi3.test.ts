// The same image on QEMU's raspi3b, whose own I2C, SPI, SD and USB controllers the kernel's drivers run: from power-on to a
// call at Asterisk by keys on an I2C expander, its echo, the character panel's bytes read from the I2C bus; then what else is
// on its buses, the power supply as the kernel reads it, and the watchdog.
import { afterAll, beforeAll, expect, test } from "vitest";
import { digitKeys } from "#hal/contract/panel.ts";
import { user } from "#test/net/site.ts";
import { characterChip } from "#test/unit/drivers/character-chip.ts";
import { type AsteriskInLab, asteriskAddress, plugInAsterisk, withAsterisk } from "./asterisk.ts";
import { sentToChips, st7565InTrace, volumesSet } from "./bus-traces.ts";
import { isLit } from "./guest/pattern.ts";
import { makeGuestDisk } from "./guest-disk.ts";
import { createPerson, type Hands } from "./person.ts";
import {
  bootMs,
  firmwareEnded,
  guestMacOnUsb,
  makeRig,
  partState,
  type QemuRig,
  registered,
  shown,
  taggedVlans,
} from "./rig.ts";

const panelAddress = 0x27;
const withinMs = 60_000;
/** Four soft keys in twenty columns. */
const keyPitch = 5;
/** Pins of the expander that has hook and keys, as boards/qemu-raspi3 has them. */
const pins = ["hook", ...digitKeys, "speaker", "volumeUp", "volumeDown"] as const;
type Key = Exclude<(typeof pins)[number], "hook">;
const hands: Hands<Key> = {
  setHook: ({ outside }, isLifted) => outside.setPin("expander", pins.indexOf("hook"), !isLifted),
  async press(machine, key) {
    for (const isHigh of [false, true]) {
      await machine.outside.setPin("expander", pins.indexOf(key), isHigh);
      await machine.shell("sleep 0.4"); // the guest's time: its expander is read so often in it, and on a busy host it is slow
    }
  },
};
const person = createPerson({ hands, mouth: "/run/check/mouth.raw", hearsByShell: true });
const [mouth = ""] = person.disks;
const guest = "test/qemu/guest";
const disk = makeGuestDisk(
  [`buses=${guest}/buses.ts`, `panels=${guest}/panels.ts`, `poke=${guest}/poke.ts`],
  { "mouth.raw": mouth },
);
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
  await rig.machine.shell("mkdir /run/check; mount -o ro /dev/mmcblk0p3 /run/check");
});
afterAll(async () => {
  await rig.close();
  await server.close();
  disk.close();
  person.close();
});

/** What the glass shows after all that was sent to its address. */
function glass(): readonly string[] {
  const { chip, rows } = characterChip();
  const sent = sentToChips(rig.machine.folder).filter(({ address }) => address === panelAddress);
  chip.transfer(
    Uint8Array.from(sent, ({ byte }) => byte),
    0,
  );
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
    const said = [...rows, keys].map((row) => row.trim()).join("\n");
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

test("lifted, 6 0 0 by keys pulled on the expander's pins from outside: connected, its echo heard, the panel says it; a USB card hears the volume", async () => {
  const { machine } = rig;
  await person.call(machine, ["6", "0", "0"]);
  expect(await person.hearsItself(machine)).toBeGreaterThanOrEqual(0.9);
  await panelShows("600");
  const before = volumesSet(machine.folder).at(-1) ?? Number.NaN;
  await hands.press(machine, "volumeUp");
  await machine.until("the sound card on USB is told of a louder ear", withinMs, () =>
    Promise.resolve((volumesSet(machine.folder).at(-1) ?? before) > before ? true : undefined),
  );
  expect(await partState(machine, "mixer")).toContain("working");
  await person.hangUp(machine);
});

test("the SoC's I2C and SPI through the add-ons: a register read, nobody there, a flash chip's identity", async () => {
  const { machine } = rig;
  await machine.outside.setProperty("thermometer", "temperature", 21_500);
  expect(JSON.parse(await machine.shell("node /run/check/buses.mjs"))).toEqual({
    temperatureC: 21.5,
    absent: "missing",
    identity: [0x20, 0x20, 0x15],
  });
});

test("a picture shown on an SSD0303 over I2C is on its glass, and one sent to an ST7565 over spidev in its memory", async () => {
  const { machine } = rig;
  expect(JSON.parse(await machine.shell("node /run/check/panels.mjs"))).toEqual({ failures: [] });
  const { width, height, pixels } = await machine.outside.screen("oled");
  const dot = 4; // QEMU draws the panel's 96 × 16 so much larger
  const lit = (x: number, y: number): boolean => (pixels[y * dot * width + x * dot] ?? 0) > 0;
  const wanted = (columns: number, rows: number) =>
    Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (__, x) => isLit(x, y)));
  expect(wanted(width / dot, height / dot).map((row, y) => row.map((_, x) => lit(x, y)))).toEqual(
    wanted(96, 16),
  );
  const memory = st7565InTrace(machine.folder);
  const inMemory = (x: number, y: number): boolean =>
    (((memory[(y >> 3) * 128 + x] ?? 0) >> (y & 7)) & 1) === 1;
  expect(wanted(128, 64).map((row, y) => row.map((_, x) => inMemory(x, y)))).toEqual(wanted(128, 64));
});

test("the kernel's power_supply of a chip on I2C: online, current, voltage, health; gone it is degraded, absent at a start it is missing and named", async () => {
  const { machine } = rig;
  const power = (what: string): Promise<true> =>
    machine.until(`the power part says ${what}`, withinMs, async () =>
      (await partState(machine, "power")).includes(what) ? true : undefined,
    );
  const poke = (...registers: readonly string[]) =>
    machine.shell(`node /run/check/poke.mjs 0x34 ${registers.join(" ")}`);
  await power("axp20x-usb online 0, 0 of 900 mA, 0 mV, health Unknown");
  // present and used; valid; 3000 × 1.7 mV; 400 × 0.375 mA
  await poke("0x00=0x30", "0x02=0x04", "0x5a=0xbb", "0x5b=0x08", "0x5c=0x19", "0x5d=0x00");
  await power("axp20x-usb online 1, 150 of 900 mA, 5100 mV, health Good");
  await poke("0x02=0x00");
  await power("health Unspecified failure");
  const driver = "axp20x-usb-power-supply";
  await machine.shell(`echo ${driver} > /sys/bus/platform/drivers/${driver}/unbind`);
  await power("degraded");
  expect(await shown(machine, "show boot")).toContain("part-missing");
  await panelShows("A part does not"); // the row is full
  await firmwareEnded(machine, () => machine.shell("kill $(cat /run/offhook.pid)"));
  await power("missing");
  expect(await partState(machine, "power")).toContain("no sensor of this board answers");
  await panelShows("A part does not"); // the row is full
});

test("hung, the watchdog restarts the board by the SoC's own power management", async () => {
  const { machine } = rig;
  const before = await machine.outside.countResets();
  await machine.shell("kill -STOP $(cat /run/offhook.pid)");
  await machine.until("the board is reset", bootMs, async () =>
    (await machine.outside.countResets()) > before ? true : undefined,
  );
});
