// The progress table must not flatter: naming a row proves nothing unless the test ran and passed.
import { expect, test } from "vitest";
import { judge, readReferences, readWaived, rowsNamed } from "#test/rows/report.ts";

const row = { id: "BOOT-020", item: "first wins", how: "integration" };

test("row names are found in a title once each", () => {
  expect(rowsNamed("BOOT-020 CDP answers first, SIP-034 and BOOT-020")).toEqual(["BOOT-020", "SIP-034"]);
});

test("a row that wants integration is not proven by a unit test", () => {
  const proof = { test: "BOOT-020 x", rows: ["BOOT-020"] };
  const unit = { commit: "c", proofs: [{ ...proof, file: "test/unit/cdp/x.test.ts" }] };
  const story = { commit: "c", proofs: [{ ...proof, file: "test/stories/x.test.ts" }] };
  expect(judge([row], unit, {})[0]?.state).toBe("open");
  expect(judge([row], story, {})[0]?.state).toBe("proven");
});

test("every waived row exists and has a reason", () => {
  const ids = new Set([...readReferences().values()].flat().map(({ id }) => id));
  for (const [id, reason] of Object.entries(readWaived())) {
    expect(ids, `${id} is a row`).toContain(id);
    expect(reason.length).toBeGreaterThan(20);
  }
});

test("the references have the rows their checklists promise", () => {
  const counts = Object.fromEntries([...readReferences()].map(([name, rows]) => [name, rows.length]));
  expect(counts).toEqual({
    "boot-and-provisioning": 70,
    "cisco-7960-sip": 849,
    "mitel-registration": 38,
    sccp: 75,
    "seed-coverage": 22,
  });
});
