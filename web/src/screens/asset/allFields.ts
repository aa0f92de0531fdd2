/** An asset's fields together with those it could have: the server answers only fields that hold something. */
import type { Field, FieldView } from "../../api/types";

export function allFields(held: readonly FieldView[], schema: readonly Field[]): FieldView[] {
  const known = new Set(schema.map((field) => field.name));
  const merged = schema.flatMap(({ name, label, type, many, editable }) => {
    const own = held.find((field) => field.name === name);
    return own ? [own] : editable ? [{ name, label, type, many, editable, values: [] }] : [];
  });
  return [...merged, ...held.filter((field) => !known.has(field.name))];
}
