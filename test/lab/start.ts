// `npm start`: a virtual handset in the simulated voice network, in real time. With `--headless` it boots (and calls),
// prints one report and exits; else it serves the handset page on 127.0.0.1.
import { parseArgs } from "node:util";
import { createRandom } from "#hal/linux/random.ts";
import { faultNames, faults, isFaultName } from "./faults.ts";
import { createLab } from "./lab.ts";
import { createRealClock } from "./real-time.ts";
import { defaultSettings } from "./settings.ts";
import { runHeadless } from "./start-headless.ts";
import { runPage } from "./start-page.ts";

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly protocol: "sip" | "sccp" | "prx";
  readonly model: "7960" | "7940";
  readonly port: number;
  readonly fault: keyof typeof faults | undefined;
  readonly isHeadless: boolean;
  readonly until: "registered" | "connected";
  readonly isJson: boolean;
}

const usage = `npm start -- [options]
  --protocol sip|sccp|prx   what the phone registers with (sip)
  --model 7960|7940         how many line keys it has (7960)
  --port N                  where the page is served on 127.0.0.1 (7960)
  --fault NAME              plays a fault of the network; --fault list names them
  --headless                no page: boots, reports, exits
  --until registered|connected
  --json                    the report as one JSON document`;

class UsageError extends Error {}

function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    throw new UsageError(`--${name} ${value}: one of ${choices.join(", ")} was expected`);
  return found;
}

function readOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      protocol: { type: "string", default: "sip" },
      model: { type: "string", default: "7960" },
      port: { type: "string", default: "7960" },
      fault: { type: "string" },
      headless: { type: "boolean", default: false },
      until: { type: "string", default: "registered" },
      json: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port}: 0 to 65535 was expected`);
  const { fault } = values;
  if (fault !== undefined && !isFaultName(fault)) {
    throw new UsageError(
      `--fault ${fault}: one of\n${faultNames.map((name) => `  ${name.padEnd(32)} ${faults[name].does}`).join("\n")}`,
    );
  }
  return {
    protocol: oneOf("protocol", values.protocol, ["sip", "sccp", "prx"]),
    model: oneOf("model", values.model, ["7960", "7940"]),
    port,
    fault,
    isHeadless: values.headless,
    until: oneOf("until", values.until, ["registered", "connected"]),
    isJson: values.json,
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const clock = createRealClock();
  const settings = {
    ...defaultSettings,
    protocol: options.protocol,
    time: { ...defaultSettings.time, unixMsAtZero: Date.now() - clock.now() },
  };
  const lab = await createLab({
    clock,
    random: createRandom(),
    settings,
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  });
  try {
    if (options.isHeadless) return await runHeadless(options, lab, clock);
    await runPage(options, lab, clock);
    return 0;
  } finally {
    lab.close();
    clock.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
