/** The one way to the server. Every answer is either the value or a thrown `Problem`; screens never see a status. */
import createClient from "openapi-fetch";
import type { paths } from "./schema.gen";
import type { ProblemBody } from "./types";

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });

/** A refusal in the server's words (RFC 9457), or the network's silence as status 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: Partial<ProblemBody>,
  ) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The value of an answer, and its response for those who need a header. */
export async function whole<T>(request: Promise<Answer<T>>): Promise<{ value: T; response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem(0, {});
  }
  if (!answer.response.ok) throw new Problem(answer.response.status, problemBody(answer.error));
  return { value: answer.data as T, response: answer.response };
}

/** The value of an answer. */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await whole(request)).value;
}

function problemBody(error: unknown): Partial<ProblemBody> {
  if (typeof error === "object" && error !== null) return error;
  return typeof error === "string" && error.length < 300 ? { detail: error } : {};
}
