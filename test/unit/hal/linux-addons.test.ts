// Every native add-on loads under the pinned Node, or says what is wrong and which command puts it right.
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import { type AddonName, addons, loadAddon } from "#hal/linux/addons/load.ts";

const names = Object.keys(addons) as AddonName[]; // the keys of the table

test("each add-on offers what its driver calls, or names the command that builds it", () => {
  expect(process.versions.node.split(".")[0]).toBe("24");
  for (const name of names) {
    try {
      const loaded = loadAddon(name);
      for (const part of addons[name]) expect(loaded[part], `${name}.${part}`).toBeTypeOf("function");
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      expect(["missing", "unsupported"], error.message).toContain(error.code);
      expect(error.message).toContain("npm run addons");
    }
  }
});
