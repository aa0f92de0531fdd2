import { expect, it } from "vitest";
import { accept } from "./suggestion";

const field = (text: string) => ({ text, kind: "field" as const, count: null });
const value = (text: string) => ({ text, kind: "value" as const, count: 3 });

it.each([
  ["cap|", field("captured"), "captured:|"],
  ["lake -st|", field("state"), "lake -state:|"],
  ["type:im|", value("image"), "type:image |"],
  ["type:image,vi|", value("video"), "type:image,video |"],
  ["camera:nik|", value("NIKON Z 9"), 'camera:"NIKON Z 9" |'],
  ["camera:nik| lake", value("X-T5"), "camera:X-T5| lake"],
  ["lak|", value("lake"), "lake |"],
  ["ima|", value("type:image"), "type:image |"],
  ["type:image,vi|", value("type:video"), "type:image,video |"],
  ["-ima|", value("type:image"), "-type:image |"],
])("%s takes %o as %s", (before, suggestion, after) => {
  const caret = before.indexOf("|");
  const edited = accept(before.replace("|", ""), caret, suggestion);
  expect(`${edited.query.slice(0, edited.caret)}|${edited.query.slice(edited.caret)}`).toBe(after);
});
