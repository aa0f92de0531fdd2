/** The query as the page edits it: tokens with their places, and adding, taking out and excluding a value.
 *  The server's grammar decides what a query means; here it is only cut at spaces outside quotes and brackets,
 *  so that a click on a facet changes one token and leaves the person's other words as they were typed. */

export interface Token {
  /** As typed, with its minus. */
  text: string;
  /** Offsets in the query, in UTF-16 units; `end` is exclusive. */
  start: number;
  end: number;
  excluded: boolean;
  /** The field before the colon; `null` for words, phrases and groups. */
  field: string | null;
  /** The values after it, unquoted. For words, the word itself. */
  values: string[];
}

/** Where a facet's value stands in a query. */
export type Mark = "none" | "chosen" | "excluded";

export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let start = -1;
  let quoted = false;
  let depth = 0;
  for (let at = 0; at <= query.length; at++) {
    const letter = query[at];
    const inside = quoted || depth > 0;
    if (letter === undefined || (!inside && /\s/.test(letter))) {
      if (start >= 0) found.push(token(query, start, at));
      start = -1;
      continue;
    }
    if (start < 0) start = at;
    if (letter === "\\" && quoted) at++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === "(") depth++;
    else if (!quoted && letter === ")") depth = Math.max(0, depth - 1);
  }
  return found;
}

function token(query: string, start: number, end: number): Token {
  const text = query.slice(start, end);
  const excluded = text.startsWith("-") && text.length > 1;
  const body = excluded ? text.slice(1) : text;
  const match = /^([a-z][a-z0-9_]*):(.*)$/s.exec(body);
  const field = match?.[1] ?? null;
  return { text, start, end, excluded, field, values: splitValues(match?.[2] ?? body) };
}

/** Values between commas, without their quotes. */
function splitValues(text: string): string[] {
  const values: string[] = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "\\" && quoted && at + 1 < text.length) value += text[++at];
    else if (letter === '"') quoted = !quoted;
    else if (letter === "," && !quoted) {
      values.push(value);
      value = "";
    } else value += letter;
  }
  values.push(value);
  return values.filter((each) => each !== "");
}

/** A value as it must be written: quoted where a space, comma, bracket or quote would cut it. */
export function quote(value: string): string {
  return /^[^\s,"():\\*<>=-][^\s,"():\\*<>=]*$/.test(value) && !value.includes("..")
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export function markOf(query: string, field: string, value: string): Mark {
  const hit = tokens(query).find(
    (each) => each.field === field && each.values.some((held) => same(held, value)),
  );
  if (!hit) return "none";
  return hit.excluded ? "excluded" : "chosen";
}

/** Adds a value to a field's token, or makes the token. An excluded value stops being excluded. */
export function choose(query: string, field: string, value: string): string {
  return put(drop(query, field, value), field, value, false);
}

/** Leaves out what has this value. */
export function exclude(query: string, field: string, value: string): string {
  return put(drop(query, field, value), field, value, true);
}

/** Takes a value out, chosen or excluded; a token without values goes. */
export function drop(query: string, field: string, value: string): string {
  let next = query;
  for (const each of tokens(query).reverse()) {
    if (each.field !== field || !each.values.some((held) => same(held, value))) continue;
    const rest = each.values.filter((held) => !same(held, value));
    next = splice(next, each, rest.length > 0 ? write(field, rest, each.excluded) : "");
  }
  return next;
}

/** Sets a field to exactly this text (a range, say), or takes its token away. */
export function setField(query: string, field: string, text: string | null): string {
  let next = query;
  for (const each of tokens(query).reverse()) {
    if (each.field === field && !each.excluded) next = splice(next, each, "");
  }
  return text === null ? next : append(next, `${field}:${text}`);
}

/** The text of a field's token that is not excluded, or `null`. */
export function fieldText(query: string, field: string): string | null {
  const hit = tokens(query).find((each) => each.field === field && !each.excluded);
  return hit ? hit.text.slice(field.length + 1) : null;
}

/** The query without one of its tokens. */
export function without(query: string, token: Token): string {
  return splice(query, token, "");
}

function put(query: string, field: string, value: string, excluded: boolean): string {
  const home = tokens(query).find(
    (each) => each.field === field && each.excluded === excluded && plain(each),
  );
  if (home) return splice(query, home, write(field, [...home.values, value], excluded));
  return append(query, write(field, [value], excluded));
}

/** Whether a token is a list of values, not a range, comparison or group to which nothing can be added. */
const plain = (each: Token) =>
  !each.values.some((value) => value.includes("..") || /^[<>=(]/.test(value)) && !each.text.includes("(");

function write(field: string, values: string[], excluded: boolean): string {
  return `${excluded ? "-" : ""}${field}:${values.map((value) => (value.includes("..") ? value : quote(value))).join(",")}`;
}

/** A top-level OR binds looser than a new token would: it goes into brackets first. */
function append(query: string, text: string): string {
  const whole = query.trim();
  if (!whole) return text;
  return tokens(whole).some((each) => each.text === "OR") ? `(${whole}) ${text}` : `${whole} ${text}`;
}

function splice(query: string, { start, end }: Token, text: string): string {
  const before = query.slice(0, start).trimEnd();
  const after = query.slice(end).trimStart();
  return [before, text, after].filter((part) => part !== "").join(" ");
}
