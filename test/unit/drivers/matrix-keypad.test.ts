// The matrix keypad as a table of (ms, contacts, expected events) on a fake matrix, and on both real ports.
// While keys move a change is seen at the next scan, 5 ms later at most; the first one wakes the scan at once.
import { describe, expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import type { KeyEvent, KeyId } from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { mcp23017, pca9555 } from "#hal/drivers/expander-chips.ts";
import { createExpanderMatrix, createGpioMatrix, type KeyMatrix } from "#hal/drivers/key-matrix.ts";
import { createMatrixKeypad, type MatrixKeypadConfig } from "#hal/drivers/matrix-keypad.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { fakeI2c, fakeInput, fakeOutput, registerChip } from "./fake-bus.ts";

const map: readonly (readonly (KeyId | undefined)[])[] = [
  ["1", "4", "7"],
  ["2", "5", "8"],
  ["3", "6", undefined],
];
const config: MatrixKeypadConfig = {
  map,
  scanEveryMs: 5,
  debounceDownMs: 10,
  debounceUpMs: 20,
  canGhost: true,
};

/** A matrix without diodes: current also flows backwards through closed contacts. */
function fakeMatrix() {
  const wakeUps = new Emitter<undefined>();
  const closed = new Set<string>();
  const state = { driven: "none" as number | "all" | "none", scans: 0, isBroken: false };
  const connectedRows = (start: number): number => {
    const columns = new Set([start]);
    const rows = new Set<number>();
    for (let grown = true; grown; ) {
      grown = false;
      for (const contact of closed) {
        const [column = 0, row = 0] = contact.split(",").map(Number);
        if (columns.has(column) !== rows.has(row)) {
          columns.add(column);
          rows.add(row);
          grown = true;
        }
      }
    }
    return [...rows].reduce((mask, row) => mask | (1 << row), 0);
  };
  const matrix: KeyMatrix = {
    columns: 3,
    rows: 3,
    drive(column) {
      state.driven = column;
    },
    readRows() {
      if (state.isBroken) throw new HalError("io", "expander", "read", "no acknowledge");
      state.scans++;
      return typeof state.driven === "number" ? connectedRows(state.driven) : 0;
    },
    wakeUps,
  };
  return {
    matrix,
    state,
    set(contacts: readonly string[]) {
      closed.clear();
      for (const contact of contacts) closed.add(contact);
      wakeUps.emit(undefined);
    },
  };
}

function rig(overrides: Partial<MatrixKeypadConfig> = {}) {
  const clock = new VirtualClock({ settle: () => Promise.resolve() });
  const fake = fakeMatrix();
  const ended = new AbortController();
  const failures: HalError[] = [];
  const keypad = createMatrixKeypad({
    matrix: fake.matrix,
    config: { ...config, ...overrides },
    clock,
    failed: (error) => failures.push(error),
    signal: ended.signal,
  });
  const events: string[] = [];
  keypad.events.subscribe(
    (event: KeyEvent) => events.push(`${event.at} ${event.key} ${event.isDown ? "down" : "up"}`),
    {
      signal: ended.signal,
    },
  );
  return { clock, fake, keypad, events, ended, failures };
}

/** Rows of (at ms, contacts closed from then on); the events of the whole run. */
async function play(rows: readonly (readonly [atMs: number, contacts: readonly string[]])[], overrides = {}) {
  const { clock, fake, events } = rig(overrides);
  for (const [atMs, contacts] of rows) {
    await clock.advance(atMs - clock.now());
    fake.set(contacts);
  }
  await clock.advance(200);
  return { events, clock, fake };
}

describe("debounce", () => {
  test("a key is down after 10 ms of contact and up after 20 ms without", async () => {
    const { events } = await play([
      [0, ["1,1"]],
      [100, []],
    ]);
    expect(events).toEqual(["10 5 down", "125 5 up"]);
  });

  test("a glitch shorter than the debounce time is no key", async () => {
    const { events } = await play([
      [0, ["1,1"]],
      [7, []],
    ]);
    expect(events).toEqual([]);
  });

  test("bouncing starts the time anew", async () => {
    const { events } = await play([
      [0, ["1,1"]],
      [4, []],
      [6, ["1,1"]],
      [100, []],
    ]);
    expect(events).toEqual(["16 5 down", "121 5 up"]);
  });

  test("a break shorter than the up time is not a release", async () => {
    const { events } = await play([
      [0, ["0,0"]],
      [50, []],
      [60, ["0,0"]],
      [150, []],
    ]);
    expect(events).toEqual(["10 1 down", "175 1 up"]);
  });
});

test("slow lines: rows are read only when they have settled, 8 ms after each column", async () => {
  const { events, fake } = await play(
    [
      [0, ["2,1"]],
      [200, []],
    ],
    { settleMs: 8 },
  );
  // Three columns take 24 ms, and the next scan begins 5 ms later: found at 24, still there at 53.
  expect(events).toEqual(["53 6 down", "256 6 up"]);
  expect(fake.state.driven).toBe("all");
});

describe("several keys", () => {
  test("two keys at once are both told", async () => {
    const { events } = await play([
      [0, ["0,0"]],
      [30, ["0,0", "1,1"]],
      [100, []],
    ]);
    expect(events).toEqual(["10 1 down", "45 5 down", "125 1 up", "125 5 up"]);
  });

  test("the ghost of three keys gives no event", async () => {
    const { events } = await play([
      [0, ["0,0", "0,1"]],
      [50, ["0,0", "0,1", "1,0"]],
      [100, []],
    ]);
    expect(events).toEqual(["10 1 down", "10 4 down", "125 1 up", "125 4 up"]);
  });

  test("with diodes the third key counts", async () => {
    const { events } = await play(
      [
        [0, ["0,0"]],
        [50, ["0,0", "1,1"]],
      ],
      { canGhost: false },
    );
    expect(events).toEqual(["10 1 down", "65 5 down"]);
  });

  test("a contact where no key is changes nothing", async () => {
    const { events } = await play([[0, ["2,2"]]]);
    expect(events).toEqual([]);
  });
});

describe("idle", () => {
  test("nothing is scanned while nothing is pressed, and a row wakes it", async () => {
    const { clock, fake } = await play([
      [0, ["1,1"]],
      [50, []],
    ]);
    const before = fake.state.scans;
    await clock.advance(60_000);
    expect(fake.state.scans).toBe(before);
    expect(fake.state.driven).toBe("all");
    expect(clock.alarmCount).toBe(0);
  });

  test("a bus that fails is told and tried again", async () => {
    const { clock, fake, events, failures } = rig();
    fake.state.isBroken = true;
    fake.set(["1,1"]);
    await clock.advance(20);
    fake.state.isBroken = false;
    await clock.advance(20);
    expect(failures[0]?.code).toBe("io");
    expect(events).toEqual(["35 5 down"]);
  });

  test("its end leaves no alarm", async () => {
    const { clock, fake, ended } = rig();
    fake.set(["1,1"]);
    ended.abort();
    expect(clock.alarmCount).toBe(0);
  });
});

describe("ports", () => {
  test("GPIO columns are driven low one at a time, rows read low as closed", () => {
    const clock = new VirtualClock({ settle: () => Promise.resolve() });
    const columns = [fakeOutput(), fakeOutput()];
    const row = fakeInput(clock, true);
    const signal = new AbortController().signal;
    const matrix = createGpioMatrix({ columns: columns.map(({ line }) => line), rows: [row.line], signal });
    matrix.drive(1);
    expect(columns.map(({ level }) => level())).toEqual([true, false]);
    matrix.drive("all");
    expect(columns.map(({ level }) => level())).toEqual([false, false]);
    row.set(false);
    expect(matrix.readRows()).toBe(1);
  });

  test.each([
    { ...mcp23017, direction: 0x00, output: 0x14 },
    { ...pca9555, direction: 0x06, output: 0x02 },
  ])("$name: columns float unless driven, rows come inverted", ({ direction, output, ...chip }) => {
    const clock = new VirtualClock({ settle: () => Promise.resolve() });
    const registers = new Uint8Array(32).fill(0xff);
    const bus = fakeI2c(new Map([[0x20, registerChip(registers)]]));
    const interrupt = fakeInput(clock, true);
    const signal = new AbortController().signal;
    const matrix = createExpanderMatrix({
      bus,
      address: 0x20,
      chip,
      columns: 4,
      rows: 4,
      interrupt: interrupt.line,
      signal,
    });
    let woken = 0;
    matrix.wakeUps.subscribe(() => woken++, { signal });
    matrix.drive(2);
    expect(registers[direction]).toBe(0b11111011);
    expect(registers[output]).toBe(0);
    registers[chip.ports[1]?.input ?? 0] = 0b11110101;
    expect(matrix.readRows()).toBe(0b1010);
    interrupt.set(false);
    interrupt.set(true);
    expect(woken).toBe(1);
  });
});
