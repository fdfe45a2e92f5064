// `npm run bench -- boot`: from carrier to the first registered line. On the desk by the machine's clock, with the round
// trips that a boot waits for; on the net tier where this machine has it.
import type { Bench } from "./bench.ts";
import { bootsInTurn, roundTrips, silentBoots } from "./boot-desk.ts";
import { p50AndP99, round, shareFigures, spanFigures } from "./boot-figures.ts";
import { missingForNet, netBoots } from "./boot-net.ts";

const boots = 250;
const onNet = { boots: 200, silent: 10 } as const;
const silent = { boots: 200, everyMs: 60 } as const;

export const bootBench: Bench = {
  name: "boot",
  about: "link-up to registered, by phase, and its round trips",
  async run(report) {
    const [first, ...rest] = await bootsInTurn(boots);
    if (first === undefined) throw new Error("no boot");
    const answering = "switch that answers the query, one-block files, undelayed network";
    for (const figure of spanFigures("desk", rest, answering)) report(figure);
    for (const [name, value] of Object.entries(first))
      report({ figure: `desk, first boot of the process, ${name}`, value: round(value), unit: "ms" });
    const trips = await roundTrips();
    for (const [name, value] of Object.entries(trips))
      report({
        figure: `round trips, ${name}`,
        value: round(value),
        unit: "round trips",
        note: "growth of the boot per growth of the round trip, in virtual time",
      });
    const waited = await silentBoots(silent.boots, silent.everyMs);
    for (const figure of spanFigures("desk, silent switch", waited, "6 s of silence are waited for"))
      report(figure);
    const missing = missingForNet();
    if (missing.length > 0) {
      console.error(`no net figures: ${missing.join(" ")}`);
      return;
    }
    const real = "dnsmasq for address and files, Asterisk 16 as registrar";
    const answered = netBoots(onNet.boots, "answering");
    const spans = answered.boots.map((boot) => boot.spans);
    for (const figure of spanFigures("net", spans, real)) report(figure);
    for (const figure of shareFigures("net", answered.shares)) report(figure);
    const queued = answered.boots.map((boot) => boot.queuedMs);
    const inQueue = "net, in which the phone's main thread stood ready without a processor";
    for (const figure of p50AndP99(inQueue, queued, "the machine's load")) report(figure);
    const alone = netBoots(onNet.silent, "silent").boots.map((boot) => boot.spans);
    for (const figure of spanFigures("net, silent switch", alone, "6 s of silence are waited for"))
      report(figure);
  },
};
