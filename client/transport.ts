import { type Problem, problem } from "../contract/problems.ts";

/** Where the API is and who is calling. */
export type Service = { url: string; token: string };

type Told = { [K in "code" | "title" | "detail" | "retryable"]?: Problem[K] | undefined };

/** The API answered with a problem document, or with a status that nothing explains. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The problem's code; `http_<status>` when the answer was no problem document. */
  readonly code: string;
  readonly retryable: boolean;
  /** What to do next, as a sentence. */
  readonly advice: string;

  constructor(status: number, told: Told) {
    const title = told.title ?? `The service answered ${status}`;
    super(told.detail ? `${title}. ${told.detail}` : title);
    this.status = status;
    this.code = told.code ?? `http_${status}`;
    this.retryable = told.retryable ?? (status >= 500 || status === 429);
    this.advice = told.detail ?? (this.retryable ? "Try again in a few seconds." : "");
  }
}

export type Request = {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

/**
 * One call of the API.
 * @throws ApiError for every status of 400 and above; whatever `fetch` throws when there is no connection
 */
export async function call({ url, token }: Service, path: string, request: Request = {}): Promise<Response> {
  const { method = "GET", body, headers, signal } = request;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (response.status < 400) return response;
  const told = problem.partial().safeParse(await response.json().catch(() => null));
  throw new ApiError(response.status, told.success ? told.data : {});
}
