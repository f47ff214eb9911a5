import { Logger } from "@aws-lambda-powertools/logger";
import { ProblemError } from "../contract/problems.ts";

/**
 * Structured logs: ids, counts, codes and durations. Nothing that a person wrote, photographed or is called: callers
 * log named fields, never an event, a body or an error as it is.
 */
const logger = new Logger({ serviceName: "rxscan" });

export type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const log = {
  info: (what: string, fields: Fields = {}): void => logger.info(what, { ...fields }),
  warn: (what: string, fields: Fields = {}): void => logger.warn(what, { ...fields }),
  error: (what: string, fields: Fields = {}): void => logger.error(what, { ...fields }),
};

/**
 * What may be said of an error: its kind, its code and where it came from. Not its message: a parser's message quotes
 * what it could not parse, and that may be a label.
 */
export function errorFields(error: unknown): Fields {
  if (error instanceof ProblemError) return { error: error.name, code: error.problem.code };
  if (!(error instanceof Error)) return { error: typeof error };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  // A line of the message may begin like a frame ("  at bedtime"): frames end in file, line and column.
  const at = (error.stack ?? "")
    .replace(error.message, "")
    .split("\n")
    .filter((frame) => /^ {4}at (.+ \()?[^ ]+:\d+:\d+\)?$/.test(frame))
    .slice(0, 6)
    .map((frame) => frame.trim())
    .join(" | ");
  return {
    error: error.name,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...($metadata?.httpStatusCode ? { aws_status: $metadata.httpStatusCode } : {}),
    ...($metadata?.requestId ? { aws_request_id: $metadata.requestId } : {}),
    at,
    ...(error.cause instanceof Error ? { cause: error.cause.name } : {}),
  };
}
