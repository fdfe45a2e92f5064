// A configuration names another image: it comes from the file server, the slots verify it, the board restarts with it. One
// that is not genuine, or that nobody can start, leaves the phone as it was.
import { expect } from "vitest";
import { digests } from "#hal/linux/digests.ts";
import { simBundle } from "#hal/sim/image-slots.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { textFile } from "#test/lab/files.ts";
import { place } from "#test/lab/settings.ts";
import { Peer } from "#test/unit/sip/peer.ts";
import { openDesk } from "./kit/desk.ts";
import { type FilePhone, plugIn } from "./kit/files.ts";
import { watchWire } from "./kit/frames.ts";
import { deskTest } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const image = "offhook-0.2.0";
const payload = Uint8Array.from({ length: 40_000 }, (_, n) => n * 7);
const bundle = (more: Partial<Parameters<typeof simBundle>[1]> = {}, key?: string): Uint8Array =>
  simBundle(digests, { image, board: "desktop", payload, ...more }, key);

interface Site {
  readonly flash?: SimFlash;
  /** `image_version`; undefined: the file has none. */
  readonly wanted: string | undefined;
  /** Further lines of the phone's file. */
  readonly more?: string;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const ownFile = (wanted: string | undefined, more = ""): string => {
  const version = wanted === undefined ? "" : `image_version: "${wanted}"\n`;
  return `line1_name: "1001"\nline1_password: "lab-1001"\n${version}${more}`;
};

/** Boots until it registered or wants its board started anew. */
async function boot({ flash = createFlash(), wanted, more, files = {} }: Site) {
  const phone = await plugIn({ flash, files: { [own]: ownFile(wanted, more) } });
  for (const [name, bytes] of Object.entries(files)) phone.lab.files.set(name, bytes);
  const wire = watchWire(phone.lab);
  await phone.clock.runUntil(
    "registered or restarted",
    () => phone.phase() === "run" || phone.restarts.length > 0,
    120_000,
  );
  await phone.clock.advance(2000);
  const registers = wire
    .udpTo(5060)
    .map(({ udp }) => new TextDecoder().decode(udp.payload))
    .filter((text) => text.startsWith("REGISTER"));
  return { phone, flash, registers, images: phone.reads().filter((name) => /offhook-/.test(name)) };
}

const runs = (phone: FilePhone): readonly string[] =>
  phone.phone.base.hal.images
    .list()
    .map(({ name, version, state, isRunning }) =>
      [name, version, state, ...(isRunning ? ["runs"] : [])].join(" "),
    );

const genuine = { [`${image}.loads`]: textFile(`${image}.sb2\r\n${image}-data.sbn\r\n`) };
const halves = (whole: Uint8Array) => ({
  [`${image}.sb2`]: whole.slice(0, 20_000),
  [`${image}-data.sbn`]: whole.slice(20_000),
});

deskTest(
  "SEED-005 START-010 another name: the image is fetched and stored, the board restarts, the new name registers",
  async () => {
    const files = { ...genuine, ...halves(bundle()) };
    const first = await boot({ wanted: image, files });
    expect(first.images).toEqual([`${image}.loads`, `${image}.sb2`, `${image}-data.sbn`]);
    expect(first.phone.restarts).toEqual(["board"]);
    expect(first.phone.phases()).not.toContain("run");
    expect(first.phone.shown()).toContain("Upgrading Software");
    expect(first.registers).toEqual([]);
    await first.phone.unplug();
    const second = await boot({ wanted: image, files, flash: first.flash });
    expect(second.images).toEqual([]); // equal: no request
    expect(second.registers[0]).toMatch(/User-Agent: Offhook\/0\.2\.0/);
    expect(runs(second.phone)).toEqual(["A 0.1.0 good", "B 0.2.0 good runs"]);
    await second.phone.unplug();
    expect([...first.phone.fatal, ...second.phone.fatal]).toEqual([]);
  },
);

deskTest("SEED-005 an empty name, or that of the running image, asks for no image", async () => {
  for (const wanted of [undefined, "", "offhook-0.1.0"]) {
    const { phone, images, registers } = await boot({ wanted, files: { ...genuine, ...halves(bundle()) } });
    expect(images).toEqual([]);
    expect(phone.restarts).toEqual([]);
    expect(registers[0]).toMatch(/User-Agent: Offhook\/0\.1\.0/);
    await phone.unplug();
  }
});

deskTest(
  "TFTP-007 an image's files are asked for only when one is due; one that lacks: told, and the running image goes on",
  async () => {
    const lacking = { ...genuine, [`${image}.sb2`]: bundle() };
    const { phone, images } = await boot({ wanted: image, files: lacking });
    expect(images).toEqual([`${image}.loads`, `${image}.sb2`, `${image}-data.sbn`]);
    expect(phone.phase()).toBe("run");
    expect(phone.restarts).toEqual([]);
    expect(phone.statuses()).toContain(`load-unavailable ${image}`);
    expect(runs(phone)).toEqual(["A 0.1.0 good runs"]);
    await phone.unplug();
    const alone = await boot({ wanted: image, files: { [`${image}.bin`]: bundle() } });
    expect(alone.images).toEqual([`${image}.loads`, `${image}.bin`]);
    expect(alone.phone.restarts).toEqual(["board"]);
    await alone.phone.unplug();
  },
);

/** NOTIFY check-sync from the call server. */
function checkSync({ phone, clock, lab }: FilePhone): Peer {
  const { address } = phone.base.hal.network.state();
  const peer = new Peer({ host: () => lab.hosts.server.stack.sockets }, clock, place.server, 5099);
  peer.target = { address: address?.address ?? "", port: 5060 };
  const to = `sip:1001@${peer.target.address}:5060`;
  peer.ask("NOTIFY", { lines: ["Event: check-sync"], uri: to, to });
  return peer;
}

deskTest(
  "SYN-007 check-sync with another level and another image: it is loaded, and the level is the phone's from then on",
  async () => {
    const files = {
      ...genuine,
      ...halves(bundle()),
      "syncinfo.xml": textFile('<SYNCINFO><IMAGE VERSION="*" SYNC="8"/></SYNCINFO>'),
    };
    const first = await boot({ wanted: undefined, files });
    expect(first.phone.phone.config()?.sync).toBe("1");
    first.phone.lab.files.set(own, textFile(ownFile(image)));
    const server = checkSync(first.phone);
    await first.phone.clock.runUntil("restarted", () => first.phone.restarts.length > 0, 60_000);
    expect(server.kinds).toEqual([200]);
    expect(first.images).toEqual([]); // nothing of it before
    await first.phone.unplug();
    const second = await boot({ wanted: image, files, flash: first.flash });
    expect(runs(second.phone)).toEqual(["A 0.1.0 good", "B 0.2.0 good runs"]);
    expect(second.registers[0]).toMatch(/User-Agent: Offhook\/0\.2\.0/);
    expect(second.phone.phone.config()?.sync).toBe("8");
    checkSync(second.phone);
    await second.phone.clock.advance(60_000);
    expect([second.phone.phase(), ...second.phone.restarts]).toEqual(["run"]); // the same level: no restart
    await second.phone.unplug();
    const raised = await boot({ wanted: image, more: 'sync: "9"\n', files, flash: first.flash });
    expect(raised.phone.phone.config()?.sync).toBe("9"); // a file's own level is applied at that boot
    await raised.phone.unplug();
  },
);

const forged: readonly (readonly [string, Uint8Array])[] = [
  ["signed by somebody else", bundle({}, "another key")],
  ["changed after it was signed", bundle().map((byte, at) => (at === 30_000 ? byte ^ 1 : byte))],
  ["for another board", bundle({ board: "proto-a" })],
  ["another image under this name (UPG-002)", bundle({ image: "offhook-0.3.0" })],
  ["no image at all", textFile("<html>404</html>")],
];
for (const [how, bytes] of forged)
  deskTest(`START-003 an image ${how} is refused with a message, and the old one runs on`, async () => {
    const { phone, flash } = await boot({ wanted: image, files: { [`${image}.bin`]: bytes } });
    expect(phone.phase()).toBe("run");
    expect(phone.restarts).toEqual([]);
    expect(phone.statuses()).toContain(`load-refused ${image}`);
    expect(runs(phone)).toEqual(["A 0.1.0 good runs"]);
    await phone.unplug();
    const again = await boot({ wanted: undefined, flash });
    expect(again.phone.phase()).toBe("run");
    await again.phone.unplug();
  });

deskTest(
  "an image that never confirms itself is not started a third time, nor fetched again; the phone says so",
  async () => {
    const first = await boot({ wanted: image, files: { [`${image}.bin`]: bundle() } });
    await first.phone.unplug();
    const dark = await plugIn({ flash: first.flash }); // starts the new one; the power goes at once
    expect(runs(dark)).toEqual(["A 0.1.0 good", "B 0.2.0 trying runs"]);
    await dark.unplug();
    const back = await boot({ wanted: image, files: { [`${image}.bin`]: bundle() }, flash: first.flash });
    expect(runs(back.phone)).toEqual(["A 0.1.0 good runs", "B 0.2.0 failed"]);
    expect(back.images).toEqual([]); // its file names it still: not fetched again
    expect(back.phone.phase()).toBe("run");
    expect(back.phone.statuses()).toContain(`load-failed ${image}`);
    await back.phone.unplug();
  },
);

deskTest(
  "START-002 the loader starts no image that does not hold; lamps light; the flash has images, settings, serial",
  async () => {
    const first = await boot({ wanted: image, files: { [`${image}.bin`]: bundle() } });
    await first.phone.unplug();
    const second = await boot({ wanted: image, flash: first.flash });
    expect(runs(second.phone)).toEqual(["A 0.1.0 good", "B 0.2.0 good runs"]);
    await second.phone.unplug();
    const stored = first.flash.images.slots.find(({ name }) => name === "B");
    if (stored === undefined) throw new Error("slot B is there since the first boot");
    stored.payload[100] = 1; // a worn block
    const drive = await openDesk({ flash: first.flash });
    const { hands } = drive.desk().hal;
    const lit = () =>
      (["message", "mute", "headset", "speaker"] as const).map((lamp) => hands.lamp(lamp).mode);
    expect(lit()).toEqual(["on", "on", "on", "on"]);
    await drive.wait(1000);
    expect(lit()).toEqual(["off", "off", "off", "off"]);
    const flash = JSON.parse(await drive.command("show flash json"));
    expect(flash.images).toMatchObject([
      { name: "A", version: "0.1.0", isRunning: true },
      { name: "B", state: "bad", isRunning: false },
    ]);
    const shelves = flash.shelves.map(({ shelf }: { readonly shelf: string }) => shelf);
    expect(shelves).toEqual(expect.arrayContaining(["settings", "directory", "config"]));
    expect(JSON.parse(await drive.command("show version json"))).toMatchObject({ serial: "SIM001122334455" });
    await drive.close();
  },
);
