// Levels: references say dBm at the line, the engine wants dB relative to full scale.

/** 0 dBm0 lies 3.17 dB below the largest sine that µ-law can carry (ITU-T G.711). */
const headroomDb = 3.17;

/** Level of a sine of `dbm` at the line, dB relative to full scale. */
export const lineLevelDbfs = (dbm: number): number => dbm - headroomDb;
