// Run by the image's own Node: compiles every function of a script and writes the code beside it, where program.ts looks for
// it. `node --random-seed=1 compile.mjs SCRIPT`: with that flag V8's hashes are the same at each build, and so is the code; it
// is none of those that V8 compares before it takes code. No types in here: Node strips none below node_modules.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [path = ""] = process.argv.slice(2);
/** Its place in the image: the building machine's is in the code otherwise. */
const filename = `/usr/lib/offhook/${basename(path)}`;
setFlagsFromString("--no-lazy");
const compiled = new Script(readFileSync(path, "latin1"), { filename });
setFlagsFromString("--lazy"); // as it is when the code is used
writeFileSync(`${path}.compiled`, compiled.createCachedData());
