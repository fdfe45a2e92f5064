// Checks a handset's data: what two parts claim, what is out of range, which key or lamp has no wire. Every complaint
// names board, part, field, value and what belongs there.
import { ConfigError } from "#hal/contract/errors.ts";
import { checkBoard } from "./board.ts";
import { type HandsetData, type I2cPlace, numbered } from "./handset-data.ts";

type Wrong = (place: string, expected: string) => never;

/** Throws ConfigError for the first thing that is wrong. */
export function checkHandset(data: HandsetData): void {
  const wrong: Wrong = (place, expected) => {
    throw new ConfigError("bad-value", `board ${data.facts.name}`, place, expected);
  };
  checkBoard(data.facts);
  checkLines(data, wrong);
  checkI2c(data, wrong);
  checkSpi(data, wrong);
  checkKeys(data, wrong);
  checkHook(data, wrong);
  checkLamps(data, wrong);
}

/** No line twice; lines of an expander exist. */
function checkLines({ wiring }: HandsetData, wrong: Wrong): void {
  const owners = new Map<string, string>();
  for (const [group, lines] of [
    ["kernel", wiring.kernel],
    ["lines", wiring.lines],
  ] as const) {
    for (const [name, { chip, line }] of Object.entries(lines)) {
      const place = `${group}["${name}"].line`;
      const lineCount = (wiring.expanders[chip]?.chip.ports.length ?? Number.POSITIVE_INFINITY) * 8;
      if (!Number.isInteger(line) || line < 0 || line >= lineCount)
        wrong(place, `is ${line} of "${chip}", 0 to ${lineCount - 1} belongs`);
      const id = `${chip} ${line}`;
      const owner = owners.get(id);
      if (owner !== undefined)
        wrong(place, `is ${line} of "${chip}", a line that "${owner}" does not have already belongs`);
      owners.set(id, name);
    }
  }
  for (const [name, { interrupt, pollMs }] of Object.entries(wiring.expanders)) {
    if (interrupt !== undefined && wiring.lines[interrupt]?.direction !== "in")
      wrong(`expanders["${name}"].interrupt`, `is "${interrupt}", the name of an input line belongs`);
    if (interrupt === undefined && !(pollMs >= 5 && pollMs <= 1000))
      wrong(`expanders["${name}"].pollMs`, `is ${pollMs}, 5 to 1000 belongs`);
  }
}

/** Addresses are seven bits (0x00–0x07 and 0x78–0x7f are reserved, UM10204 table 4) and used once per bus. */
function checkI2c({ wiring }: HandsetData, wrong: Wrong): void {
  const owners = new Map<string, string>();
  const places: [string, Pick<I2cPlace, "bus" | "address">][] = [
    ...Object.entries(wiring.expanders),
    ...Object.entries(wiring.i2c),
  ];
  for (const [name, { bus, address }] of places) {
    const place = `i2c["${name}"].address`;
    const shown = `0x${address.toString(16)}`;
    if (!Number.isInteger(address) || address < 0x08 || address > 0x77)
      wrong(place, `is ${shown}, 0x08 to 0x77 belongs`);
    const owner = owners.get(`${bus} ${address}`);
    if (owner !== undefined)
      wrong(place, `is ${shown} on bus ${bus}, an address that "${owner}" does not have already belongs`);
    owners.set(`${bus} ${address}`, name);
  }
}

function checkSpi({ wiring }: HandsetData, wrong: Wrong): void {
  const owners = new Map<string, string>();
  for (const [name, { bus, chipSelect, maxSpeedHz }] of Object.entries(wiring.spi)) {
    const owner = owners.get(`${bus}.${chipSelect}`);
    if (owner !== undefined)
      wrong(
        `spi["${name}"].chipSelect`,
        `is ${bus}.${chipSelect}, one that "${owner}" does not have belongs`,
      );
    owners.set(`${bus}.${chipSelect}`, name);
    if (!(maxSpeedHz >= 100_000 && maxSpeedHz <= 125_000_000))
      wrong(`spi["${name}"].maxSpeedHz`, `is ${maxSpeedHz}, 100000 to 125000000 belongs`);
  }
}

/** Every key of the facts is wired exactly once, and nothing else is. */
function checkKeys({ facts, wiring, matrix, direct }: HandsetData, wrong: Wrong): void {
  const inMatrix = matrix?.map.flat().filter((key) => key !== undefined) ?? [];
  const wired = [...inMatrix, ...(direct?.keys ?? [])];
  for (const key of facts.keys) {
    const times = wired.filter((other) => other === key).length;
    if (times !== 1) wrong("keypad.map", `has ${key} ${times} times, once belongs`);
  }
  for (const key of wired)
    if (!facts.keys.includes(key)) wrong("keypad.map", `has ${key}, one of facts.keys belongs`);
  for (const key of direct?.keys ?? [])
    if (wiring.lines[`key ${key}`]?.direction !== "in")
      wrong(`lines["key ${key}"]`, "is not wired, an input belongs");
  if (matrix === undefined) return;
  const rowCount = Math.max(...matrix.map.map((rows) => rows.length));
  const isOnExpander = "keypad" in wiring.expanders;
  const names = { in: numbered("keypad row", rowCount), out: numbered("keypad column", matrix.map.length) };
  for (const direction of isOnExpander ? [] : (["in", "out"] as const)) {
    for (const name of names[direction])
      if (wiring.lines[name]?.direction !== direction)
        wrong(`lines["${name}"]`, `is not wired as "${direction}", the map has ${names[direction].length}`);
  }
  for (const field of ["scanEveryMs", "debounceDownMs", "debounceUpMs"] as const)
    if (!(matrix[field] >= 1 && matrix[field] <= 200))
      wrong(`keypad.${field}`, `is ${matrix[field]}, 1 to 200 belongs`);
}

function checkHook({ wiring, hook }: HandsetData, wrong: Wrong): void {
  if (wiring.lines["hook"]?.direction !== "in") wrong('lines["hook"]', "is not wired, an input belongs");
  if (!(hook.settleMs >= 1 && hook.settleMs <= 500))
    wrong("hook.settleMs", `is ${hook.settleMs}, 1 to 500 belongs`);
  if (hook.flash !== undefined && !(hook.flash.minMs > hook.settleMs && hook.flash.maxMs > hook.flash.minMs))
    wrong(
      "hook.flash",
      `is ${hook.flash.minMs} to ${hook.flash.maxMs}, a span above settleMs (${hook.settleMs}) belongs`,
    );
}

function checkLamps({ facts, wiring }: HandsetData, wrong: Wrong): void {
  for (const lamp of facts.lamps)
    if (wiring.lines[`lamp ${lamp}`]?.direction !== "out")
      wrong(`lines["lamp ${lamp}"]`, "is not wired, an output belongs");
  for (const name of Object.keys(wiring.lines))
    if (name.startsWith("lamp ") && !(facts.lamps as readonly string[]).includes(name.slice(5)))
      wrong(`lines["${name}"]`, `is a lamp that facts.lamps does not have: ${facts.lamps.join(" ")}`);
}
