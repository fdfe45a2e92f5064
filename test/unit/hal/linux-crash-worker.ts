// A store worker that throws at its first request; linux-crash-program.ts starts it in the place of the real one.
import { parentPort } from "node:worker_threads";
import { sayLastWord } from "./ending.ts";

parentPort?.on("message", () => {
  sayLastWord();
  throw new Error("thrown in store");
});
