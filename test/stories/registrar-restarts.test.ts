// The registrar stops for a minute and forgets everybody: the idle screen says so, calls work again when it is back.
import { expect } from "vitest";
import { story } from "./kit/story.ts";

story(
  "a registrar that was restarted: the line says why it is not registered, registers again, and is called",
  { needs: ["lab", "echo"], fault: "registrar-restarts" },
  async (rig) => {
    await rig.ready();
    await rig.until("the line fails", async () => (await rig.line1())?.state === "failed", 70_000);
    await rig.reads("Line 1: server not reachable", "Nothing accepts registrations at the server's address.");
    expect((await rig.show("boot")).phase).toBe("run");
    await rig.until("registered again", async () => (await rig.line1())?.state === "registered", 120_000);
    expect(await rig.shows("not reachable")).toBe(false);
    await rig.lift();
    await rig.press("600");
    await rig.call("connected", 20_000);
    await rig.hangUp();
    await rig.noCalls();
  },
);

story(
  "a registrar that is away for a while is missed at the next refresh and found again",
  { needs: ["echo"], expiresSec: 8 },
  async (rig) => {
    await rig.ready();
    await rig.around.fault("registrar-refuses");
    await rig.until("the line fails", async () => (await rig.line1())?.state === "failed", 20_000);
    await rig.reads("Line 1: server not reachable");
    expect((await rig.show("boot")).phase).toBe("run");
    await rig.around.fault(undefined);
    await rig.until("registered again", async () => (await rig.line1())?.state === "registered", 60_000);
    expect(await rig.shows("not reachable")).toBe(false);
    await rig.lift();
    await rig.press("600");
    await rig.call("connected", 20_000);
    await rig.hangUp();
    await rig.noCalls();
  },
);
