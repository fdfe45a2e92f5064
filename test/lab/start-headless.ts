// `npm start -- --headless`: boots, calls if asked to, prints one report. Exit 0 when the goal was reached, 1 with the
// reason when not.
import { type CallReport, makeReport } from "#firmware/bin/report.ts";
import { shownStream } from "#firmware/bin/shown.ts";
import { callFacts } from "#firmware/call/call-facts.ts";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { later } from "#hal/contract/time.ts";
import { Recorder, recorded } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { type DeskPhone, openDeskPhone } from "./desk-phone.ts";
import type { Lab } from "./lab.ts";
import { createRealRandom, type RealClock } from "./real-time.ts";
import type { StartOptions } from "./start.ts";

/** The goal must be reached within this; a fault may make it impossible. */
const goalMs = 45_000;
/** How long the echo is listened to. */
const listenMs = 2500;
/** Echoes later than this are not looked for. */
const mostDelaySamples = 8000;
const echoNumber = "600";

/** A person in front of the phone, with a mouth that speaks and an ear that remembers. */
interface Person {
  readonly desk: DeskPhone;
  readonly said: Recorder;
  readonly heard: Recorder;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs to the goal and prints; resolves with the exit code. */
export async function runHeadless(options: StartOptions, lab: Lab, clock: RealClock): Promise<number> {
  const startMs = clock.now();
  const said = new Recorder(60 * 8000);
  const heard = new Recorder(60 * 8000);
  const desk = await openDeskPhone({
    clock,
    random: createRealRandom(),
    port: lab.phone,
    handset: lab.handset(),
    model: options.model,
    sound: {
      microphone: recorded(speech({ random: createRealRandom() }), said),
      speaker: heard.sink,
      ringer: () => undefined,
    },
    log: (line) => {
      if (!options.isJson)
        console.log(`${(line.atMs / 1000).toFixed(3).padStart(8)} ${line.area}: ${line.text}`);
    },
  });
  const person: Person = { desk, said, heard };
  let reason = await registered(person, clock);
  let call: CallReport | null = null;
  if (reason === null && options.until === "connected") ({ reason, call } = await callEcho(person, clock));
  const report = makeReport(desk.phone, {
    until: options.until,
    elapsedMs: clock.now() - startMs,
    reason,
    call,
  });
  if (options.isJson) console.log(JSON.stringify(report, null, 2));
  else console.log(reason ?? `${options.until} after ${report.elapsedMs} ms`);
  await desk.stop();
  return reason === null ? 0 : 1;
}

/** Null when it came true; else what the phone says it waits for. */
async function waitFor(
  { desk: { phone } }: Person,
  clock: RealClock,
  isDone: () => boolean,
): Promise<string | null> {
  const settled = new AbortController();
  const isReached = await new Promise<boolean>((resolve) => {
    const alarm = clock.alarm(later(clock.now(), goalMs), () => resolve(false));
    settled.signal.addEventListener("abort", () => alarm.cancel());
    const look = (): void => {
      if (isDone()) resolve(true);
    };
    phone.calls.views.subscribe(look, { signal: settled.signal });
    look();
  });
  settled.abort();
  if (isReached) return null;
  const { phase, trouble } = phone.boot.view();
  return `${phase}: ${trouble?.code ?? "still waiting"}: ${phone.front.frame().text.rows.join(" / ")}`;
}

const registered = (person: Person, clock: RealClock): Promise<string | null> =>
  waitFor(person, clock, () => person.desk.phone.view().boot.phase === "run");

async function callEcho(
  person: Person,
  clock: RealClock,
): Promise<{ reason: string | null; call: CallReport | null }> {
  const { desk, said, heard } = person;
  desk.hal.hands.lift();
  for (const key of ["6", "0", "0"] as const) {
    desk.hal.hands.press(key);
    desk.hal.hands.release(key);
  }
  const isConnected = (): boolean => desk.phone.view().calls.some(({ state }) => state === "connected");
  const reason = await waitFor(person, clock, isConnected);
  if (reason !== null) return { reason, call: null };
  const from = { said: said.length, heard: heard.length };
  await pause(listenMs);
  const figures = [...desk.phone.statistics().values()].at(-1);
  const stream = figures === undefined ? undefined : shownStream(figures);
  const { match } = audioMatch(
    said.samples().subarray(from.said),
    heard.samples().subarray(from.heard),
    mostDelaySamples,
  );
  const calls = callFacts(desk.phone.calls.state(), clock.now());
  const call: CallReport = {
    state: calls[0]?.state ?? "ended",
    to: echoNumber,
    codec: calls[0]?.codec ?? null,
    rtp: { sent: stream?.sent ?? 0, received: stream?.received ?? 0, lost: stream?.lost ?? 0 },
    audioMatch: Math.round(match * 1000) / 1000,
  };
  desk.hal.hands.hangUp();
  await waitFor(person, clock, () => desk.phone.view().calls.length === 0);
  return { reason: null, call };
}
