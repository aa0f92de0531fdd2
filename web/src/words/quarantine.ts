/** Quarantine in English. Each reason has its words; a code that is not here is told by the server's own. */
import { findings } from "./findings";
import { count } from "./format";

const files = (number: number) => `${count(number)} ${number === 1 ? "file" : "files"}`;

export const quarantine = {
  title: "Quarantine",
  lead: "Files that failed a check on their way in. They are stored, kept apart, and wait for a person.",
  empty: "No file is kept aside.",
  emptyOf: (reason: string) => `No file is kept aside because of: ${reason}.`,
  open: "Open the quarantine",
  waiting: (number: number, more: boolean) => `${more ? "more than " : ""}${files(number)}`,
  reason: "Reason",
  all: "All reasons",
  reasons: {
    // What is found when a file is read, and what is said of it where it keeps a file out.
    ...findings,
    "type-refused": {
      short: "Type not allowed",
      long: "The rules of the library do not let files of this type in by this way.",
    },
    "name-differs": {
      short: "Name and content differ",
      long: "The name says another kind of thing than the content is. Files that pretend are often hostile.",
    },
    "over-limit": {
      short: "Over a limit",
      long: "It has more bytes, pixels, pages or layers than are let in unasked.",
    },
    malware: {
      short: "Malware",
      long: "The virus scanner knows it. Discard it, unless you are sure that it errs.",
    },
    "decoder-died": {
      short: "Reader broke off",
      long: "The program that reads such files broke off. Damaged files do that, and hostile ones.",
    },
    "extension-differs": { short: "Another type", long: findings["extension-differs"].long },
  } as Record<string, { short: string; long: string }>,
  more: "More files",
  list: "Files in quarantine",
  came: (path: string) => `came as ${path}`,
  select: (name: string) => `Select ${name}`,
  selection: "Selection",
  selected: (number: number) => `${files(number)} selected`,
  clear: "Clear",
  look: "Look",
  lookAt: (name: string) => `Look at ${name}`,
  lookAway: "Close the picture",
  picture: (name: string) => `Picture of ${name}`,
  pictureLead:
    "Decoded behind the glass, as every file is. Nothing of the file itself comes into this browser.",
  noPicture: "There is no picture of it.",
  noPictureMalware: "Nothing is drawn of what the virus scanner knows.",
  letIn: "Let in",
  letInOf: (name: string) => `Let ${name} in`,
  isIn: (name: string) => `${name} is in the library`,
  areIn: (number: number) => `${files(number)} let in`,
  discard: "Discard…",
  discardOf: (name: string) => `Discard ${name}…`,
  discardTitle: "Discard",
  discardLead: (number: number) =>
    `${number === 1 ? "It leaves the quarantine and its bytes are freed" : `${files(number)} leave the quarantine and their bytes are freed`}. This cannot be undone.`,
  discardSure: (number: number, name: string) => `Discard ${number === 1 ? name : files(number)} for ever`,
  discarded: (number: number) => `${files(number)} discarded`,
  replace: "Replace…",
  replaceOf: (name: string) => `Replace ${name}…`,
  replaceHint: "Bring a better file in its place: it comes in by the same path, and this one is thrown away.",
  replacing: (name: string) => `Sending ${name}`,
  replaced: (name: string) => `${name} came in in its place`,
  waitsToo: (name: string) => `${name} waits as well, in its place`,
  hereAlready: (name: string) => `${name} is in the library already`,
  show: "Show the asset",
  notAllowed: "Only administrators decide what comes in",
  refused: (name: string, why: string) => `${name}: ${why}`,
};
