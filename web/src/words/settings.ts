/** The settings in English: their sections, and what is said in those that keep the library safe. */
import { bytes, count } from "./format";
import { places } from "./places";

const plural = (number: number, one: string, many: string) => `${count(number)} ${number === 1 ? one : many}`;

export const sections = {
  label: "Settings",
  back: "Settings",
  administrators: "Only administrators see this.",
  groups: { programs: "Programs", keeping: "Keeping" },
  keys: { title: "API keys", lead: "Let programs act for you." },
  check: { title: "Check", lead: "Compare what is stored with what is known of it." },
  backups: { title: "Backups", lead: "Copies of the whole library in a place apart." },
  places: { title: places.title, lead: places.lead },
  proof: { title: "Proof", lead: "Prove what happened, to anybody." },
  erase: { title: "Erase", lead: "Erase what is known of a person, and keep every proof." },
};

export const check = {
  about:
    "A check compares bytes, history, catalog and index with one another. It changes nothing, and everybody can go on working.",
  how: "How thoroughly",
  quick: "Quick",
  full: "Full",
  quickLead: "Looks whether every file is there and as long as it should be.",
  fullLead: "Reads every byte of every file and compares it. With many files this takes hours.",
  start: "Check now",
  again: "Check again",
  stop: "Stop",
  stays: "It goes on while you work elsewhere on this page, and ends when the page is closed.",
  progress: (area: string) => `Progress of ${area}`,
  ofBytes: (done: number, of: number) => `${bytes(done)} of ${bytes(of)}`,
  of: (done: number, of: number) => `${count(done)} of ${count(of)}`,
  going: "Checking…",
  clean: "No fault was found",
  found: (number: number) => `${plural(number, "fault was", "faults were")} found`,
  soFar: (number: number) =>
    number === 0 ? "no fault so far" : `${plural(number, "fault", "faults")} so far`,
  stopped: "Stopped before its end",
  faults: "Faults",
  mend: "Mend what can be mended",
  mendedTitle: "Mended",
  mended: (number: number) => `No fault is left; ${plural(number, "fault was", "faults were")} mended`,
  more: (number: number) => `and ${count(number)} more. damask check on the machine prints all of them.`,
  todo: "Mending makes the index and counts right and copies files from the second place, where there is one. Bring back everything else from a backup.",
  areas: {
    glass: { name: "Glass", what: "the walls around the decoders" },
    journal: { name: "History", what: "every fact has its digest and its place" },
    notary: { name: "Notary", what: "every fact is as it was signed" },
    catalog: { name: "Catalog", what: "every row is as its last fact says" },
    bytes: { name: "Files", what: "every byte is there" },
    index: { name: "Index", what: "every asset can be found, once" },
  } as Record<string, { name: string; what: string }>,
  states: {
    waiting: "waits",
    going: "is checked",
    whole: "no fault",
    faulty: "has faults",
    cut: "was not finished",
  },
  walls: "Walls of the glass",
  wallsLead:
    "Files from outside are decoded behind these walls. Which of them can stand depends on this machine’s kernel and how Damask was installed.",
  holds: "holds",
  holdsNot: "does not hold",
};

export const backups = {
  noPlace: "No place for backups is configured",
  noPlaceLead:
    "Choose one that does not die with this machine: another disk, a share, a bucket. Then write this into damask.toml, and restart Damask:",
  noPlaceToml: `[backup]
to = "/mnt/backup/damask"   # or "s3://bucket/prefix"
every_hours = 24            # leave out to make them by hand
keep = 14                   # how many stay
key_file = "/etc/damask/backup.key"   # leave out to keep them unsealed`,
  copy: "Copy",
  copied: "Copied",
  place: "Place",
  plan: "Plan",
  every: (hours: number) =>
    hours % 24 === 0
      ? `every ${hours === 24 ? "day" : `${count(hours / 24)} days`}`
      : `every ${hours === 1 ? "hour" : `${count(hours)} hours`}`,
  byHand: "made by hand",
  keeps: (number: number) => `the last ${count(number)} ${number === 1 ? "stays" : "stay"}`,
  keepsAll: "all stay",
  sealed: "sealed with a key",
  unsealed: "not sealed",
  none: "There is no backup at this place yet. If there should be, look whether its disk or share is mounted.",
  make: "Make a backup",
  making: "Making a backup",
  stop: "Stop",
  stays:
    "It goes on while you work elsewhere on this page. Closing the page stops it, and the next backup goes on from there.",
  progress: (done: number, of: number, rate: number) => `${bytes(done)} of ${bytes(of)} · ${bytes(rate)}/s`,
  left: (time: string) => `${time} left`,
  made: (assets: number, put: number) =>
    `The backup is made: ${plural(assets, "asset", "assets")}, ${bytes(put)} added`,
  notMade: (why: string) => `The backup was not made: ${why}`,
  stopped: "The backup was stopped. The next one goes on from there.",
  unreadable: (number: number) =>
    `${plural(number, "original", "originals")} could not be read and ${number === 1 ? "is" : "are"} not in it. Run a full check.`,
  kept: "Kept backups",
  holds: (assets: number, originals: number, size: number) =>
    `${plural(assets, "asset", "assets")} · ${plural(originals, "original", "originals")}, ${bytes(size)}`,
  upTo: (seq: number, put: number) => `to fact ${count(seq)} · ${bytes(put)} added`,
  broken: (why: string) => `Cannot be read: ${why}`,
  verify: "Verify",
  verifyOf: (when: string) => `Verify the backup of ${when}`,
  verifyAll: "Verify all",
  verifying: "Reading every piece and comparing it…",
  verified: "Every piece is whole.",
  notVerified: (number: number) => `${plural(number, "fault was", "faults were")} found`,
  verifyStopped: "Stopped before everything was read",
  prune: "Remove old ones…",
  pruneTitle: "Remove old backups",
  pruneLead: "Pieces that a kept backup needs stay. This cannot be undone.",
  pruneRule: "Which stay",
  pruneLast: "The last ones",
  pruneDays: "By age",
  pruneNumber: "How many stay",
  pruneAge: "Days that a backup stays",
  pruneKeeps: "The last one always stays.",
  pruneNone: "None would go.",
  pruneSure: (number: number) => `Remove ${plural(number, "backup", "backups")} for ever`,
  pruned: (number: number, size: number) =>
    `${plural(number, "backup", "backups")} removed, ${bytes(size)} freed`,
  restore: "Restoring",
  restoreLead:
    "A restore makes a new library, in a data folder where none is yet; it never writes over this one. On any machine with Damask:",
  restoreCommand: (place: string, id: string | null, sealed: boolean) =>
    `damask restore ${place} --data /srv/damask${id ? ` --at ${id}` : ""}${sealed ? " --key-file backup.key" : ""}`,
  restoreAt:
    "Without --at it is the last backup. Every byte is compared while it is written, and then the library proves itself: row counts, the last fact, what the notary signed, and a full check.",
  restorePractise:
    "Practise it once a month, into an empty folder. A backup that nobody has restored is a hope.",
};

export const proof = {
  about:
    "Every change is a fact, and the headers of all facts are leaves of one signed tree. Whoever keeps a checkpoint can tell later whether anything before it was changed, left out or put in. Proofs are checked here, by this browser; nothing of them is taken on trust.",
  checkpoint: "Checkpoint",
  checkpointLead: "Keep it in another place than this server: print it, mail it, hand it to somebody.",
  size: "Facts",
  root: "Root",
  origin: "Log",
  key: "Key",
  signature: "Signature",
  signed: "made by this key",
  "not-signed": "NOT made by this key",
  unknown: "this browser cannot check Ed25519 signatures",
  download: "Download",
  copy: "Copy the checkpoint",
  copyKey: "Copy the key",
  copied: "Copied",
  lookUp: "A fact or an asset",
  lookUpLead: "The history of each asset leads here as well.",
  what: "Number of a fact, or the address of an asset",
  hint: "48213",
  prove: "Prove",
  notMeant: "A number, or an address such as …/assets/0199a1b2-….",
  fact: (seq: number) => `Fact ${count(seq)}`,
  of: (name: string) => `History of ${name}`,
  checking: "Checking…",
  proven: "Proven",
  isIn: (size: number) => `It is in the log of ${count(size)} facts that was signed.`,
  isNotIn:
    "The proof does not lead to the signed root. Keep this page and your checkpoints, and run a check.",
  notProven: "NOT proven",
  when: "When",
  actor: "Actor",
  subjects: "Of",
  digest: "Digest",
  path: "Path",
  steps: (number: number) => `${plural(number, "hash", "hashes")} from the leaf to the root`,
  saveProof: "Download the proof",
  allProven: (number: number) => `${plural(number, "fact", "facts")}, all proven`,
  someProven: (good: number, all: number) => `${count(good)} of ${count(all)} proven`,
  older: "Older facts",
  consistency: "An older checkpoint",
  consistencyLead: "Paste one that you kept. What it speaks of has to be the beginning of today’s log.",
  paste: "Checkpoint",
  compare: "Compare",
  notNote: "That is no checkpoint. Paste all of its lines.",
  otherLog: (name: string) => `It is of another log: ${name}.`,
  begins: (old: number, size: number) =>
    `Nothing before it was changed: its ${plural(old, "fact is", "facts are")} the beginning of today’s ${count(size)}.`,
  beginsNot:
    "It is NOT the beginning of today’s log: what it speaks of was changed. Keep it, and run a check.",
  pastedUnsigned: "The pasted checkpoint does not bear this key’s signature, so anybody may have written it.",
  inHistory: "Proof",
  inHistoryOf: (verb: string) => `Proof: ${verb}`,
  wholeHistory: "Prove all of it",
};

export const erase = {
  about:
    "People may demand that what is known of them is erased. What facts said of them goes for ever; that there were facts, and every proof of them, stays. Backups that were made before still hold it until they are removed; when one of them is restored, it is erased again.",
  account: "An account",
  accountGoes: "Goes: name, address, password, keys and sessions, and what the history said of them.",
  accountStays: "Stays: what the person did, told under an id that names nobody.",
  past: "The past of an asset",
  pastGoes:
    "Goes: every value, name and path that once stood there, from its whole history. Nothing before can be undone after that.",
  pastStays:
    "Stays: the asset, its files, and the values that stand there now. Take those away first where they are to go too.",
  own: "Nobody erases the account they work with: another administrator can.",
  you: "you",
  gone: "Erased account",
  since: (day: string) => `since ${day}`,
  act: "Erase…",
  actOf: (name: string) => `Erase ${name}…`,
  title: (name: string) => `Erase ${name}`,
  titlePast: (name: string) => `Erase the past of ${name}`,
  asset: "Address or id of the asset",
  assetAct: "Look it up",
  notMeant: "An address such as …/assets/0199a1b2-….",
  type: (name: string) => `To go on, type: ${name}`,
  sure: (name: string) => `Erase ${name} for ever`,
  surePast: "Erase its past for ever",
  done: (name: string, facts: number) => `${name}: what ${plural(facts, "fact", "facts")} said is erased.`,
  proofsStand: (old: number, size: number) =>
    `Every proof stays valid: the log that was signed before (${plural(old, "fact", "facts")}) is the beginning of the log now (${count(size)}).`,
  proofsBroken: "The log that was signed before is NOT the beginning of the log now. Run a check.",
  proofsLater: (why: string) => `Whether every proof stays valid could not be checked: ${why}`,
  more: "More accounts",
  inHistory: "Erase the past…",
};
