// TFTP messages against bytes of other people's clients and servers, both ways.
import { describe, expect, test } from "vitest";
import { decodeTftp, encodeTftp, optionValue, type TftpMessage } from "#firmware/tftp/messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { vectors } from "#test/vectors/load.ts";

const all = vectors("tftp");

describe.each(all.filter((vector) => vector.expect === "ok"))("$name", ({ name, bytes, value }) => {
  test("decodes to the value beside it", () => {
    expect(decodeTftp(bytes)).toEqual(value);
  });

  if (name === "error-without-nul") return;
  test("encodes to the same bytes", () => {
    expect(encodeTftp(value as TftpMessage)).toEqual(bytes);
  });
});

test.each(all.filter((vector) => vector.expect !== "ok"))("$name is refused", ({ bytes, expect: code }) => {
  try {
    decodeTftp(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    expect((error as WireError).code).toBe(code);
    return;
  }
  expect.fail("no WireError was thrown");
});

test("option names are found in any letter case", () => {
  expect(optionValue([{ name: "BlkSize", value: "1428" }], "blksize")).toBe("1428");
  expect(optionValue([], "blksize")).toBeUndefined();
});
