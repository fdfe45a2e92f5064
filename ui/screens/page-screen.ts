// The screen of an open page.
import { header } from "./header.ts";
import type { Screen } from "./screen.ts";
import type { Seen } from "./seen.ts";

/** The last opened page. */
export function pageScreen(seen: Seen): Screen {
  return {
    header: header(seen),
    body: { kind: "text", title: "", paragraphs: [], scroll: 0 },
    prompt: "",
    softkeys: [],
    lines: undefined,
  };
}
