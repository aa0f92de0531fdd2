/** Taking a suggestion into the query: it replaces the word or value the caret stands in. */
import type { Suggestion } from "../api/types";
import { quote } from "./tokens";

export interface Edited {
  query: string;
  caret: number;
}

export function accept(query: string, caret: number, suggestion: Suggestion): Edited {
  const start = wordStart(query, caret);
  const end = wordEnd(query, caret);
  const word = query.slice(start, end);
  const text =
    suggestion.kind === "field"
      ? fieldText(word, suggestion.text)
      : valueText(word, caret - start, suggestion.text);
  const spaced = suggestion.kind === "value" && end === query.length ? `${text} ` : text;
  return { query: query.slice(0, start) + spaced + query.slice(end), caret: start + spaced.length };
}

const fieldText = (word: string, field: string) =>
  `${word.startsWith("-") ? "-" : ""}${field.replace(/:$/, "")}:`;

/** A value keeps the field before it and the values already there; a whole token (`type:image`) comes as it is. */
function valueText(word: string, caret: number, value: string): string {
  const minus = word.startsWith("-") ? "-" : "";
  const whole = /^([a-z][a-z0-9_]*:)(.*)$/s.exec(value);
  if (whole) {
    const others = word.slice(minus.length, caret);
    const kept = others.startsWith(whole[1] ?? "") ? others.slice(0, others.lastIndexOf(",") + 1) : "";
    return minus + (kept ? kept + whole[2] : value);
  }
  const typed = word.slice(0, caret);
  const kept = typed.slice(0, Math.max(typed.indexOf(":"), typed.lastIndexOf(",")) + 1);
  return `${kept || minus}${quote(value)}`;
}

function wordStart(query: string, caret: number): number {
  let quoted = false;
  let start = 0;
  for (let at = 0; at < caret; at++) {
    if (query[at] === '"') quoted = !quoted;
    else if (!quoted && /[\s(]/.test(query[at] ?? "")) start = at + 1;
  }
  return start;
}

function wordEnd(query: string, caret: number): number {
  const rest = query.slice(caret).search(/[\s)]/);
  return rest < 0 ? query.length : caret + rest;
}
