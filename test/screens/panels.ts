// The panels that screens are drawn for: those of the boards, and the smallest there are.
import type { PanelGeometry } from "#hal/contract/panel.ts";

/** Name and geometry. */
export const panels: readonly (readonly [name: string, geometry: PanelGeometry])[] = [
  ["7960-240x120-grey", { kind: "pixels", width: 240, height: 120, depthBits: 2 }],
  ["proto-320x240-colour", { kind: "pixels", width: 320, height: 240, depthBits: 24 }],
  ["small-128x64-mono", { kind: "pixels", width: 128, height: 64, depthBits: 1 }],
  ["cells-20x4", { kind: "cells", columns: 20, rows: 4 }],
  ["cells-16x2", { kind: "cells", columns: 16, rows: 2 }],
];
