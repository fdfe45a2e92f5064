// Every time of the SCCP machine, in milliseconds, with its source (BOOT-070 wants them in one place).
import type { RetryPlan } from "#firmware/runtime/chance.ts";

/** TCP connect, per try, and tries per server (X25 of seed-coverage: project decision). */
export const connectMs = 3000;
export const connectTries = 2;
/** A look-up of the server's name and the connection together (X25: DNS 5 s). */
export const lookUpAndConnectMs = 8000;
/** From Register to RegisterAck or RegisterReject (X25; chan_skinny waits 2 s for an old session of the same device). */
export const registerAnswerMs = 10_000;
/** For CapabilitiesReq, which servers send right after the ack, before the first requests go out anyway. */
export const capabilitiesMs = 500;
/** For the button template, and for the last answer: then the phone goes on with what it has (sccp reference 5.3). */
export const setupAnswerMs = 3000;
/** After an Unregister; chan_skinny closes without an answer (5.6). */
export const unregisterMs = 2000;
/** Keepalives without an answer until a server counts as gone (5.4). */
export const mostMissedKeepalives = 3;
/** How long the answer to the last of them is waited for. */
export const lastKeepaliveMs = 2000;
/** Shortest keepalive interval obeyed: a server that says 0 or 1 would make the phone flood it. */
export const leastKeepaliveSec = 5;
/** Used when a server names none (5.4: 30 s active, 60 s standby). */
export const usualKeepaliveSec = 30;
export const usualStandbyKeepaliveSec = 60;
/** Between two looks for a better or a standby server. */
export const lookAgainMs = 30_000;
/** For RegisterTokenAck; servers without tokens never answer (chan_skinny), and then the open door counts. */
export const tokenAnswerMs = 5000;
/** Least wait after a RegisterTokenReject. */
export const leastTokenWaitSec = 10;
/** Least pause when a server of the list refused the phone: its reason stays readable (seed-coverage X2). */
export const rejectedPauseMs = 30_000;
/** Pauses after the whole list failed: growing, jittered (5.6 "retry pause", project decision). */
export const exhaustedPlan: RetryPlan = { firstMs: 5000, factor: 2, maxMs: 120_000, jitter: 0.25 };
