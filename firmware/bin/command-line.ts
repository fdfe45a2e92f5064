// What a person typed after a command of ours. `--help` prints how it is used and ends with 0; a mistake prints one
// sentence and the usage, and ends with 2: nobody reads a stack to learn that an option is misspelt.
import { type ParseArgsConfig, parseArgs } from "node:util";

/** A mistake of the person who typed: the option, the value, what was expected. */
export class UsageError extends Error {}

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/** Reads the process's arguments as `util.parseArgs` does. Ends the process for `--help` and for a mistake. */
export function readCommandLine<const T extends ParseArgsConfig>(usage: string, config: T): Parsed<T> {
  if (process.argv.slice(2).includes("--help")) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  return orExplain(usage, () => parseArgs(config));
}

/** What `read` gives; a mistake ends the process with 2. */
export function orExplain<R>(usage: string, read: () => R): R {
  try {
    return read();
  } catch (error) {
    const isMistake = error instanceof UsageError || (error instanceof TypeError && "code" in error);
    if (!isMistake) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(2);
  }
}

/** One of `choices`; UsageError else. */
export function oneOf<const C extends string>(option: string, value: string, choices: readonly C[]): C {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    throw new UsageError(`${option} ${value}: one of ${choices.join(", ")} was expected`);
  return found;
}

/** A whole number from `least` to `most`; UsageError else. */
export function wholeNumber(
  option: string,
  value: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < least || number > most)
    throw new UsageError(
      `${option} ${value}: a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`} was expected`,
    );
  return number;
}
