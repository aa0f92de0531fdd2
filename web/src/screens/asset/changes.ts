/** What a fact changed, in words: fields by their labels, and of its other members those that mean something to a
 *  person. Facts are open: what is not known here is left out, not guessed. */
import type { AssetView, Fact } from "../../api/types";
import { words } from "../../words";
import { bytes, localMoment, measure } from "../../words/format";

export interface Change {
  name: string;
  label: string;
  /** `null` where nothing stood there, and none was asked to: then the new value alone is said. */
  before: string | null;
  after: string;
}

type Open = Record<string, unknown>;

/** Longest value that is shown whole, in characters. */
export const SHOWN_MAX = 120;

const open = (value: unknown): Open =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Open) : {};

/** Whether a person wrote fields, which can be undone. */
export const isEdit = ({ verb, before, after }: Pick<Fact, "verb" | "before" | "after">) =>
  verb === "asset.edited" && "fields" in open(before) && "fields" in open(after);

/** What can be undone beside edits, and the member of the fact that it takes. */
const UNDOABLE: Record<string, string | null> = {
  "asset.trashed": null,
  "asset.restored": null,
  "asset.checked-out": null,
  "asset.checked-in": null,
  "version.added": "version",
  "version.promoted": "version",
};

/** Whether what a fact states can be undone. */
export function canUndo(fact: Pick<Fact, "verb" | "before" | "after">): boolean {
  const needed = UNDOABLE[fact.verb];
  if (needed === undefined) return isEdit(fact);
  return needed === null || typeof open(fact.before)[needed] === "string";
}

/** What of the asset each of these acts made so. */
const MADE: Record<string, (asset: Held) => boolean> = {
  "asset.trashed": ({ trashed }) => trashed !== null,
  "asset.restored": ({ trashed }) => trashed === null,
  "asset.checked-out": ({ checkout }) => checkout !== null,
  "asset.checked-in": ({ checkout }) => checkout === null,
};
type Held = Pick<AssetView, "trashed" | "checkout">;
type Told = Pick<Fact, "verb" | "seq">;

/** Whether what a fact states still stands, as far as the asset tells: what was taken back since, or done again,
 *  cannot be undone from it. `facts` come with the newest first. */
export function stands({ verb, seq }: Told, asset: Held, facts: readonly Told[]): boolean {
  const made = MADE[verb];
  return !made || (made(asset) && facts.find((other) => other.verb === verb)?.seq === seq);
}

export function changesOf(before: unknown, after: unknown, labels: ReadonlyMap<string, string>): Change[] {
  const [old, fresh] = [open(before), open(after)];
  return [...fieldsOf(old, fresh, labels), ...membersOf(old, fresh)];
}

function fieldsOf(old: Open, fresh: Open, labels: ReadonlyMap<string, string>): Change[] {
  // A fact that tells of fields on one side alone tells what came in, not what was taken away.
  if (!("fields" in fresh)) return [];
  const [stood, stands] = [open(old.fields), open(fresh.fields)];
  return [...new Set([...Object.keys(stood), ...Object.keys(stands)])].flatMap((name) => {
    const [was, is] = [textOf(name, stood[name]), textOf(name, stands[name])];
    if (was === is) return [];
    const said = (text: string) => cut(text) || words.asset.nothingStood;
    const label = labels.get(name) ?? name;
    return [{ name, label, before: "fields" in old ? said(was) : null, after: said(is) }];
  });
}

function membersOf(old: Open, fresh: Open): Change[] {
  // What was kept aside stands before; where it went is no one's reading.
  const told = Object.keys(words.asset.factMembers).some((name) => name in fresh) ? fresh : old;
  return Object.entries(words.asset.factMembers).flatMap(([name, label]) => {
    const value = told[name];
    if (name === "bytes" && typeof value === "number")
      return [{ name, label, before: null, after: bytes(value) }];
    return typeof value === "string" && value !== ""
      ? [{ name, label, before: null, after: cut(value) }]
      : [];
  });
}

/** The values of a field, joined by commas. */
function textOf(name: string, entries: unknown): string {
  if (!Array.isArray(entries)) return "";
  return entries
    .map((entry) => valueText(name, open(open(entry).value)))
    .filter(Boolean)
    .join(", ");
}

/** A value stands under the name of its type. */
function valueText(name: string, value: Open): string {
  const [type, held] = Object.entries(value)[0] ?? ["", null];
  if (type === "localized") return String(open(held).text ?? "");
  if (type === "moment") return localMoment(String(held));
  if (type === "position") {
    const { latitude, longitude, altitude_m } = open(held);
    return [latitude, longitude, altitude_m].filter((part) => typeof part === "number").join(" ");
  }
  if (type === "rate" && Array.isArray(held)) return held.join("/");
  if (typeof held === "number") return measure(name, held) ?? String(held);
  return typeof held === "string" || typeof held === "boolean" ? String(held) : "";
}

/** In one line, and not too long a one. */
function cut(text: string): string {
  const line = [...text.replace(/\s+/g, " ").trim()];
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX).join("").trimEnd()}…` : line.join("");
}
