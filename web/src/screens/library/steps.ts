/** Which searches are steps on the way back. While one types, the address follows every pause of the fingers; only
 *  what was waited for, confirmed or clicked is a place that the back button should lead to. */

/** Typing that rested this long has been looked at: what is typed next begins a step of its own. */
export const REST_MS = 1000;

/** `typing`: the fingers paused. `entered`: the typing was confirmed. `step`: anything clicked or chosen. */
export type Move = "typing" | "entered" | "step";

export class Steps {
  /** When the newest entry was last typed at; `null` when it is settled. */
  #typed: number | null = null;

  /** Whether this move takes the place of the newest entry instead of making one. */
  replaces(move: Move, now: number): boolean {
    const going = this.#typed !== null && now - this.#typed < REST_MS;
    this.#typed = move === "typing" ? now : null;
    return move !== "step" && going;
  }

  /** The newest entry stays as it is: the person went elsewhere in the history. */
  settle() {
    this.#typed = null;
  }
}
