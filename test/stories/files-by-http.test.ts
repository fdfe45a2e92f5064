// HTTP on port 6970 first, where a configuration switched it on: 404 and refusal fall back to TFTP.
import { expect } from "vitest";
import { createFlash } from "#hal/sim/storage.ts";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const text = 'line1_name: "1001"\nline1_password: "lab-1001"\noffhook_http_files: 1\n';

deskTest(
  "BOOT-055 from the second boot on files come by HTTP; what HTTP does not have is asked for by TFTP",
  async () => {
    const flash = createFlash();
    const first = await plugIn({ flash, files: { [own]: text } });
    await first.reach("run");
    await first.clock.advance(1000);
    expect(first.reads().filter((name) => name.startsWith("http"))).toEqual([]);
    await first.unplug();
    const second = await plugIn({ flash, files: { [own]: text } });
    await second.reach("run");
    await second.clock.advance(1000);
    expect(second.reads().slice(0, 2)).toEqual(["http SIPDefault.cnf", `http ${own}`]);
    const rings = second.reads().filter((name) => name.includes("RINGLIST"));
    expect(rings).toEqual(["http RINGLIST.DAT", "RINGLIST.DAT"]);
    await second.unplug();
    expect([...first.fatal, ...second.fatal]).toEqual([]);
  },
);
