// A site with call managers: how its settings are changed for a story, and what a story asks of them.
import { expect } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import type { ManagerName } from "#test/lab/call-managers.ts";
import type { LabCallManager } from "#test/lab/sccp/call-manager.ts";
import { type CallManagerPlay, chanSccp, chanSkinny } from "#test/lab/sccp/play.ts";
import type { LabSettings, RegistrarState } from "#test/lab/settings.ts";
import type { Rig } from "#test/stories/kit/rig.ts";

/** Both captured servers, by name; a story told for each is in a `for` over these. */
export const servers: readonly (readonly [string, CallManagerPlay])[] = [
  ["chan_skinny", chanSkinny],
  ["chan-sccp", chanSccp],
];

/** Settings of a site whose phones are call managers' phones. */
export const site =
  (play: CallManagerPlay = chanSkinny, change: Partial<CallManagerPlay> = {}) =>
  (settings: LabSettings): LabSettings => ({
    ...settings,
    protocol: "sccp",
    sccp: { ...settings.sccp, play: { ...play, ...change } },
  });

/** A call manager that runs. */
export function manager(rig: Rig, name: ManagerName = "first"): LabCallManager {
  const found = rig.lab.callManager(name);
  if (found === undefined) throw new Error(`the ${name} call manager does not run`);
  return found;
}

/** Starts, stops or silences call managers. */
export function setServers(rig: Rig, states: Partial<Record<ManagerName, RegistrarState>>): void {
  rig.lab.change((settings) => {
    const { sccp } = settings;
    return { ...settings, sccp: { ...sccp, servers: { ...sccp.servers, ...states } } };
  });
}

/** Which server has the phone. */
export async function serverOf(rig: Rig): Promise<string | null> {
  const { lines } = await rig.show("register");
  const [line] = lines;
  return line?.state === "registered" ? line.server : null;
}

/** What is said comes back, from now on. */
export async function hearsEcho(rig: Rig, listenMs = 1500): Promise<void> {
  rig.ears.forget();
  const before = rig.ears.said().length;
  await rig.wait(listenMs);
  const { match } = audioMatch(rig.ears.said().subarray(before), rig.ears.heard(), 8000);
  expect(match).toBeGreaterThan(0.9);
}

/** Loudest sample heard within a while. */
export async function loudest(rig: Rig, listenMs = 500): Promise<number> {
  rig.ears.forget();
  await rig.wait(listenMs);
  return rig.ears.heard().reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** Nothing of a call is left on the panel, in the ear or on the network. */
export async function idle(rig: Rig): Promise<void> {
  await rig.noCalls();
  await rig.wait(6000); // what the server shows everybody for 5 s is over, too
  const { rows, softkeys, lamps } = await rig.show("lcd");
  expect(rows.at(-1)).toBe("Your current options");
  expect(softkeys.slice(0, 2)).toEqual(["Redial", "NewCall"]);
  expect([lamps["line1"], lamps["message"], lamps["speaker"]]).toEqual(["off", "off", "off"]);
  expect(await loudest(rig)).toBe(0);
}
