import { ProblemError } from "../contract/problems.ts";

/** Lists in pages: `page_size` and an opaque `page_token`, alike for every list. */

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

/** @throws ProblemError invalid_request */
export function pageSize(wanted: string | undefined): number {
  if (wanted === undefined) return DEFAULT_PAGE_SIZE;
  const size = Number(wanted);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  const message = `must be a whole number from 1 to ${MAX_PAGE_SIZE}`;
  throw new ProblemError("invalid_request", { errors: [{ path: "page_size", message }] });
}

/** A page token that says `text`. */
export const tokenOf = (text: string): string => Buffer.from(text).toString("base64url");

/** What a token says, when it looks as ours do. @throws ProblemError invalid_page_token */
export function textOfToken(token: string, shape: RegExp): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!shape.test(text)) throw new ProblemError("invalid_page_token");
  return text;
}
