/** A field's values as a person types them, and back. Several values stand one a line. */
import type { AssetPatch, FieldView } from "../../api/types";

type Values = AssetPatch["fields"][string];

export function textOf(field: FieldView): string {
  return field.values
    .map(({ value }) => {
      if (typeof value !== "object") return String(value);
      return [value.latitude, value.longitude, value.altitude_m]
        .filter((part) => part !== null && part !== undefined)
        .join(", ");
    })
    .join("\n");
}

/** The values of a text; `null` to take away what a person wrote. The server refuses what is not lawful. */
export function parsed(field: Pick<FieldView, "type" | "many">, text: string): Values {
  const parts = (field.many ? text.split("\n") : [text])
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) return null;
  return parts.map((part) => oneOf(field.type, part));
}

function oneOf(type: string, text: string): NonNullable<Values>[number] {
  if (type === "integer" || type === "number") {
    const value = Number(text.replace("−", "-"));
    return Number.isFinite(value) ? value : text;
  }
  if (type === "boolean") return /^(true|yes|1)$/i.test(text);
  if (type === "position") {
    const [latitude, longitude, altitude] = text.split(/[,\s]+/).map(Number);
    if (latitude === undefined || longitude === undefined || Number.isNaN(latitude + longitude)) return text;
    return altitude === undefined || Number.isNaN(altitude)
      ? { latitude, longitude }
      : { latitude, longitude, altitude_m: altitude };
  }
  return text;
}
