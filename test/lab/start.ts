// `npm start`: a virtual handset in the simulated voice network, in real time. With `--headless` it boots (and calls),
// prints one report and exits; else it serves the handset page on 127.0.0.1.
import { oneOf, orExplain, readCommandLine, UsageError, wholeNumber } from "#firmware/bin/command-line.ts";
import { faultNames, faults, isFaultName } from "./faults.ts";
import { createLab } from "./lab.ts";
import { createRealClock, createRealRandom } from "./real-time.ts";
import { offerServices } from "./services.ts";
import { defaultSettings } from "./settings.ts";
import { runHeadless } from "./start-headless.ts";

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

function readOptions(): StartOptions {
  const { values } = readCommandLine(usage, {
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
  const { fault } = values;
  if (fault !== undefined && !isFaultName(fault)) {
    throw new UsageError(
      `--fault ${fault}: one of\n${faultNames.map((name) => `  ${name.padEnd(32)} ${faults[name].does}`).join("\n")}`,
    );
  }
  return {
    protocol: oneOf("--protocol", values.protocol, ["sip", "sccp", "prx"]),
    model: oneOf("--model", values.model, ["7960", "7940"]),
    port: wholeNumber("--port", values.port, 0, 65_535),
    fault,
    isHeadless: values.headless,
    until: oneOf("--until", values.until, ["registered", "connected"]),
    isJson: values.json,
  };
}

async function main(): Promise<number> {
  const options = orExplain(usage, readOptions);
  const clock = createRealClock();
  const settings = {
    ...defaultSettings,
    protocol: options.protocol,
    time: { ...defaultSettings.time, unixMsAtZero: Date.now() - clock.now() },
  };
  const lab = await createLab({
    clock,
    random: createRealRandom(),
    settings,
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  });
  try {
    await offerServices(lab);
    if (options.isHeadless) return await runHeadless(options, lab, clock);
    const { runPage } = await import("./start-page.ts"); // its bundler and server are for the page alone
    await runPage(options, lab, clock);
    return 0;
  } finally {
    lab.close();
    clock.close();
  }
}

process.exitCode = await main();
