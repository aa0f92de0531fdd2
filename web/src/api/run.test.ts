import { expect, it } from "vitest";
import { forgetRuns, Run } from "./run";

const sum = () => new Run<number, { add: number }>(0, (told, { add }) => told + add);

/** An answer whose lines are sent by hand. */
function byHand() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let ended = false;
  const data = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      ended = true;
    },
  });
  return {
    answer: async () => ({ data, response: new Response(null, { status: 200 }) }),
    say: (add: number) => controller?.enqueue(new TextEncoder().encode(`{"add":${add}}\n`)),
    close: () => controller?.close(),
    wasEnded: () => ended,
  };
}

const soon = () => new Promise((done) => setTimeout(done, 0));

it("what is told is put together, and the end is told", async () => {
  const [run, server] = [sum(), byHand()];
  const over = run.start(server.answer);
  server.say(1);
  await soon();
  expect(run.now()).toMatchObject({ stage: "going", told: 1 });
  server.say(2);
  server.close();
  await over;
  expect(run.now()).toEqual({ stage: "ended", told: 3, error: null });
});

it("nothing begins beside what goes on, and what was stopped tells no more and may begin anew", async () => {
  const [run, first, second] = [sum(), byHand(), byHand()];
  const over = run.start(first.answer);
  await run.start(second.answer);
  first.say(5);
  await soon();
  run.stop();
  first.say(7);
  await over;
  expect(run.now()).toMatchObject({ stage: "stopped", told: 5 });
  expect(first.wasEnded()).toBe(true);
  const again = run.start(second.answer);
  second.say(1);
  second.close();
  await again;
  expect(run.now()).toMatchObject({ stage: "ended", told: 1 });
});

it("a refusal is told in the server's words, and a silent server as such", async () => {
  const run = sum();
  const body = { code: "backup-busy", detail: "a backup is being made" };
  await run.start(async () => ({ error: body, response: new Response(null, { status: 409 }) }));
  expect(run.now()).toMatchObject({ stage: "failed" });
  expect(run.now().error?.message).toBe("a backup is being made");
  await run.start(() => Promise.reject(new TypeError("network")));
  expect(run.now().error).toMatchObject({ status: 0 });
});

it("who signs out leaves nothing behind", async () => {
  const [run, server] = [sum(), byHand()];
  const over = run.start(server.answer);
  server.say(5);
  await soon();
  forgetRuns();
  server.say(1);
  await over;
  expect(run.now()).toEqual({ stage: "idle", told: 0, error: null });
});
