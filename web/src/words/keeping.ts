/** The words of what can be taken back, in English: trash, undo, versions, check-out, files of the same name. */
import { count } from "./format";

const assets = (number: number) => `${count(number)} ${number === 1 ? "asset" : "assets"}`;
/** One asset by its name, where that is known; several by their number. */
const named = (number: number, name?: string) => (number === 1 && name ? name : count(number));
const days = (number: number) => `${count(number)} ${number === 1 ? "day" : "days"}`;

export const undo = {
  act: "Undo",
  of: (what: string) => `Undo: ${what}`,
  done: "Undone",
  doneWith: (others: number) => `Undone, with ${count(others)} ${others === 1 ? "other" : "others"}`,
  not: (why: string) => `Not undone: ${why}`,
  changedSince: "one of these values was changed again since.",
};

export const trash = {
  label: "Trash",
  place: (number: number) => `Trash, ${assets(number)}`,
  move: "Move to trash",
  restore: "Restore",
  purge: (number: number) => `Delete ${count(number)} for ever…`,
  purgeTitle: "Delete for ever",
  purgeLead: (number: number) =>
    `${assets(number)} ${number === 1 ? "goes" : "go"} with all files, versions and values. This cannot be undone.`,
  purgeSure: (number: number) => `Delete ${count(number)} for ever`,
  empty: "Empty trash…",
  emptyTitle: "Empty the trash",
  emptied: "The trash is being emptied. Activity shows how far it is.",
  done: {
    trash: (number: number, name?: string) => `Moved ${named(number, name)} to the trash`,
    restore: (number: number, name?: string) => `Restored ${named(number, name)}`,
    purge: (number: number, name?: string) => `Deleted ${named(number, name)} for ever`,
  },
  none: "Nothing was changed",
  heldBy: (name: string, who: string, since: string) =>
    `${name} stays: ${who} has it checked out since ${since}`,
  andMore: (number: string) => `and ${number} more`,
  notAllowed: "You may not edit",
  notAllowedPurge: "Only administrators delete for ever",
  gone: (left: number) => (left < 1 ? "Goes today" : `Goes in ${days(left)}`),
  kept: "Stays until it is deleted",
  keeps: (number: number) => `Deleted for ever ${days(number)} after it was put here`,
  keepsForGood: "Stays until somebody deletes it for ever",
  goesOn: (day: string) => `Deleted for ever on ${day}`,
  since: (when: string) => `In the trash since ${when}.`,
  sinceAndUntil: (when: string, day: string) => `In the trash since ${when}. Deleted for ever on ${day}.`,
  reason: "It lies in the trash",
  nothing: "The trash is empty",
  nothingLead: "What you delete waits here and can be restored.",
  toLibrary: "To the library",
  all: (number: number) =>
    `The library is empty; ${assets(number)} ${number === 1 ? "is" : "are"} in the trash`,
  open: "Open the trash",
};

export const checkout = {
  act: "Check out…",
  lead: "Until you check it in, nobody else can change it. Everybody sees that you work on it.",
  note: "What for",
  noteHint: "retouching the sky",
  sure: "Check out",
  in: "Check in",
  take: "Take it…",
  takeTitle: (who: string) => `Take it from ${who}`,
  takeLead: (who: string) =>
    `It is checked in for ${who}, who may have unsaved work on it; whoever may edit can change it again.`,
  takeSure: "Take it",
  notAllowedTake: "Only administrators take what someone else has checked out",
  mine: "Checked out by you",
  by: (who: string) => `Checked out by ${who}`,
  since: (when: string) => `since ${when}`,
  reason: (who: string) => `${who} has it checked out`,
  mark: "Checked out",
  out: (name: string) => `${name} is checked out to you`,
  back: (name: string) => `${name} is checked in`,
};

export const versions = {
  current: "current",
  acts: (number: number) => `What to do with v${count(number)}`,
  promote: "Make current",
  promoted: (number: number) => `v${count(number)} is the current version`,
  download: "Download",
  compare: "Compare with current",
  replace: "Replace file…",
  earlier: (number: number) => `This is v${count(number)}, not the current version.`,
  back: "Back to the current one",
  dropTitle: "What is this file?",
  dropLead: (file: string) => `You dropped ${file} on the page of an asset.`,
  dropVersion: (name: string) => `A new version of ${name}`,
  dropVersionHint: "What people wrote of the asset stays; the version before can be made current again.",
  dropAdd: "A file for the library",
  dropAddHint: "It becomes an asset of its own.",
  dropHere: "Drop to replace the file, or to add files to the library",
};

export const compare = {
  label: "Comparison",
  title: (from: number, to: number) => `v${count(from)} beside v${count(to)}`,
  side: "Side by side",
  swipe: "Swipe",
  how: "How to compare",
  close: "Close the comparison",
  handle: "Where the two pictures meet",
  at: (percent: number, name: string) => `${count(percent)} % ${name}`,
  alt: (number: number) => `v${count(number)}`,
  facts: "Technical facts",
  tags: "Embedded tags",
  sameFacts: "What was measured is the same in both.",
  sameTags: "The embedded tags are the same in both.",
  what: "What",
  absent: "not there",
  noPicture: "There is no picture of this version.",
};

export const sameName = {
  label: "Same name",
  lead: (name: string) => `${name} is in this folder already`,
  here: "There now",
  fresh: "Yours",
  version: "New version",
  copy: "Keep both",
  skip: "Leave out",
  all: (number: number) => `For all of these (${count(number)})`,
  asking: "Waits for an answer",
  waiting: (number: number) => `${count(number)} ${number === 1 ? "file waits" : "files wait"} for an answer`,
  open: (name: string) => `Open ${name}`,
};
