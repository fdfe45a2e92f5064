// Which options are asked for, and how blocks are numbered.
import { expect, test } from "vitest";
import { chooseOffer, fullOffer } from "#firmware/tftp/options.ts";
import { blockNumber } from "#firmware/tftp/timing.ts";

test.each([
  // name, size last time, plain?, offered?
  ["SIPDefault.cnf", undefined, false, false],
  ["SIPDefault.cnf", 1023, false, false],
  ["SIPDefault.cnf", 1024, false, true],
  ["SEP00005E005301.cnf.xml", undefined, false, true],
  ["SEP00005E005301.cnf.xml", 400, false, false],
  ["SEP00005E005301.cnf.xml", 9000, true, false],
] as const)(
  "%s of %s bytes last time, plain %s: options %s",
  (fileName, expectedBytes, isPlain, isOffered) => {
    expect(chooseOffer({ fileName, expectedBytes, isPlain })).toEqual(isOffered ? fullOffer : undefined);
  },
);

test("blocks are numbered in 16 bits, after 65535 from 0 or from 1", () => {
  expect([0, 1, 65_535, 65_536, 65_537, 131_072].map((index) => blockNumber(index, 0))).toEqual([
    0, 1, 65_535, 0, 1, 0,
  ]);
  expect([65_535, 65_536, 131_070, 131_071].map((index) => blockNumber(index, 1))).toEqual([
    65_535, 1, 65_535, 1,
  ]);
});
