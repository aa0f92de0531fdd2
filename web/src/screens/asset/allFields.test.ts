import { expect, it } from "vitest";
import { allFields } from "./allFields";

const field = (name: string, editable: boolean) => ({
  name,
  label: name,
  type: "text",
  many: false,
  editable,
  searchable: true,
  sortable: false,
  facet: false,
});
const held = (name: string) => ({
  name,
  label: name,
  type: "text",
  many: false,
  editable: true,
  values: [{ value: "x", display: "x", origin: { kind: "file" }, at: "" }],
});

it("fields that could be written stand empty among those that hold something, in the order of the schema", () => {
  const merged = allFields(
    [held("own"), held("caption")],
    [field("title", true), field("caption", true), field("width", false)],
  );
  expect(merged.map((each) => [each.name, each.values.length])).toEqual([
    ["title", 0],
    ["caption", 1],
    ["own", 1],
  ]);
});
