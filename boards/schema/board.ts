// What a board is: data about a handset, and one function that opens its parts. Nothing else knows a board.
import { ConfigError } from "#hal/contract/errors.ts";
import type { Hal } from "#hal/contract/hal.ts";
import {
  digitKeys,
  type KeyId,
  type LampId,
  lineKeys,
  type PanelGeometry,
  softKeys,
} from "#hal/contract/panel.ts";

/** Facts about a handset that the firmware asks for; everything it needs to know beside the parts themselves. */
export interface BoardFacts {
  /** Folder name under boards/. */
  readonly name: string;
  readonly description: string;
  /** How many line keys there are: 6 on a 7960-like handset, 2 on a 7940-like one. */
  readonly lineKeyCount: number;
  readonly panel: PanelGeometry;
  readonly keys: readonly KeyId[];
  readonly lamps: readonly LampId[];
  readonly hasHeadset: boolean;
  /** Power asked of the switch, in milliwatts at the PD; undefined where the board is not powered by PoE. */
  readonly requestedMilliwatts: number | undefined;
  /** Interface name of the network port; undefined where it is chosen at start. */
  readonly networkInterface: string | undefined;
  /** Interface name of the port for a computer; undefined where the board has none, or it is chosen at start. */
  readonly pcPortInterface: string | undefined;
}

/** A board opens with what its tier needs: a simulated cable, an interface name, nothing at all. */
export interface Board<Options> {
  readonly facts: BoardFacts;
  open(options: Options): Promise<Hal>;
}

/** Throws ConfigError naming board, part, field, value and expectation. One test runs this over all boards. */
export function checkBoard(facts: BoardFacts): void {
  const wrong = (place: string, expected: string): never => {
    throw new ConfigError("bad-value", `board ${facts.name}`, place, expected);
  };
  for (const key of [...digitKeys, ...softKeys]) {
    if (!facts.keys.includes(key)) wrong("keypad.keys", `has ${facts.keys.join(" ")}; ${key} belongs too`);
  }
  if (new Set(facts.keys).size !== facts.keys.length) wrong("keypad.keys", "names each key once");
  if (
    !Number.isInteger(facts.lineKeyCount) ||
    facts.lineKeyCount < 1 ||
    facts.lineKeyCount > lineKeys.length
  ) {
    wrong("lineKeyCount", `is ${facts.lineKeyCount}, 1 to ${lineKeys.length} belongs`);
  }
  for (const key of lineKeys.slice(0, facts.lineKeyCount)) {
    if (!facts.keys.includes(key))
      wrong("keypad.keys", `has no ${key}, lineKeyCount is ${facts.lineKeyCount}`);
  }
  checkPanel(facts.panel, wrong);
}

function checkPanel(panel: PanelGeometry, wrong: (place: string, expected: string) => never): void {
  if (panel.kind === "cells") {
    if (panel.columns >= 16 && panel.rows >= 2) return;
    wrong("panel", `is ${panel.columns} × ${panel.rows} cells, 16 × 2 is the least`);
  } else if (panel.width < 128 || panel.height < 64) {
    wrong("panel", `is ${panel.width} × ${panel.height} pixels, 128 × 64 is the least`);
  }
}
