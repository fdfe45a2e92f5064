// LLDP frames from a hostile switch: decoded, believed, encoded again.
import { decodeLldpFrame, encodeLldpFrame } from "#firmware/lldp/messages.ts";
import { neighbourOf } from "#firmware/lldp/neighbour.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const frames = [...vectors("lldp/frames"), ...vectors("lldp/golden")].map(({ bytes }) => bytes);

export const lldpTargets: readonly FuzzTarget[] = [
  {
    name: "lldp-frame",
    seeds: frames,
    run(bytes) {
      const frame = decodeLldpFrame(bytes);
      neighbourOf(frame);
      decodeLldpFrame(encodeLldpFrame(frame));
    },
  },
];
