// What is printed on the keys, where they are, and which keys of a keyboard stand for them.

export interface KeyFace {
  /** The phone's name of the key. */
  readonly key: string;
  /** What a screen reader says. */
  readonly label: string;
  readonly text?: string;
  readonly letters?: string;
  /** The inside of an SVG of 24 × 24. */
  readonly picture?: string;
}

const dialLetters = ["", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz", "", "oper", ""] as const;

/** The dial pad, row by row. */
export const dialFaces: readonly KeyFace[] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"].map(
  (key, index) => ({
    key,
    label: key === "*" ? "Star" : key === "#" ? "Pound" : key,
    text: key,
    letters: dialLetters[index] ?? "",
  }),
);

const stroke =
  'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

/** Keys that open something. */
export const functionFaces: readonly KeyFace[] = [
  {
    key: "messages",
    letters: "messages",
    label: "Messages",
    picture: `<rect x="3" y="5" width="18" height="14" rx="2" ${stroke}/><path d="M3.500 6.500 12 13l8.500-6.500" ${stroke}/>`,
  },
  {
    key: "services",
    letters: "services",
    label: "Services",
    picture: `<circle cx="12" cy="12" r="9" ${stroke}/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18" ${stroke}/>`,
  },
  {
    key: "directories",
    letters: "directories",
    label: "Directories",
    picture: `<path d="M5 4h12a2 2 0 0 1 2 2v14H7a2 2 0 0 1-2-2V4zM5 17a2 2 0 0 1 2-1h12M10 8h5M10 11h5" ${stroke}/>`,
  },
  {
    key: "settings",
    letters: "settings",
    label: "Settings",
    picture: `<path d="M4 7h9M17 7h3M4 17h3M11 17h9" ${stroke}/><circle cx="15" cy="7" r="2.200" ${stroke}/><circle cx="9" cy="17" r="2.200" ${stroke}/>`,
  },
  {
    key: "info",
    letters: "help",
    label: "Information and help",
    picture: `<circle cx="12" cy="12" r="9" ${stroke}/><path d="M12 11v6M12 7.500v.1" ${stroke}/>`,
  },
];

export const scrollFaces: readonly KeyFace[] = [
  { key: "up", label: "Scroll up", picture: `<path d="m6 15 6-6 6 6" ${stroke}/>` },
  { key: "down", label: "Scroll down", picture: `<path d="m6 9 6 6 6-6" ${stroke}/>` },
];

export const volumeFaces: readonly KeyFace[] = [
  { key: "volumeUp", label: "Volume up", picture: `<path d="M12 6v12M6 12h12" ${stroke}/>` },
  { key: "volumeDown", label: "Volume down", picture: `<path d="M6 12h12" ${stroke}/>` },
];

/** Keys with a lamp beside them. */
export const modeFaces: readonly KeyFace[] = [
  {
    key: "headset",
    label: "Headset",
    picture: `<path d="M4 15v-3a8 8 0 0 1 16 0v3" ${stroke}/><rect x="3" y="14" width="4" height="6" rx="1.500" fill="currentColor"/><rect x="17" y="14" width="4" height="6" rx="1.500" fill="currentColor"/>`,
  },
  {
    key: "mute",
    label: "Mute",
    picture: `<rect x="9" y="3" width="6" height="11" rx="3" ${stroke}/><path d="M5 11a7 7 0 0 0 14 0M12 18v3M4 4l16 16" ${stroke}/>`,
  },
  {
    key: "speaker",
    label: "Speaker",
    picture: `<path d="M4 9v6h4l5 4V5L8 9H4z" fill="currentColor"/><path d="M16.500 8.500a5 5 0 0 1 0 7M19 6a9 9 0 0 1 0 12" ${stroke}/>`,
  },
];

/** Keys of the keyboard (KeyboardEvent.key), and what they stand for; `hook` lifts and lays down. */
export const keyboard: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."0123456789*#"].map((key) => [key, key])),
  F1: "soft1",
  F2: "soft2",
  F3: "soft3",
  F4: "soft4",
  q: "line1",
  w: "line2",
  e: "line3",
  r: "line4",
  t: "line5",
  z: "line6",
  y: "line6",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "volumeUp",
  "-": "volumeDown",
  h: "hook",
  m: "mute",
  s: "speaker",
  k: "headset",
  i: "info",
  v: "messages",
  d: "directories",
  x: "settings",
  c: "services",
};

/** The list beside the phone. */
export const shortcuts: readonly (readonly [keys: string, meaning: string])[] = [
  ["0–9 * #", "dial pad"],
  ["F1 – F4", "soft keys"],
  ["q w e r t y", "line keys"],
  ["h", "handset up and down"],
  ["s  k  m", "speaker, headset, mute"],
  ["+  -", "volume"],
  ["↑  ↓", "scroll"],
  ["x  d  v  c  i", "settings, directories, messages, services, information"],
];
