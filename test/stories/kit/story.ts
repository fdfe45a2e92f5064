// A story is told once and runs on every tier that has what it needs. The tier of a run comes from the vitest project;
// a tier that cannot tell a story says why, and test/skips.ts compares that with test/skips.json.
import { expect, type TestContext, test } from "vitest";
import { type DeskDrive, type DeskOptions, deskCan, openDesk } from "./desk.ts";
import { netCan, openNet } from "./net.ts";
import { isNetFault } from "./net-around.ts";
import { type Capability, type Drive, Rig, type Tier } from "./rig.ts";

/** What a story needs, and how its network is set. */
export interface StoryNeeds extends DeskOptions {
  readonly needs?: readonly Capability[];
}

declare module "vitest" {
  interface TaskMeta {
    /** Why this tier did not run it. */
    skipped?: string;
    /** Why the net tier will not run it: told on the desk, so that a list which lacks it is noticed at once. */
    notOnNet?: string;
  }
}

const tier = (process.env["OFFHOOK_TIER"] ?? "desk") as Tier; // the vitest project says it

/** Nothing but the desk can set these. */
const deskOptions = ["settings", "flash", "model", "profile", "dhcpProfile", "files", "seed"] as const;

/** Why this tier cannot tell the story; undefined: it can. The one place that decides it. */
function whyNot(tier: Tier, needs: StoryNeeds): string | undefined {
  if (tier !== "desk" && tier !== "net") return `the ${tier} tier has no drive for stories`;
  const can = tier === "desk" ? deskCan : netCan;
  const wanted = [
    ...(needs.needs ?? []),
    ...(deskOptions.some((name) => needs[name] !== undefined) ? (["lab"] as const) : []),
  ];
  const missing = wanted.filter((capability) => !can.has(capability));
  const first = missing.includes("lab") ? "lab" : missing[0];
  if (first !== undefined) return `the ${tier} tier has no ${first}`;
  if (tier === "net" && needs.fault !== undefined && !isNetFault(needs.fault))
    return `no server plays ${needs.fault}`;
  return undefined;
}

/** Tells it here, or says why not. */
async function tellOrSkip(
  { task, skip }: TestContext,
  why: (tier: Tier) => string | undefined,
  tell: () => Promise<void> | void,
): Promise<void> {
  const [here, onNet] = [why(tier), why("net")];
  if (tier === "desk" && onNet !== undefined) task.meta.notOnNet = onNet;
  if (here === undefined) {
    await tell();
    return;
  }
  task.meta.skipped = here;
  skip(here);
}

/**
 * Registers the story with the test runner. Beside what it tells, it fails on the desk when an error was left to nobody,
 * or when an alarm is still set once handset and network are gone.
 */
export function story(
  name: string,
  needs: StoryNeeds,
  tell: (rig: Rig, desk: DeskDrive) => Promise<void>,
): void {
  test(name, (context) =>
    tellOrSkip(
      context,
      (where) => whyNot(where, needs),
      () => (tier === "desk" ? onDesk(needs, tell) : onNet(needs, tell)),
    ),
  );
}

async function onDesk(needs: StoryNeeds, tell: (rig: Rig, desk: DeskDrive) => Promise<void>): Promise<void> {
  const drive = await openDesk(needs);
  try {
    await tell(new Rig(drive), drive);
  } finally {
    await drive.close();
  }
  expect(drive.fatal).toEqual([]);
  expect(drive.clock.alarmCount, "alarms left").toBe(0);
}

async function onNet(needs: StoryNeeds, tell: (rig: Rig, desk: DeskDrive) => Promise<void>): Promise<void> {
  const drive = await openNet(needs);
  try {
    await tell(new Rig(drive), notHere(drive));
  } finally {
    await drive.close();
  }
}

/** A story that looks at the desk says that it needs the inside. */
function notHere(drive: Drive): DeskDrive {
  return new Proxy(drive, {
    get(_target, name) {
      throw new Error(`${String(name)}: this story did not say that it needs the inside`);
    },
  }) as DeskDrive; // never used as one
}

/** A test that plays with parts of the handset and network in this process: the desk tier alone. */
export function deskTest(name: string, tell: () => Promise<void> | void): void {
  const why = (where: Tier) => (where === "desk" ? undefined : `the ${where} tier has no inside`);
  test(name, (context) => tellOrSkip(context, why, tell));
}

/** The same with several whole phones. */
export function phonesTest(name: string, tell: () => Promise<void>): void {
  const why = (where: Tier) => (where === "desk" ? undefined : `the ${where} tier has one handset`);
  test(name, (context) => tellOrSkip(context, why, tell));
}
