import { ApiError, NoConnection } from "../client/transport.ts";
import { SessionEnded } from "./session.ts";
import { strings } from "./strings.ts";

/** What went wrong as a sentence that says what to do next. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return explainCode(error.code) ?? error.message;
  if (error instanceof NoConnection) return strings.noConnection;
  if (endsSession(error)) return strings.problems.token_expired;
  return strings.unexpected;
}

export const explainCode = (code: string): string | undefined =>
  (strings.problems as Record<string, string>)[code];

/** Whether the person must sign in again. */
export const endsSession = (error: unknown): boolean =>
  error instanceof SessionEnded || (error instanceof ApiError && error.status === 401);
