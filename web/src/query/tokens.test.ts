import { describe, expect, it } from "vitest";
import { choose, drop, exclude, fieldText, markOf, setField, tokens, without } from "./tokens";

describe("tokens", () => {
  it.each([
    ["", []],
    ["lake  dawn", ["lake", "dawn"]],
    ['"lake house" type:image', ['"lake house"', "type:image"]],
    ['camera:"NIKON Z 9",X-T5 -state:archived', ['camera:"NIKON Z 9",X-T5', "-state:archived"]],
    ["(a OR b c) d", ["(a OR b c)", "d"]],
    ['"never closed a b', ['"never closed a b']],
  ])("of %o", (query, expected) => {
    expect(tokens(query).map((token) => token.text)).toEqual(expected);
  });

  it("know their field, their values and whether they exclude", () => {
    expect(tokens('-camera:"NIKON Z 9",X-T5')[0]).toMatchObject({
      excluded: true,
      field: "camera",
      values: ["NIKON Z 9", "X-T5"],
    });
    expect(tokens("-dawn")[0]).toMatchObject({ excluded: true, field: null, values: ["dawn"] });
  });

  it("stand where they were typed", () => {
    const query = "  lake type:image ";
    for (const token of tokens(query)) expect(query.slice(token.start, token.end)).toBe(token.text);
  });
});

describe("choosing a value", () => {
  it.each([
    ["", "type", "image", "type:image"],
    ["lake", "type", "image", "lake type:image"],
    ["type:image lake", "type", "video", "type:image,video lake"],
    ["", "camera", "NIKON Z 9", 'camera:"NIKON Z 9"'],
    ["", "keywords", 'so "called"', 'keywords:"so \\"called\\""'],
    ["-type:image", "type", "image", "type:image"],
    ["-type:image,video", "type", "image", "-type:video type:image"],
    ["a OR b", "type", "image", "(a OR b) type:image"],
    ["width:>100", "width", "50", "width:>100 width:50"],
  ])("in %o: %s %s gives %o", (query, field, value, expected) => {
    expect(choose(query, field, value)).toBe(expected);
    expect(markOf(expected, field, value)).toBe("chosen");
  });
});

describe("excluding a value", () => {
  it.each([
    ["", "state", "archived", "-state:archived"],
    ["state:archived,new lake", "state", "archived", "state:new lake -state:archived"],
    ["-state:new", "state", "in review", '-state:new,"in review"'],
  ])("in %o: %s %s gives %o", (query, field, value, expected) => {
    expect(exclude(query, field, value)).toBe(expected);
    expect(markOf(expected, field, value)).toBe("excluded");
  });
});

describe("dropping a value", () => {
  it.each([
    ["type:image", "type", "image", ""],
    ["lake type:image,video dawn", "type", "image", "lake type:video dawn"],
    ["-state:archived lake", "state", "archived", "lake"],
    ["type:Image lake", "type", "image", "lake"],
    ["lake", "type", "image", "lake"],
  ])("in %o: %s %s gives %o", (query, field, value, expected) => {
    expect(drop(query, field, value)).toBe(expected);
    expect(markOf(expected, field, value)).toBe("none");
  });

  it("undoes choosing and excluding, whatever the value is", () => {
    for (const value of ["a", "a b", "a,b", 'q"u\\o', "x..y", "(z)", "é", "-minus", "2026-06"]) {
      expect(drop(choose("lake", "keywords", value), "keywords", value)).toBe("lake");
      expect(drop(exclude("lake", "keywords", value), "keywords", value)).toBe("lake");
    }
  });
});

describe("setting a field", () => {
  it("puts a range in the place of another, and takes it away", () => {
    expect(setField("lake", "captured", "2026-06..2026-08")).toBe("lake captured:2026-06..2026-08");
    expect(setField("captured:2020 lake", "captured", "2021")).toBe("lake captured:2021");
    expect(setField("captured:2020 lake", "captured", null)).toBe("lake");
    expect(fieldText("lake captured:2026-06..", "captured")).toBe("2026-06..");
    expect(fieldText("lake -captured:2026", "captured")).toBeNull();
  });
});

it("a query without one of its tokens keeps the others as typed", () => {
  const query = 'lake  "open water" -dawn';
  const [, phrase] = tokens(query);
  expect(phrase && without(query, phrase)).toBe("lake -dawn");
});
