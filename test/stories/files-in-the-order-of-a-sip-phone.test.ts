// The SIP profile: files one after the other, as a 7960 with the SIP image asks for them.
import { expect } from "vitest";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

deskTest(
  "BOOT-053 files are asked for in the order of the SIP image, and the phone's own file overrides the default",
  async () => {
    const t = await plugIn({
      profile: "cisco-sip",
      files: {
        "SIP001122334455.cnf": 'line1_name: "1001"\nline1_password: "lab-1001"\nphone_label: "Mine"\n',
      },
    });
    await t.reach("run");
    expect(t.reads().slice(0, 3)).toEqual(["OS79XX.TXT", "SIPDefault.cnf", "SIP001122334455.cnf"]);
    // The order of the two files that follow is not fixed (X10).
    expect([...t.reads().slice(3)].sort()).toEqual(["RINGLIST.DAT", "dialplan.xml"]);
    expect(t.phone.config()).toMatchObject({ phoneLabel: "Mine", time: { zone: "CET" } });
    expect(t.phone.view().lineKeys[0]?.state.kind).toBe("registered");
    expect(t.fatal).toEqual([]);
    await t.unplug();
  },
);

deskTest(
  "a file for another protocol is refused with one message, and the phone speaks its own",
  async () => {
    const sccp = "<device><deviceProtocol>SCCP</deviceProtocol></device>";
    const t = await plugIn({ profile: "cisco-sip", files: { "SEP001122334455.cnf.xml": sccp } });
    await t.reach("run");
    expect(t.reads()).not.toContain("SEP001122334455.cnf.xml");
    expect(t.fatal).toEqual([]);
    await t.unplug();
  },
);
