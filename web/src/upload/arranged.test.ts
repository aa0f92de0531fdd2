import { expect, it } from "vitest";
import { arranged } from "./arranged";
import type { Outcome, Stage, Upload } from "./store";

const ended = (outcome: Outcome): Stage => ({ kind: "ended", outcome, asset: null, reason: null });
const upload = (id: string, stage: Stage) => ({ id, path: id, bytes: 1, stage });

it("what is asked comes first, then failures, then what was kept aside, then what is under way, each as it was chosen", () => {
  const parts = arranged([
    upload("a", { kind: "waiting" }),
    upload("b", ended("imported")),
    upload("c", { kind: "failed", why: "no room" }),
    upload("d", ended("quarantined")),
    upload("e", { kind: "sending", sent: 0 }),
    upload("f", { kind: "failed", why: "" }),
    upload("g", ended("already-here")),
    upload("h", ended("unknown")),
    upload("i", { kind: "asking", here: "x", batch: "y" }),
    upload("j", ended("left-out")),
  ]);
  const ids = Object.entries(parts).map(
    ([part, list]) => `${part}: ${list.map((each: Upload) => each.id).join("")}`,
  );
  expect(ids).toEqual(["asking: i", "failed: cf", "aside: d", "going: ae", "done: bghj"]);
});
