// `capture start` before the phone boots, a call, `capture stop`: a file for Wireshark with everything but the secrets.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "a capture of boot and call holds every conversation and no secret",
  { needs: ["lab"] },
  async (rig) => {
    const folder = mkdtempSync(join(tmpdir(), "offhook-capture-"));
    try {
      const file = join(folder, "boot.pcapng");
      const wire = rig.lab.capture();
      await rig.drive.command(`capture start ${file}`);
      await expect(rig.drive.command(`capture start ${file}`)).rejects.toThrow(/is running/);
      await rig.ready();
      await rig.lift();
      await rig.press("600");
      await rig.call("connected", 20_000);
      await rig.hangUp();
      await rig.noCalls();
      // The first frame left at power-on, before anybody could ask for a capture.
      expect(await rig.drive.command("capture stop")).toBe(`${wire.frameCount - 1} packets`);
      await expect(rig.drive.command("capture stop")).rejects.toThrow(/no capture is running/);
      await expect(rig.drive.command(`capture start ${folder}/not/there`)).rejects.toThrow(/ENOENT/);
      const text = readFileSync(file, "latin1");
      const onTheWire = String.fromCharCode(...wire.bytes().subarray(0, 60_000));
      expect(onTheWire).toContain("lab-1001");
      expect(text).not.toContain("lab-1001");
      expect(text).toContain('line1_password: "xxxxxxxx"');
      expect(onTheWire).toMatch(/response="[0-9a-f]{32,}"/);
      expect(text).toMatch(/response="x{32,}"/);
      expect(text).not.toMatch(/response="[0-9a-f]/);
      expect(text).toContain("INVITE sip:600@");
      expect(text).toContain("SIPDefault.cnf");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
