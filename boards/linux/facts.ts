// Any Linux host as a handset: a colour panel as on the first prototype, all keys, a real network card.

import type { BoardFacts } from "#boards/schema/board.ts";
import { digitKeys, functionKeys, lampIds, lineKeys, softKeys } from "#hal/contract/panel.ts";

export const facts = {
  name: "linux",
  description: "a Linux host: real network, simulated front panel",
  lineKeyCount: 6,
  panel: { kind: "pixels", width: 320, height: 240, depthBits: 24 },
  keys: [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys],
  lamps: lampIds,
  hasHeadset: true,
  requestedMilliwatts: undefined,
  networkInterface: undefined,
  pcPortInterface: undefined,
} as const satisfies BoardFacts;
