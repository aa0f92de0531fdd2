/** The places of originals in English. */
import { bytes, count } from "./format";

const files = (number: number) => `${count(number)} ${number === 1 ? "file" : "files"}`;

export const places = {
  title: "Places",
  lead: "Where originals are kept, and whether every byte of them is right.",
  about:
    "Damask reads every original again and again, compares it with its hash, and mends what is damaged from the other place.",
  ranks: { first: "First place", second: "Second place" },
  does: { first: "Originals are put here and read from here.", second: "Originals are kept here once more." },
  name: "Where",
  here: "in the data folder",
  found: "What it can do",
  unknown: "not known: it was not reached yet",
  encryption: "Encryption",
  encrypted: (is: boolean) =>
    is ? "encrypted: nobody reads it without the library’s key" : "none: whoever has the disk can read it",
  filling: "Being filled",
  filled: "Filled",
  isFilled: "everything that was there before it was copied to it",
  isNotFilled: "not yet: its first pass copies what was there before it",
  behind: "Behind",
  behindBy: (facts: number) =>
    facts === 0
      ? "by nothing: it has all that came in"
      : `by ${count(facts)} ${facts === 1 ? "fact" : "facts"} of the history whose files were not copied yet`,
  verified: "Last verified",
  never: "not yet",
  saw: (at: string, number: number, size: number) => `${at} · ${files(number)}, ${bytes(size)}`,
  pass: "Being verified",
  progress: (rank: string) => `Progress: ${rank}`,
  seen: (number: number, size: number, since: string) =>
    `${files(number)}, ${bytes(size)} so far · since ${since}`,
  ofAll: (assets: number) => `of ${count(assets)} ${assets === 1 ? "asset" : "assets"}`,
  verify: "Verify now",
  verifyOf: (rank: string) => `Verify now: ${rank}`,
  goesOn: "It goes on by itself, also when this page is closed.",
  trouble: (since: string, why: string) => `It cannot be looked after since ${since}: ${why}`,
  whole: "No file is damaged",
  damaged: (number: number, more: boolean) =>
    `${more ? "More than " : ""}${files(number)} ${number === 1 ? "is" : "are"} damaged`,
  faultsOf: (rank: string) => `Damaged files: ${rank}`,
  again: "Look again and mend",
  againOf: (name: string) => `Look again and mend: ${name}`,
  more: "More damaged files",
  waits: "A file in quarantine",
  mended: "The file is right again",
  good: "The file is right",
  still: (outcome: string) => `It is still damaged: ${outcome}`,
  outcomes: {
    good: "whole",
    mended: "was damaged, and mended",
    missing: "the file is missing",
    short: "the file is too short",
    different: "its bytes are not those that came in",
    unreadable: "it cannot be read",
  } as Record<string, string>,
  swap: "Swap the places…",
  swapSection: "Swapping",
  swapLead:
    "Make the second place the first, while people work: a way to move originals to another drive or bucket.",
  swapNotYet: "Only where the second place is filled, has everything, and no file of it is damaged.",
  swapTitle: "Swap the places",
  swapWill: (second: string) => `From now on, originals are put in and read from: ${second}.`,
  swapOld: (first: string) => `It becomes the second place, and gets copies: ${first}.`,
  swapNothing: "Nothing is deleted, and nobody has to stop working. It can be swapped back.",
  swapFile:
    "Then swap them in damask.toml when it suits you. Where several servers share a library, restart the others with it before people go on.",
  swapSure: "Swap the places",
  swapped: "The places are swapped",
  none: "There is no second place",
  noneLead:
    "With one, a disk that dies or a file that rots is a matter of minutes: each original is kept there once more, and damage in one place is mended from the other. It is no backup: what is deleted for ever goes from both.",
  noneTodo: "Name a folder on another drive, or a bucket, in damask.toml, and restart:",
  noneToml: '[store]\nsecond = "/mnt/nas/damask"      # or "s3://bucket/prefix"',
  keptIn: "Kept in",
  notSeen: "Not verified yet.",
  at: (outcome: string, when: string) => `${outcome}, verified ${when}`,
};
