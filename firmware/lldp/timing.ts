// When LLDP speaks, how long it remembers (reference boot-and-provisioning 3.1, 3.4).

/** Fast start: one frame a second, so many, at carrier and for a new LLDP-MED neighbour (TIA-1057: 1 s, 3 by default). */
export const fastStartMs = 1000;
export const fastStartFrames = 3;

/** Afterwards (802.1AB msgTxInterval). */
export const announceEveryMs = 30_000;

/** Four intervals (802.1AB msgTxHold). */
export const holdSec = 120;

/** Between frames out of turn (802.1AB txDelay). */
export const announceGapMs = 2000;

/** Neighbours remembered: as for CDP (reference 2.7 rule 6, decision). */
export const mostNeighbours = 4;
