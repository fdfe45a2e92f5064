// `npm run bench [-- NAME …]`: measures, prints one JSON line per figure, never fails on a time. Figures that matter
// stand beside a peer measured in the same run, because these machines are noisy.
import { oneOf, orExplain, readCommandLine } from "#firmware/bin/command-line.ts";

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
  { name: "image", load: async () => (await import("./image.ts")).imageBench },
  { name: "rtp", load: async () => (await import("./rtp.ts")).rtpBench },
];

async function main(): Promise<number> {
  const names = benches.map(({ name }) => name);
  const usage = `npm run bench -- [NAME …]\n  NAME   ${names.join(" ")}; all unless told`;
  const { positionals } = readCommandLine(usage, { allowPositionals: true });
  const chosen = orExplain(usage, () => positionals.map((name) => oneOf("bench", name, names)));
  for (const { name, load } of benches) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const bench = await load();
    await bench.run((figure) => console.log(JSON.stringify({ bench: name, ...figure })));
  }
  return 0;
}

process.exitCode = await main();
