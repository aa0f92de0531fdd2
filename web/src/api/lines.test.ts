import { expect, it } from "vitest";
import { linesOf } from "./lines";

function body(...chunks: Uint8Array[]) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

it("lines are read whole, wherever the bytes were cut", async () => {
  const bytes = new TextEncoder().encode('{"a":"Ä"}\n\n{"a":"b"}\n{"a":"the last has no end"}');
  for (let at = 1; at < bytes.length; at++) {
    const stream = body(bytes.slice(0, at), bytes.slice(at));
    const read: unknown[] = [];
    for await (const line of linesOf<{ a: string }>(stream)) read.push(line.a);
    expect(read, `cut at ${at}`).toEqual(["Ä", "b", "the last has no end"]);
  }
});

it("who stops reading ends the request", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("1\n2\n")),
    cancel: () => void ended.push(true),
  });
  const ended: boolean[] = [];
  for await (const _ of linesOf(stream)) break;
  await Promise.resolve();
  expect(ended).toEqual([true]);
});
