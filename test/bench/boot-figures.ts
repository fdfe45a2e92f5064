// What the boot benches share: the phases of a timeline as spans, and percentiles of many boots.
import type { Figure } from "./bench.ts";
import type { Shares } from "./boot-shares.ts";

/** Link-up to registered, and each phase between, ms. */
export type Spans = Readonly<Record<string, number>>;

/** One phase of a timeline, as `show boot json` has it. */
export interface PhaseTimes {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number | null;
}

const measured = ["vlan", "ip", "config", "load", "register"] as const;

/** Name of the whole: from carrier to the first line registered. */
export const whole = "link-up to registered";

/** Spans of one boot that got to its end; throws for another. */
export function spansOf(phases: readonly PhaseTimes[]): Spans {
  const of = (name: string): { readonly startMs: number; readonly endMs: number } => {
    const phase = phases.find((each) => each.name === name);
    if (phase === undefined || phase.endMs === null) throw new Error(`phase ${name} has no end`);
    return { startMs: phase.startMs, endMs: phase.endMs };
  };
  const spans: Record<string, number> = { [whole]: of("register").endMs - of("vlan").startMs };
  for (const name of measured) spans[name] = of(name).endMs - of(name).startMs;
  return spans;
}

/** The value that `pct` percent do not exceed (nearest rank). */
export function percentile(values: readonly number[], pct: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((pct / 100) * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error("no values");
  return value;
}

/** Two decimals. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** p50 and p99 of some values in ms. */
export const p50AndP99 = (name: string, values: readonly number[], note: string): Omit<Figure, "bench">[] =>
  [50, 99].map((pct) => ({
    figure: `${name}, p${pct}`,
    value: round(percentile(values, pct)),
    unit: "ms",
    note: `n=${values.length}, ${note}`,
  }));

/** p50 and p99 of the whole and of each phase. */
export function spanFigures(tier: string, boots: readonly Spans[], note: string): Omit<Figure, "bench">[] {
  return [whole, ...measured].flatMap((name) =>
    p50AndP99(
      `${tier}, ${name}`,
      boots.map((spans) => spans[name] ?? Number.NaN),
      note,
    ),
  );
}

/** p50 and p99 of whose time a boot was. */
export function shareFigures(tier: string, shares: readonly Shares[]): Omit<Figure, "bench">[] {
  const names = {
    whole: "DISCOVER to 200 on the wire",
    phone: "of this the phone's own",
    servers: "of this waiting for the servers",
    probe: "of this the address probe",
  } as const;
  return (["whole", "phone", "servers", "probe"] as const).flatMap((part) =>
    p50AndP99(
      `${tier}, ${names[part]}`,
      shares.map((each) => each[part]),
      "the time before a frame is its sender's",
    ),
  );
}
