// Opens a shared library by the first of its names that is there: distributions rename packages, rarely sonames.

import koffi, { type LibraryHandle } from "koffi";
import { HalError } from "#hal/contract/errors.ts";

/** The first library of `sonames` that opens. HalError `missing` names them all. */
export function openLibrary(sonames: readonly string[]): LibraryHandle {
  const causes: string[] = [];
  for (const soname of sonames) {
    try {
      return koffi.load(soname);
    } catch (error) {
      causes.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new HalError("missing", sonames.join(" or "), "open library", causes.join("; "));
}
