// What chan-sccp offers beyond: three in one call, and a call parked and fetched again.
import { expect } from "vitest";
import { chanSccp } from "#test/lab/sccp/play.ts";
import { story } from "#test/stories/kit/story.ts";
import { hearsEcho, idle, manager, site } from "./site.ts";

const needs = { needs: ["lab", "sound"] as const, settings: site(chanSccp) };

story("SCCP-053 conference: the held one is brought in, the phone keeps one call", needs, async (rig) => {
  await rig.ready();
  manager(rig).ring("1001", { number: "1009", name: "Ann" });
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  await rig.softkey("more");
  await rig.softkey("Confrn");
  await rig.call("hold");
  await rig.press("600");
  await rig.call("connected");
  while (!(await rig.shows("Confrn"))) await rig.softkey("more");
  await rig.softkey("Confrn");
  await rig.until("one call", async () => (await rig.show("calls")).calls.length === 1);
  await rig.reads("Conference");
  expect((await rig.call("connected")).state).toBe("connected");
  await hearsEcho(rig);
  await rig.hangUp();
  await idle(rig);
});

story("park: the number stands on the panel, and dialling it has the call back", needs, async (rig) => {
  await rig.ready();
  manager(rig).ring("1001", { number: "1009", name: "Ann" });
  await rig.call("ring-in");
  await rig.lift();
  await rig.call("connected");
  while (!(await rig.shows("Park"))) await rig.softkey("more");
  await rig.softkey("Park");
  await rig.reads("701");
  await rig.noCalls();
  await rig.hangUp();
  await rig.lift();
  await rig.press("701");
  await rig.call("connected");
  await hearsEcho(rig);
  await rig.hangUp();
  await rig.wait(5000);
  await idle(rig);
});
