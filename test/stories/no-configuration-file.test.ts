// Files that are not there: none at all keeps the phone asking, a missing one of its own leaves it without a line.
import { expect } from "vitest";
import type { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

story(
  "no file of any name: the phone says which one to make, asks again ever less often, and takes it when it is there",
  { needs: ["lab"], fault: "no-files" },
  async (rig) => {
    await rig.reads(
      "No configuration file",
      "10.77.110.1 has none for this phone.",
      "Put one on the TFTP server: SEP001122334455.cnf.xml.",
      "Next try in",
    );
    await rig.wait(60_000);
    expect((await rig.show("boot")).phase).toBe("config");
    rig.lab.setFault(undefined);
    await rig.ready(130_000);
    expect(await rig.shows("No configuration file")).toBe(false);
  },
);

story(
  "START-015 only the default file is there: the phone comes up, says that it is unprovisioned, and cannot call",
  { needs: ["lab"], fault: "file-not-found" },
  async (rig) => {
    await rig.ready();
    await rig.reads("Phone Unprovisioned", "The configuration names no server or no line.");
    expect((await rig.phase("register")).endedBy).toBe("not needed: no line is provisioned");
    expect(rig.saw({ what: "REGISTER" })).toEqual([]);
    await rig.lift();
    await rig.press("600");
    await rig.wait(10_000);
    expect(rig.saw({ what: "INVITE" })).toEqual([]);
    await rig.hangUp();
  },
);

story(
  "files that come late: the phone says what is missing, and takes them",
  { fault: "no-files" },
  async (rig) => {
    const { server } = rig.around.place;
    await rig.reads("No configuration file", `${server} has none for this phone.`, "Next try in");
    await rig.around.fault(undefined);
    await rig.ready(45_000);
    expect(await rig.shows("No configuration file")).toBe(false);
  },
);

story(
  "a handset without a file of its own says so and cannot call",
  { fault: "file-not-found" },
  async (rig) => {
    await rig.ready();
    await rig.reads("Phone Unprovisioned", "The configuration names no server or no line.");
    expect((await rig.phase("register")).endedBy).toBe("not needed: no line is provisioned");
    await rig.lift();
    await rig.press("600");
    await rig.stays("no call goes out", async () => !(await hasLiveCall(rig)), 2000);
  },
);

async function hasLiveCall(rig: Rig): Promise<boolean> {
  const { calls } = await rig.show("calls");
  return calls.some(({ state }) => state === "ring-out" || state === "connected");
}
