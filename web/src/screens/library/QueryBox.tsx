/** The query: a field whose tokens are coloured beneath the text, searched as one types, with what the server
 *  suggests below, and a mistake underlined where it is. */
import { CloseButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { useSuggestions } from "../../api/assets";
import type { Problem } from "../../api/client";
import { accept } from "../../query/suggestion";
import { useDebounced } from "../../ui/useDebounced";
import { words } from "../../words";
import { count, took } from "../../words/format";
import { Marked } from "./Marked";
import styles from "./Query.module.css";
import { isUnreadable } from "./refusal";
import { Suggestions } from "./Suggestions";
import type { Move } from "./steps";

const TYPE_MS = 120;

interface Props {
  ref: RefObject<HTMLInputElement | null>;
  query: string;
  total: number | undefined;
  tookUs: number | undefined;
  problem: Problem | null;
  onQuery: (query: string, move: Move) => void;
}

export function QueryBox({ ref, query, total, tookUs, problem, onQuery }: Props) {
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState(query.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const mirror = useRef<HTMLDivElement>(null);
  const sent = useRef(query);
  const still = useDebounced(text, TYPE_MS);
  const list = useId();
  const suggestions = useSuggestions(still, Math.min(caret, still.length), open).data ?? [];
  const showing = open && still === text && suggestions.length > 0;

  // Typed words go to the address; an address changed elsewhere (a facet, the back button) comes to the field.
  useEffect(() => {
    // While the two differ, what rests is older than what stands in the field: sending it would undo the address.
    if (still !== text || still === sent.current) return;
    sent.current = still;
    onQuery(still, "typing");
  }, [still, text, onQuery]);
  useEffect(() => {
    if (query === sent.current) return;
    sent.current = query;
    setText(query);
    setCaret(query.length);
  }, [query]);

  const send = (next: string, move: Move) => {
    sent.current = next;
    onQuery(next, move);
  };
  const take = (index: number) => {
    const suggestion = suggestions[index];
    if (!suggestion) return;
    const edited = accept(text, caret, suggestion);
    setText(edited.query);
    setCaret(edited.caret);
    setChosen(-1);
    requestAnimationFrame(() => ref.current?.setSelectionRange(edited.caret, edited.caret));
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      if (showing) setOpen(false);
      else ref.current?.blur();
    } else if (event.key === "Enter") {
      if (showing && chosen >= 0) take(chosen);
      else {
        send(text, "entered");
        setOpen(false);
      }
    } else if (showing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((held) => (held + step + suggestions.length + 1) % (suggestions.length + 1));
      if (chosen + step >= suggestions.length) setChosen(-1);
    } else if (showing && chosen >= 0 && event.key === "Tab") take(chosen);
    else return;
    event.preventDefault();
  };

  const bad = problem && isUnreadable(problem) && sent.current === text ? problem : null;
  return (
    <search className={styles.box} data-bad={bad ? true : undefined}>
      <IconSearch size={16} stroke={1.6} aria-hidden />
      <div className={styles.field}>
        <div className={styles.mirror} ref={mirror} aria-hidden>
          <Marked query={text} at={bad?.body.at ?? null} />
        </div>
        <input
          ref={ref}
          className={styles.input}
          value={text}
          placeholder={words.query.placeholder}
          aria-label={words.query.label}
          aria-invalid={bad !== null}
          aria-describedby={bad ? `${list}-bad` : undefined}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={showing}
          aria-controls={list}
          aria-activedescendant={showing && chosen >= 0 ? `${list}-${chosen}` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={4000}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart ?? event.target.value.length);
            setChosen(-1);
            setOpen(true);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onScroll={(event) => {
            if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
        />
      </div>
      {text && (
        <CloseButton
          size="sm"
          aria-label={words.query.clear}
          onClick={() => {
            setText("");
            send("", "step");
            ref.current?.focus();
          }}
        />
      )}
      <output className={styles.count} aria-live="polite">
        {total !== undefined && (
          <>
            <b>{count(total)}</b> {words.query.results(total)}
            {tookUs !== undefined && <span className={styles.took}> · {took(tookUs)}</span>}
          </>
        )}
      </output>
      {bad && (
        <p className={styles.bad} id={`${list}-bad`} role="alert">
          {bad.message}
          {bad.body.expected
            ? `. ${words.query.expected(bad.body.expected)}`
            : bad.body.hint && `. ${bad.body.hint}`}
        </p>
      )}
      {showing && !bad && <Suggestions id={list} items={suggestions} chosen={chosen} onTake={take} />}
    </search>
  );
}
