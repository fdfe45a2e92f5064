// What a phone asks for first: for each profile a pure function from the answers so far to what comes next
// (reference boot-and-provisioning 5.2–5.4, cisco-7960-sip 1.2, architecture section 7).
import { unreachable } from "#hal/contract/errors.ts";
import {
  type Accepted,
  type Answers,
  type Candidate,
  type Refused,
  type Situation,
  single,
  sipText,
} from "./candidates.ts";
import { inDirectory } from "./file-names.ts";
import type { ConfigFailure } from "./notices.ts";
import type { ConfigKind } from "./phone-config.ts";

/** What comes next. */
export type Verdict =
  /** These are wanted; those not yet asked for may all be asked at once. */
  | { readonly kind: "ask"; readonly names: readonly string[] }
  | Accepted
  | {
      readonly kind: "exhausted";
      readonly failure: ConfigFailure;
      readonly facts: Readonly<Record<string, string | number>>;
      /** Status messages of the files that were refused. */
      readonly refusals: readonly Refused[];
    };

/** The next step of the situation's profile. */
export function decide(situation: Situation, answers: Answers): Verdict {
  switch (situation.profile) {
    case "auto":
      return decideAuto(situation, answers);
    case "cisco-sccp":
      return inOrder(answers, [
        ...ask(answers, trustNames(situation, answers)),
        () => single(situation, answers, "xml", xmlName(situation)),
        () => single(situation, answers, "xml-default", situation.names.xmlDefault),
        ...(situation.isAliasOn
          ? [() => single(situation, answers, "xml-default", situation.names.xmlDefaultAlias)]
          : []),
        () => single(situation, answers, "cnf-text", situation.names.cnfPhone),
        () => single(situation, answers, "cnf-default", situation.names.cnfDefault),
      ]);
    case "cisco-sip":
      return situation.isUniversalLoader
        ? decideUniversal(situation, answers)
        : inOrder(answers, [
            ...ask(answers, [situation.names.loadSelection]),
            () => sipText(situation, answers, { isParallel: false }),
          ]);
    case "legacy-cnf":
      return decideLegacy(situation, answers);
    default:
      return unreachable(situation.profile);
  }
}

/** Every name whose absence says something about a configuration of this kind. */
export function namesOfKind(situation: Situation, kind: ConfigKind): readonly string[] {
  const { names } = situation;
  switch (kind) {
    case "sip-text":
      return [names.sipDefault, inDirectory(situation.keptDirectory, names.sipPhone)];
    case "xml":
      return [xmlName(situation)];
    case "xml-default":
      return [names.xmlDefault];
    case "cnf-text":
      return [names.cnfPhone];
    case "cnf-default":
      return [names.cnfDefault];
    case "pin":
      return [];
    default:
      return unreachable(kind);
  }
}

const autoOrder: readonly ConfigKind[] = ["xml", "sip-text", "xml-default", "cnf-text", "cnf-default"];

/**
 * `auto`: the kind that worked last is asked for alone; else the two most likely kinds at once, in one round trip.
 * Text files without a line are taken only when nothing better is there.
 */
function decideAuto(situation: Situation, answers: Answers): Verdict {
  const { lastKind } = situation;
  const isKnown = lastKind !== undefined && autoOrder.includes(lastKind);
  const order = isKnown ? [lastKind, ...autoOrder.filter((kind) => kind !== lastKind)] : autoOrder;
  const refusals: Refused[] = [];
  let weak: Accepted | undefined;
  for (const [at, kind] of order.entries()) {
    const candidate = autoCandidate(situation, answers, kind);
    switch (candidate.kind) {
      case "accept":
        if (candidate.reading.config.unprovisioned.length === 0) return candidate;
        weak ??= candidate;
        break;
      case "wants": {
        const together = !isKnown && at === 0 ? namesOfKind(situation, "sip-text") : [];
        return { kind: "ask", names: [...candidate.names, ...together] };
      }
      case "refused":
        refusals.push(candidate.reading);
        break;
      case "absent":
        break;
      default:
        return unreachable(candidate);
    }
  }
  return weak ?? exhausted(answers, refusals);
}

function autoCandidate(situation: Situation, answers: Answers, kind: ConfigKind): Candidate {
  if (kind === "sip-text") return sipText(situation, answers, { isParallel: true });
  if (kind !== "xml-default" || !situation.isAliasOn)
    return single(situation, answers, kind, namesOfKind(situation, kind)[0] ?? "");
  const usual = single(situation, answers, kind, situation.names.xmlDefault);
  return usual.kind === "absent" ? single(situation, answers, kind, situation.names.xmlDefaultAlias) : usual;
}

/** Seed 001: own file, then the default file, unless the phone has had a file of its own. */
function decideLegacy(situation: Situation, answers: Answers): Verdict {
  const { names, imageProtocol, hasOwnFile } = situation;
  const own =
    imageProtocol === "sip"
      ? () => single(situation, answers, "sip-text", names.sipPhone)
      : () => single(situation, answers, "cnf-text", names.cnfPhone);
  const byDefault = (): Candidate =>
    single(situation, answers, imageProtocol === "sip" ? "sip-text" : "cnf-default", names.cnfDefault);
  return inOrder(answers, hasOwnFile ? [own] : [own, byDefault]);
}

/** TFTP-001…003: the first hit decides the protocol; files for another protocol lead nowhere on this phone. */
function decideUniversal(situation: Situation, answers: Answers): Verdict {
  const { names } = situation;
  const phone = inDirectory(situation.keptDirectory, names.sipPhone);
  const probe = [names.trustList, names.xmlPhone, phone, names.mgcpPhone, names.xmlDefault, names.sipDefault];
  for (const name of [...probe, names.mgcpDefault]) {
    const answer = answers.get(name);
    if (answer === undefined) return { kind: "ask", names: [name] };
    if (answer.kind !== "found" || name === names.trustList) continue;
    if (name === names.xmlPhone) {
      const candidate = single(situation, answers, "xml", name);
      if (candidate.kind === "accept") return candidate;
    }
    if (name === phone || name === names.sipDefault)
      return inOrder(answers, [() => sipText(situation, answers, { isParallel: false })]);
  }
  return exhausted(answers, []);
}

/** Names that are asked for one after the other, whatever the answers are. */
function ask(answers: Answers, names: readonly string[]): readonly (() => Candidate)[] {
  return names.map(
    (name) => () => (answers.has(name) ? { kind: "absent" } : { kind: "wants", names: [name] }),
  );
}

/** `CTLSEP<MAC>.tlv`, then `ITLSEP<MAC>.tlv`, then `ITLFile.tlv` unless the phone has a list of its own. */
function trustNames({ names }: Situation, answers: Answers): readonly string[] {
  const own = answers.get(names.identityTrustList)?.kind === "found";
  return [names.trustList, names.identityTrustList, ...(own ? [] : [names.identityTrustFile])];
}

function xmlName({ hasTrustList, names, profile }: Situation): string {
  return hasTrustList && profile === "cisco-sccp" ? names.xmlPhoneSigned : names.xmlPhone;
}

/** The first candidate that is accepted or wants something decides. */
function inOrder(answers: Answers, steps: readonly (() => Candidate)[]): Verdict {
  const refusals: Refused[] = [];
  for (const step of steps) {
    const candidate = step();
    switch (candidate.kind) {
      case "accept":
        return candidate;
      case "wants":
        return { kind: "ask", names: candidate.names };
      case "refused":
        refusals.push(candidate.reading);
        break;
      case "absent":
        break;
      default:
        return unreachable(candidate);
    }
  }
  return exhausted(answers, refusals);
}

/** The most telling failure: a bad file, an unusable one, an ERROR, nothing there. */
function exhausted(answers: Answers, refusals: readonly Refused[]): Verdict {
  const worst = refusals.find(({ failure }) => failure === "config-malformed") ?? refusals[0];
  if (worst !== undefined) return { kind: "exhausted", failure: worst.failure, facts: worst.facts, refusals };
  for (const [name, answer] of answers)
    if (answer.kind === "failed")
      return { kind: "exhausted", failure: "tftp-error", facts: { name, text: answer.text }, refusals };
  const [first] = answers.keys();
  return { kind: "exhausted", failure: "config-not-found", facts: { name: first ?? "" }, refusals };
}
