/** Headline, caption and credit as one reads them; then the fields in pairs, each with where it comes from. */
import { IconFile, IconGauge, IconUser } from "@tabler/icons-react";
import { useState } from "react";
import { useUndoToast } from "../../acts/undo";
import { type Held, useEditAsset, useFields } from "../../api/assets";
import type { AssetPatch, FieldView } from "../../api/types";
import { tell } from "../../ui/notices";
import { words } from "../../words";
import styles from "./Asset.module.css";
import { allFields } from "./allFields";
import { useBlocked } from "./blocked";
import { EditField } from "./EditField";

/** Shown above the pairs, in this order. */
const LEAD = ["headline", "caption", "creator", "credit"];

type Values = AssetPatch["fields"][string];
export function CaptionTab({ held: { asset, etag } }: { held: Held }) {
  const blocked = useBlocked(asset);
  const edit = useEditAsset(asset.id);
  const undo = useUndoToast();
  const [all, setAll] = useState(false);

  const save = async (field: FieldView, values: Values, seen: string | null) => {
    const done = await edit.mutateAsync({ fields: { [field.name]: values }, etag: seen });
    tell({ text: words.asset.saved(field.label), undo: () => undo([done.edit]) });
  };

  const props = { etag, allowed: blocked === null, onSave: save };
  const fields = allFields(asset.fields, useFields().data ?? []);
  const lead = LEAD.flatMap((name) =>
    fields.filter((field) => field.name === name && (blocked === null || field.values.length > 0)),
  );
  // What people write comes before what was measured.
  const rest = fields
    .filter((field) => !LEAD.includes(field.name))
    .sort((a, b) => Number(b.editable) - Number(a.editable));
  const empty = rest.filter((field) => field.values.length === 0);
  const shown = all ? rest : rest.filter((field) => field.values.length > 0);
  return (
    <div className={styles.tab}>
      {blocked !== null && <p className={`${styles.blocked} s12 t2`}>{words.asset.blocked(blocked)}</p>}
      {lead.map((field) => (
        <EditField
          key={field.name}
          field={field}
          look={field.name === "headline" ? "headline" : field.name === "caption" ? "caption" : "credit"}
          {...props}
        />
      ))}
      <dl className={styles.pairs}>
        {shown.map((field) => (
          <div key={field.name} className={styles.pair}>
            <dt>{field.label}</dt>
            <dd>
              <EditField field={field} look="pair" {...props} />
            </dd>
          </div>
        ))}
      </dl>
      {empty.length > 0 && (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.asset.fewerFields : words.asset.moreFields(empty.length)}
        </button>
      )}
      <div className={styles.legend} aria-hidden>
        <span>
          <IconFile size={11} />
          {words.asset.legend.file}
        </span>
        <span>
          <IconUser size={11} />
          {words.asset.legend.person}
        </span>
        <span>
          <IconGauge size={11} />
          {words.asset.legend.measured}
        </span>
      </div>
    </div>
  );
}
