// Every number of the boot machine, each with its source. Numbers of one protocol alone stand in that folder's timing.ts
// (firmware/cdp, firmware/lldp, firmware/dhcp). "Reference" is boot-and-provisioning.
import type { RetryPlan } from "#firmware/runtime/chance.ts";
import type { Phase, TroubleCode } from "./notices.ts";

/** Reading the power state must not hold the boot up longer (reference 0, state POWER: decision). */
export const powerBudgetMs = 200;

/**
 * After how long in a phase the screen changes when nobody said what is wrong (reference 0: "a message that never
 * changes means a fault"; decisions). `power` ends itself, `vlan` gives up by itself, `run` is where it belongs.
 */
export const phaseBoundMs: Readonly<Record<Phase, number | undefined>> = {
  power: undefined,
  image: 2000,
  link: 3000,
  vlan: 2500,
  ip: 5000,
  config: 10_000,
  load: 60_000,
  register: 10_000,
  run: undefined,
};

/** A shorter loss of carrier changes nothing but a check of the lease (reference 2.6 step 6). */
export const linkForgetMs = 1000;

/** CDP answered without a voice VLAN: how long LLDP may still name one (reference 2.6 step 3b). */
export const lldpChanceMs = 3000;

/** No answer at all: going on untagged (reference 2.6 step 4, seed-coverage X14). */
export const discoveryEndMs = 6000;

/** Resets because of a changed VLAN: so far apart, and so many in an hour (reference 2.6 step 5). */
export const vlanResetGapMs = 60_000;
export const vlanResetsPerHour = 3;
export const hourMs = 3_600_000;

/** 802.1p where only CDP named the VLAN, which carries none (reference 2.6: Mitel guide). */
export const cdpPriority = 5;

/** No server of the list answers: 30 s (reference 7 step 5), then growing, spread so that a site does not come back in step (decision). */
export const exhaustedPlan: RetryPlan = { firstMs: 30_000, factor: 2, maxMs: 600_000, jitter: 0.25 };

/** The server knows the phone not: reason on the screen, then RESTART (reference 7 step 3). */
export const rejectedPauseMs = 30_000;

/** The kernel refused the address: next attempt (decision). */
export const addressRetryMs = 5000;

/** A configuration is in force, but nobody said which image it wants (decision). */
export const loadDecisionMs = 1000;

/** Crashes or failed boots in a row that lead to safe mode (architecture 7). */
export const safeModeAfter = 3;

/** So long without a crash proves an image where no call server answers (architecture 7, update rules). */
export const healthyMs = 300_000;

/** How long after power-up `*` erases the PIN; later it never does (reference seed-coverage X27). */
export const starErasesPinMs = 5000;

/**
 * What is as it should be on a network without a voice VLAN: told while it may be news, then left to the timeline. So
 * long after the registration the idle screen is the person's again (decision).
 */
export const passingNotes: readonly TroubleCode[] = ["vlan-silent-switch", "vlan-none"];
export const passingNoteMs = 60_000;

/** Warnings kept for the screen, newest last (decision). */
export const mostWarnings = 8;
