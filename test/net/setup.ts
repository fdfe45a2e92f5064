// Set-up of vitest's projects `net` and `net-stories`: a test that failed says what the programs around it printed.
import { afterEach } from "vitest";
import { openNets } from "./evidence.ts";

afterEach(({ task }) => {
  const said = openNets.take();
  if (task.result?.state === "fail") process.stderr.write(`\n${task.name}\n${said}`);
});
