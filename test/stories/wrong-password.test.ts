// The registrar knows another password, or does not want the phone: a reason on the screen, and a pause, no tight loop.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "BOOT-063 a wrong password: who refused whom, a pause that grows, registered once the server knows better",
  { needs: ["lab"], fault: "wrong-password" },
  async (rig) => {
    await rig.reads(
      "Wrong password",
      "10.77.110.1:5060 refuses the password of 1001.",
      "Correct the line's password in the configuration.",
      "Next try in",
    );
    await rig.wait(300_000);
    expect((await rig.show("boot")).phase).toBe("register");
    expect(rig.saw({ by: "sip 1", what: "REGISTER" }).length).toBeLessThanOrEqual(20);
    rig.lab.setFault(undefined);
    await rig.ready(1_900_000);
    expect(await rig.shows("Wrong password")).toBe(false);
  },
);

story(
  "BOOT-063 a registrar that says no: its reason in its own words, a pause, no tight loop",
  { needs: ["lab"], fault: "registrar-rejects" },
  async (rig) => {
    await rig.reads("Registration rejected", "10.77.110.1:5060 says: Forbidden.", "Next try in");
    await rig.wait(300_000);
    expect(rig.saw({ by: "sip 1", what: "REGISTER" }).length).toBeLessThanOrEqual(20);
  },
);

story(
  "a wrong password that is put right: told who refused whom, registered after a restart",
  { fault: "wrong-password" },
  async (rig) => {
    const { registrar, user } = rig.around.place;
    await rig.reads("Wrong password", `${registrar} refuses the password of ${user}.`, "Next try in");
    expect((await rig.show("boot")).phase).toBe("register");
    await rig.around.fault(undefined);
    await rig.drive.command("restart");
    await rig.ready();
    expect(await rig.shows("Wrong password")).toBe(false);
  },
);
