import type * as z from "zod";
import { type Problem, problem } from "../contract/problems.ts";
import { tryAgain } from "./retry.ts";

/** Where the API is and who is calling. A function is asked for the token of each call, so that it can renew it. */
export type Service = { url: string; token: string | (() => Promise<string>) };

type Told = { [K in "title" | "detail" | "retryable" | "errors"]?: Problem[K] | undefined } & {
  code?: string | undefined;
};

/** Parts of a request that a message names; the rest are a number. */
const MOST_NAMED = 3;

/** The API answered with a problem document, or with a status that nothing explains. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /**
   * The problem's code; `upload_refused` or `upload_ended` when it was the photo store that answered, and `http_<status>` when somebody
   * on the way did, without a problem document.
   */
  readonly code: string;
  readonly retryable: boolean;
  /** What to do next, as a sentence. */
  readonly advice: string;

  constructor(status: number, told: Told) {
    const title = told.title ?? `The service answered ${status}`;
    const parts = named(told.errors ?? []);
    super(told.detail ? `${title}${parts}. ${told.detail}` : `${title}${parts}`);
    this.status = status;
    this.code = told.code ?? `http_${status}`;
    this.retryable = told.retryable ?? (status >= 500 || status === 429);
    this.advice = told.detail ?? (this.retryable ? "Try again in a few seconds." : "");
  }
}

function named(errors: NonNullable<Problem["errors"]>): string {
  if (errors.length === 0) return "";
  const some = errors.slice(0, MOST_NAMED).map(({ path, message }) => `${path} ${message}`);
  const more = errors.length > some.length ? `; ${errors.length - some.length} more` : "";
  return `: ${some.join("; ")}${more}`;
}

/** No answer came, or none that can be read: whether the service did what was asked is not known. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export type Request = {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

/** An answer takes milliseconds, the slowest call 25 s (deleting a scan); the gateway itself gives up after 30. */
const ANSWER_MS = 30_000;

/**
 * One call of the API, tried once.
 * @throws ApiError for every status of 400 and above; NoConnection when no answer came; the signal's reason
 */
export async function call({ url, token }: Service, path: string, request: Request = {}): Promise<Response> {
  const { method = "GET", body, headers, signal } = request;
  const bearer = typeof token === "string" ? token : await token();
  const response = await answered(signal, (within) =>
    fetch(new URL(path, url), {
      method,
      headers: {
        Authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: within,
    }),
  );
  if (response.status < 400) return response;
  const told = problem.partial().safeParse(await response.json().catch(() => null));
  throw new ApiError(response.status, told.success ? told.data : {});
}

/**
 * A call whose answer has a shape.
 * @throws as `call`; NoConnection also when the answer broke off or is not of that shape
 */
export async function ask<T extends z.ZodType>(
  service: Service,
  path: string,
  shape: T,
  request: Request = {},
): Promise<{ body: z.output<T>; headers: Headers }> {
  const response = await call(service, path, request);
  return { body: await readAs(response, shape, request.signal), headers: response.headers };
}

/** The answer's body. @throws NoConnection when it broke off or is not of the shape; the signal's reason */
export function readAs<T extends z.ZodType>(
  response: Response,
  shape: T,
  signal: AbortSignal | undefined,
): Promise<z.output<T>> {
  return answered(signal, async () => shape.parse(await response.json()));
}

/** A call that may be repeated without doing anything twice: tried as often as a weak network deserves. */
export function askAgain<T extends z.ZodType>(
  service: Service,
  path: string,
  shape: T,
  request: Request = {},
): Promise<{ body: z.output<T>; headers: Headers }> {
  return tryAgain(() => ask(service, path, shape, request), isPassing, request.signal);
}

/** Whether the same call can succeed later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NoConnection || (error instanceof ApiError && error.retryable);

async function answered<T>(
  signal: AbortSignal | undefined,
  work: (within: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = AbortSignal.timeout(ANSWER_MS);
  try {
    return await work(signal ? AbortSignal.any([signal, patience]) : patience);
  } catch (error) {
    signal?.throwIfAborted();
    throw new NoConnection(error);
  }
}
