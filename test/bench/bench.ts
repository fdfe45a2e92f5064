// `npm run bench [-- NAME …]`: measures, prints one JSON line per figure, never fails on a time. Figures that matter
// stand beside a peer measured in the same run, because these machines are noisy.
import { parseArgs } from "node:util";

/** One measured figure. `ratio` is ours over the peer's, from the same run. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: { readonly name: string; readonly value: number };
  readonly ratio?: number;
  /** How often measured, and anything a reader must know. */
  readonly note?: string;
}

/** A bench: prints figures through `report` as it gets them. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(report: (figure: Omit<Figure, "bench">) => void): Promise<void>;
}

/** Loaded when wanted: each has needs of its own. */
const benches: readonly { readonly name: string; load(): Promise<Bench> }[] = [
  { name: "boot", load: async () => (await import("./boot.ts")).bootBench },
  { name: "sip", load: async () => (await import("./sip.ts")).sipBench },
  { name: "start", load: async () => (await import("./start.ts")).startBench },
  { name: "rtp", load: async () => (await import("./rtp.ts")).rtpBench },
];

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`no bench "${unknown.join(" ")}"; there are: ${benches.map(({ name }) => name).join(" ")}`);
    return 2;
  }
  for (const { name, load } of benches) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const bench = await load();
    await bench.run((figure) => console.log(JSON.stringify({ bench: name, ...figure })));
  }
  return 0;
}

process.exitCode = await main();
