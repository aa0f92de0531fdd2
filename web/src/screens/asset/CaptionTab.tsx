/** Headline, caption and credit as one reads them; then the fields in pairs, each with where it comes from. */
import { Button } from "@mantine/core";
import { IconFile, IconGauge, IconUser } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { type Held, useEditAsset, useFields, useUndoEdit } from "../../api/assets";
import { useCan } from "../../api/session";
import type { AssetPatch, FieldView } from "../../api/types";
import { MOD, useKeys } from "../../ui/keys";
import { words } from "../../words";
import styles from "./Asset.module.css";
import { allFields } from "./allFields";
import { notUndone } from "./changes";
import { EditField } from "./EditField";

const UNDO_MS = 8000;
/** Shown above the pairs, in this order. */
const LEAD = ["headline", "caption", "creator", "credit"];

type Values = AssetPatch["fields"][string];
interface Saved {
  field: FieldView;
  edit: number;
}

export function CaptionTab({ held: { asset, etag } }: { held: Held }) {
  const can = useCan();
  const edit = useEditAsset(asset.id);
  const undoing = useUndoEdit(asset.id);
  const [all, setAll] = useState(false);
  const [saved, setSaved] = useState<Saved | null>(null);
  const [resting, setResting] = useState(false);

  useEffect(() => {
    if (!saved || resting) return;
    const timer = setTimeout(() => setSaved(null), UNDO_MS);
    return () => clearTimeout(timer);
  }, [saved, resting]);

  const save = async (field: FieldView, values: Values, seen: string | null) => {
    const done = await edit.mutateAsync({ fields: { [field.name]: values }, etag: seen });
    undoing.reset();
    setSaved({ field, edit: done.edit });
  };
  const undo = () => {
    if (!saved) return;
    undoing.mutate(saved.edit);
    setSaved(null);
  };
  useKeys({ "Mod+z": undo }, saved !== null);

  const props = { etag, allowed: can.edit, onSave: save };
  const fields = allFields(asset.fields, useFields().data ?? []);
  const lead = LEAD.flatMap((name) => fields.filter((field) => field.name === name));
  // What people write comes before what was measured.
  const rest = fields
    .filter((field) => !LEAD.includes(field.name))
    .sort((a, b) => Number(b.editable) - Number(a.editable));
  const empty = rest.filter((field) => field.values.length === 0);
  const shown = all ? rest : rest.filter((field) => field.values.length > 0);
  return (
    <div className={styles.tab}>
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
      <div role="status">
        {saved && (
          // biome-ignore lint/a11y/noStaticElementInteractions: resting on the toast only holds it
          <div
            className={`${styles.toast} pop`}
            onPointerEnter={() => setResting(true)}
            onPointerLeave={() => setResting(false)}
            onFocus={() => setResting(true)}
            onBlur={() => setResting(false)}
          >
            {words.asset.saved(saved.field.label)}
            <Button
              variant="subtle"
              data-accent
              c="var(--dm-accent)"
              rightSection={<kbd aria-hidden>{MOD} Z</kbd>}
              onClick={undo}
            >
              {words.asset.undo}
            </Button>
          </div>
        )}
      </div>
      {undoing.isError && (
        <p className="no" role="alert">
          {notUndone(undoing.error)}
        </p>
      )}
    </div>
  );
}
