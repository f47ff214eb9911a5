import { ApiError, NoConnection } from "../client/transport.ts";
import { SessionEnded } from "./session.ts";
import { strings } from "./strings.ts";

/** What went wrong as a sentence that says what to do next. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return explainCode(error.code) ?? explainStatus(error.status);
  if (error instanceof NoConnection) return strings.noConnection;
  if (endsSession(error)) return strings.problems.token_expired;
  return strings.unexpected;
}

/** What a gateway answers by itself has a status and no code (docs/decisions/0003). */
function explainStatus(status: number): string {
  const { problems } = strings;
  if (status >= 500 || status === 429) return problems.unavailable;
  const known: Record<number, string> = {
    401: problems.token_expired,
    403: problems.forbidden,
    404: problems.route_not_found,
    413: problems.payload_too_large,
  };
  return known[status] ?? strings.unexpected;
}

export const explainCode = (code: string): string | undefined =>
  (({ ...strings.problems, upload_refused: strings.uploadRefused }) as Record<string, string>)[code];

/** Whether the person must sign in again. */
export const endsSession = (error: unknown): boolean =>
  error instanceof SessionEnded || (error instanceof ApiError && error.status === 401);
