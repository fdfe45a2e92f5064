// Soft-key templates and sets as real servers sent them (captures of chan_skinny and chan-sccp).

/** One key of a template: label as it stands on the wire, and the event it sends. */
export interface TemplateKey {
  readonly name: string;
  readonly label: string;
  readonly event: number;
}

export interface SoftkeyTables {
  readonly template: readonly TemplateKey[];
  /** Names per set; an empty one is a blank slot. */
  readonly sets: readonly (readonly string[])[];
}

const code = (name: string, label: number, event: number): TemplateKey => ({
  name,
  label: `\x80${String.fromCharCode(label)}`,
  event,
});
const plain = (name: string, label: string, event: number): TemplateKey => ({ name, label, event });

/** Events 1 to 18 are the same everywhere, and their label codes have the same number. */
const usual: readonly TemplateKey[] = (
  "redial newCall hold transfer forwardAll forwardBusy forwardNoAnswer backspace endCall resume answer info " +
  "conference park join meetMe pickUp groupPickUp"
)
  .split(" ")
  .map((name, i) => code(name, i + 1, i + 1));

const sets = (...lines: readonly string[]): readonly (readonly string[])[] =>
  lines.map((line) => line.split(" ").map((name) => (name === "-" ? "" : name)));

/** chan_skinny of Asterisk 16: 21 keys, 14 sets. */
export const chanSkinnyKeys: SoftkeyTables = {
  template: [...usual, code("dnd", 63, 19), code("divert", 80, 20), plain("dial", "Dial", 21)],
  sets: sets(
    "redial newCall forwardAll forwardBusy forwardNoAnswer dnd groupPickUp",
    "hold endCall transfer park forwardAll forwardBusy forwardNoAnswer",
    "resume newCall endCall transfer",
    "answer endCall transfer",
    "redial endCall transfer forwardAll forwardBusy forwardNoAnswer groupPickUp",
    "hold endCall transfer park forwardAll forwardBusy forwardNoAnswer",
    "backspace endCall transfer dial",
    "",
    "- endCall",
    "redial endCall transfer",
    "",
    "redial newCall resume",
    "redial newCall join",
    "- endCall transfer",
  ),
};

/** chan-sccp: 32 keys, 13 sets. Conference stands in set 1 and 7 here, as its configuration allows. */
export const chanSccpKeys: SoftkeyTables = {
  template: [
    ...usual,
    plain("record", "Record", 19),
    code("callBack", 65, 20),
    code("barge", 67, 21),
    code("dnd", 63, 22),
    code("conferenceList", 79, 23),
    code("select", 78, 24),
    code("private", 54, 25),
    code("toVoicemail", 62, 26),
    code("directTransfer", 77, 27),
    code("divert", 80, 28),
    code("videoMode", 88, 29),
    code("intercept", 60, 30),
    plain("empty", "", 31),
    plain("dial", "Dial", 32),
  ],
  sets: sets(
    "redial newCall forwardAll forwardBusy forwardNoAnswer pickUp - dnd",
    "hold endCall transfer conference - record",
    "resume newCall endCall transfer select directTransfer",
    "answer endCall",
    "redial endCall - forwardAll forwardBusy forwardNoAnswer pickUp - - barge",
    "hold endCall transfer conference select directTransfer record park",
    "backspace endCall dial",
    "newCall endCall hold record conference",
    "- endCall transfer",
    "resume newCall endCall",
    "redial newCall pickUp",
    "redial newCall barge intercept",
    "resume newCall endCall",
  ),
};

/** Indexes of the sets by what they are for. */
export const setOf = {
  onHook: 0,
  connected: 1,
  onHold: 2,
  ringIn: 3,
  offHook: 4,
  transferPossible: 5,
  digits: 6,
  conference: 7,
  ringOut: 8,
  hint: 10,
  /** chan_skinny alone. */
  ringOutTransfer: 13,
} as const;

/** A bit for every slot of the set, blank ones too. */
export function fullMask(tables: SoftkeyTables, set: number): number {
  return 2 ** (tables.sets[set]?.length ?? 0) - 1;
}

/** The name of the key whose event a phone sent. */
export function keyNamed(tables: SoftkeyTables, event: number): string {
  return tables.template.find((key) => key.event === event)?.name ?? "unknown";
}
