// From the disk image alone: U-Boot runs the card's script, which starts a slot, counts the starts of one on trial and goes
// back to the other. One board; its card is changed from outside between two resets.
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootMs, makeRig, type QemuRig, registeredAt, shown } from "./rig.ts";

const loaderMs = 120_000;
let rig: QemuRig;

beforeAll(async () => {
  rig = await makeRig({ startedBy: "loader" });
});
afterAll(() => rig.close());

/** What the script said of each start since power-on. */
const chosen = (): readonly string[] =>
  [
    ...rig.machine
      .serial()
      .matchAll(/offhook: slot ([AB]), confirmed=([01]), starts left (\d), other ([a-z]+)/g),
  ].map(
    ([, slot, confirmed, left, other]) =>
      `${slot} ${confirmed === "1" ? "confirmed" : `on trial, ${left} left`}, other ${other}`,
  );

const slotText = (slot: "A" | "B", tries: number): string =>
  `slot=${slot}\ntries=${tries}\ntrial=${tries > 0 ? 1 : 0}\nother=good\n`;

/** Changes the card, resets the board and waits until that many more slots were chosen: which. */
async function reset(change: () => void, count: number): Promise<readonly string[]> {
  const before = chosen().length;
  change();
  await rig.machine.outside.reset();
  return rig.machine.until(`${count} slots are chosen`, count * loaderMs, () => {
    const since = chosen().slice(before);
    return Promise.resolve(since.length >= count ? since : undefined);
  });
}

/** The slots as the phone knows them: name, state, and a mark at the one that runs. */
const slots = (): Promise<readonly string[]> =>
  rig.machine.until("the phone answers", bootMs, async () => {
    const text = await shown(rig.machine, "show version json");
    if (text === "") return undefined;
    const known = JSON.parse(text) as {
      slots: readonly { name: string; state: string; isRunning: boolean }[];
    }; // the phone's own report
    return known.slots.map(({ name, state, isRunning }) => `${name} ${state}${isRunning ? ", runs" : ""}`);
  });

test("as it is flashed: slot A starts through U-Boot from the card alone, registers, and is good", async () => {
  await registeredAt(rig.machine);
  expect(chosen()).toEqual(["A confirmed, other bad"]);
  expect(await slots()).toEqual(["A good, runs", "B bad"]);
});

test("slot B on trial: one of its three starts is taken, it registers, and is confirmed on the card", async () => {
  const { machine } = rig;
  const change = (): void => {
    machine.card.copySlot("A", "B");
    machine.card.write("slot.txt", slotText("B", 3));
  };
  expect(await reset(change, 1)).toEqual(["B on trial, 2 left, other good"]);
  await machine.until("slot B is confirmed on the card", bootMs, () =>
    Promise.resolve(/tries=0/.test(machine.card.read("slot.txt")) ? true : undefined),
  );
  await registeredAt(machine);
  expect(await slots()).toEqual(["B good, runs", "A good"]);
});

test("slot A on trial with a damaged root: the board restarts until no start is left, then B runs, and the phone says so", async () => {
  const { card } = rig.machine;
  const change = (): void => {
    card.damageRoot("A");
    card.write("slot.txt", slotText("A", 2));
  };
  expect(await reset(change, 3)).toEqual([
    "A on trial, 1 left, other good",
    "A on trial, 0 left, other good",
    "B confirmed, other failed",
  ]);
  expect(card.read("slot.txt").split("\n").sort().join(" ").trim()).toBe(
    "other=failed slot=B trial=0 tries=0",
  );
  expect(await slots()).toEqual(["B good, runs", "A failed"]);
});

test("slot.txt missing, slot.txt of rubbish: slot A; without a kernel there, slot B", async () => {
  const { card } = rig.machine;
  expect(await reset(() => card.remove("slot.txt"), 1)).toEqual(["A confirmed, other bad"]);
  const rubbish = (): void => card.write("slot.txt", "\0\xff=;reset\nslot=C\ntrial=1\ntries=3\n=\n");
  expect(await reset(rubbish, 1)).toEqual(["A confirmed, other bad"]);
  expect(await reset(() => card.remove("A/vmlinuz"), 2)).toEqual([
    "A confirmed, other bad",
    "B confirmed, other failed",
  ]);
});
