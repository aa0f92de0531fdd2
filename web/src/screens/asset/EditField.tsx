/** A field in its place: reads as text, becomes a field on click or Enter, shows the new value at once, gives the old
 *  one back when refused, and shows both when somebody else was faster. */
import { Button } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Problem } from "../../api/client";
import type { AssetPatch, FieldView } from "../../api/types";
import { words } from "../../words";
import styles from "./Asset.module.css";
import { FieldValues } from "./FieldValues";
import { parsed, textOf } from "./fieldText";

export type Look = "headline" | "caption" | "credit" | "pair";

interface Props {
  field: FieldView;
  look: Look;
  etag: string | null;
  allowed: boolean;
  onSave: (field: FieldView, values: AssetPatch["fields"][string], etag: string | null) => Promise<void>;
}

type State =
  | { kind: "still" }
  /** `etag`: the state of the asset that the person saw when beginning to write. */
  | { kind: "writing"; text: string; etag: string | null }
  | { kind: "saving"; text: string }
  | { kind: "refused"; why: string }
  | { kind: "conflict"; mine: string };

export function EditField({ field, look, etag, allowed, onSave }: Props) {
  const [state, setState] = useState<State>({ kind: "still" });
  const before = textOf(field);
  const may = allowed && field.editable;

  const send = async (text: string, seen: string | null) => {
    if (text === before) return setState({ kind: "still" });
    setState({ kind: "saving", text });
    try {
      await onSave(field, parsed(field, text), seen);
      setState({ kind: "still" });
    } catch (cause) {
      const changed = cause instanceof Problem && cause.status === 412;
      setState(
        changed
          ? { kind: "conflict", mine: text }
          : { kind: "refused", why: cause instanceof Error ? cause.message : "" },
      );
    }
  };

  if (state.kind === "writing") {
    return (
      <Writing
        look={look}
        field={field}
        text={state.text}
        onText={(text) => setState({ ...state, text })}
        onSave={() => send(state.text, state.etag)}
        onCancel={() => setState({ kind: "still" })}
      />
    );
  }
  if (state.kind === "conflict") {
    return (
      <div className={styles.conflict} role="alert">
        <p>{words.asset.conflict}</p>
        <p>
          <span className="t3">{words.asset.theirs}</span> {before || words.asset.empty}
        </p>
        <p>
          <span className="t3">{words.asset.yours}</span> {state.mine || words.asset.empty}
        </p>
        <div className="row">
          <Button onClick={() => send(state.mine, null)}>{words.asset.keepYours}</Button>
          <Button variant="subtle" onClick={() => setState({ kind: "still" })}>
            {words.asset.takeTheirs}
          </Button>
        </div>
      </div>
    );
  }
  const begin = () => may && setState({ kind: "writing", text: before, etag });
  return (
    <div className={styles[look]} data-editable={may || undefined}>
      <FieldValues field={field} look={look} pending={state.kind === "saving" ? state.text : null} />
      {may && (
        <button
          type="button"
          className={styles.edit}
          aria-label={words.asset.edit(field.label)}
          title={words.asset.edit(field.label)}
          onClick={begin}
        >
          {before === "" && state.kind !== "saving" && <span>{invitation(look, field)}</span>}
        </button>
      )}
      {state.kind === "refused" && (
        <p className="no" role="alert">
          {words.asset.refused(state.why)}
        </p>
      )}
    </div>
  );
}

const invitation = (look: Look, field: FieldView) =>
  ({
    headline: words.asset.noHeadline,
    caption: words.asset.addCaption,
    credit: words.asset.addNamed(field.label),
    pair: words.asset.add,
  })[look];

interface WritingProps {
  look: Look;
  field: FieldView;
  text: string;
  onText: (text: string) => void;
  onSave: () => void;
  onCancel: () => void;
}

function Writing({ look, field, text, onText, onSave, onCancel }: WritingProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const left = useRef(false);
  const lines = field.many || look === "caption" || field.name.includes("description");
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  const press = (event: KeyboardEvent) => {
    // Enter that ends a composition (Japanese, Chinese) is not meant for the page.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      left.current = true;
      onCancel();
    } else if (event.key === "Enter" && (!lines || event.ctrlKey || event.metaKey)) {
      left.current = true;
      onSave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <textarea
      ref={box}
      className={`${styles[look]} ${styles.writing}`}
      aria-label={field.label}
      title={field.many ? words.asset.manyHint : undefined}
      rows={lines ? Math.min(8, Math.max(3, text.split("\n").length + 1)) : 1}
      value={text}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={press}
      onBlur={() => !left.current && onSave()}
    />
  );
}
