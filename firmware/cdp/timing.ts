// When CDP speaks, how long it remembers (reference boot-and-provisioning 2.5 to 2.7). All are the
// project's decisions unless a source is named: no public standard fixes them.

/** Queries after carrier: at once and until +2 s, until a frame answers (2.6 steps 1 and 2; U-Boot sends three, 250 ms apart). */
export const queryAtMs = [0, 250, 500, 1000, 2000] as const;

/** Both sides announce themselves so often (observed on Catalyst switches, 2.5). */
export const announceEveryMs = 60_000;

/** Announcements out of turn (address, duplex, power) are at least so far apart (decision). */
export const announceGapMs = 1000;

/** TTL of our frames, 180 s on every published frame (2.1). */
export const holdSec = 180;

/** Neighbours remembered; the one heard longest ago makes room (2.7 rule 6). */
export const mostNeighbours = 4;
