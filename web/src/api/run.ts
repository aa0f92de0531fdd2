/** Long work whose answer comes line by line: goes on while one looks at other screens, and ends when it is stopped or
 *  the page is closed, because the server works only for as long as somebody reads. */
import { useSyncExternalStore } from "react";
import { Problem } from "./client";
import { linesOf } from "./lines";

export interface RunState<Told> {
  stage: "idle" | "going" | "ended" | "stopped" | "failed";
  /** What was told so far. */
  told: Told;
  /** Why it failed. */
  error: Error | null;
}

interface Answer {
  data?: ReadableStream<Uint8Array> | null;
  error?: unknown;
  response: Response;
}

const runs: Run<unknown, never>[] = [];

/** Ends what goes on and forgets what was told: nothing of one person's is met by the next. */
export function forgetRuns() {
  for (const run of runs) run.forget();
}

export class Run<Told, Line> {
  private state: RunState<Told>;
  private aborter: AbortController | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly nothing: Told,
    private readonly fold: (told: Told, line: Line) => Told,
  ) {
    this.state = { stage: "idle", told: nothing, error: null };
    runs.push(this as unknown as Run<unknown, never>);
  }

  /** Begins it. Answers when it is over, however it ended; nothing begins beside one that goes on. */
  async start(ask: (signal: AbortSignal) => Promise<Answer>): Promise<void> {
    if (this.aborter) return;
    const aborter = new AbortController();
    this.aborter = aborter;
    this.set({ stage: "going", told: this.nothing, error: null });
    try {
      const { data, error, response } = await ask(aborter.signal);
      if (!response.ok || !data) throw new Problem(response.status, error ?? {});
      for await (const line of linesOf<Line>(data)) {
        if (this.aborter !== aborter) return;
        this.set({ told: this.fold(this.state.told, line) });
      }
      this.over(aborter, { stage: "ended" });
    } catch (cause) {
      if (aborter.signal.aborted) return;
      const error = cause instanceof Problem ? cause : new Problem(0, {});
      this.over(aborter, { stage: "failed", error });
    }
  }

  stop() {
    const aborter = this.aborter;
    if (!aborter) return;
    this.over(aborter, { stage: "stopped" });
    aborter.abort();
  }

  forget() {
    this.stop();
    this.set({ stage: "idle", told: this.nothing, error: null });
  }

  use(): RunState<Told> {
    // biome-ignore lint/correctness/useHookAtTopLevel: a hook that belongs to what it watches
    return useSyncExternalStore(this.subscribe, this.now);
  }

  readonly now = () => this.state;

  private readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private over(aborter: AbortController, how: Partial<RunState<Told>>) {
    if (this.aborter !== aborter) return;
    this.aborter = null;
    this.set(how);
  }

  private set(change: Partial<RunState<Told>>) {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
