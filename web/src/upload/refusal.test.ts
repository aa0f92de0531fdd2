import { expect, it } from "vitest";
import { maybeTryAgain, problemOf, wordsOf } from "./refusal";

const refused = (status: number, body: string) =>
  Object.assign(new Error("tus: unexpected response, originated from request (method: POST)"), {
    originalResponse: { getStatus: () => status, getBody: () => body },
  });
const problem = (code: string) => JSON.stringify({ code, detail: "in words", asset: "a1" });

it("a question and a check-out are not tried again, a passing conflict is", () => {
  expect(maybeTryAgain(refused(409, problem("same-name")))).toBe(false);
  expect(maybeTryAgain(refused(423, problem("checked-out")))).toBe(false);
  expect(maybeTryAgain(refused(409, problem("in-trash")))).toBe(false);
  expect(maybeTryAgain(refused(409, problem("offset-conflict")))).toBe(true);
  expect(maybeTryAgain(refused(503, ""))).toBe(true);
  expect(maybeTryAgain(new Error("silence"))).toBe(true);
});

it("the server's own words are said, and what is in the way is named", () => {
  expect(wordsOf(refused(409, problem("same-name")))).toBe("in words");
  const full = { code: "disk-full", detail: "the disk is full", hint: "make room" };
  expect(wordsOf(refused(507, JSON.stringify(full)))).toBe("the disk is full (make room)");
  expect(problemOf(refused(409, problem("same-name"))).asset).toBe("a1");
  expect(wordsOf(refused(502, "<html>"))).toBe("tus: unexpected response");
});
