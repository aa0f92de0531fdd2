/** A field's values as one reads them, with the mark of their origin. */
import { Link } from "react-router";
import type { FieldValue, FieldView } from "../../api/types";
import { choose } from "../../query/tokens";
import { OriginMark } from "../../ui/OriginMark";
import { words } from "../../words";
import { localMoment, measure } from "../../words/format";
import styles from "./Asset.module.css";
import type { Look } from "./EditField";

export function FieldValues({
  field,
  look,
  pending,
}: {
  field: FieldView;
  look: Look;
  pending: string | null;
}) {
  if (pending !== null) return <Said look={look}>{pending}</Said>;
  if (field.values.length === 0)
    return field.editable ? null : <span className="t3">{words.asset.empty}</span>;
  if (look === "pair" && field.many) return <Chips field={field} />;
  const last = field.values.at(-1);
  return (
    <Said look={look}>
      {field.values.map((value) => shown(field, value)).join(", ")}{" "}
      {last && <OriginMark origin={last.origin} />}
    </Said>
  );
}

function Said({ look, children }: { look: Look; children: React.ReactNode }) {
  if (look === "headline") return <h2>{children}</h2>;
  return look === "pair" ? <span>{children}</span> : <p>{children}</p>;
}

/** Several values: each leads to what shares it. One mark after those of one origin. */
function Chips({ field }: { field: FieldView }) {
  return field.values.map((value, index) => {
    const next = field.values[index + 1];
    const text = shown(field, value);
    return (
      <span key={text} className={styles.chipped}>
        <Link
          className={styles.chip}
          to={`/?${new URLSearchParams({ q: choose("", field.name, String(value.value)) })}`}
        >
          {text}
        </Link>
        {next?.origin.kind !== value.origin.kind && <OriginMark origin={value.origin} />}
      </span>
    );
  });
}

function shown(field: FieldView, { value, display }: FieldValue): string {
  if (field.type === "moment" && typeof value === "string") return localMoment(value);
  // A rate is a text, for 30000/1001 is no decimal number; what is shown of it is one.
  const number = typeof value === "number" ? value : Number(display);
  return (Number.isFinite(number) ? measure(field.name, number) : null) ?? display;
}
