import * as z from "zod";

/**
 * The environment variables a function is given, by name: the CDK app sets them, the functions read them, and the
 * local run takes them from the synthesized template.
 */
const seconds = z.coerce.number().int().positive();

export const variables = {
  JOB_TABLE: z.string().min(1),
  MEDICATION_TABLE: z.string().min(1),
  PHOTO_BUCKET: z.string().min(1),
  SCANS_QUEUE_URL: z.url(),
  BATCH_TABLE: z.string().min(1),
  SHEET_TABLE: z.string().min(1),
  SHEET_RESULT_TABLE: z.string().min(1),
  BATCHES_QUEUE_URL: z.url(),
  SHEETS_QUEUE_URL: z.url(),
  /** How long the expander may hold a batch: its timeout and a margin. */
  EXPAND_LEASE_SECONDS: seconds,
  /** How long a worker may hold a page: the reader's timeout and a margin. */
  READ_LEASE_SECONDS: seconds,
  /** How long an upload URL is good for. */
  UPLOAD_URL_SECONDS: seconds,
  LOG_LEVEL: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]).default("INFO"),
} as const;

export type Variable = keyof typeof variables;
type Environment<K extends Variable> = { [P in K]: z.output<(typeof variables)[P]> };

/**
 * Reads and checks the named variables once, at a function's cold start.
 * @throws Error naming each variable that is missing or wrong, so a misdeployment fails loudly and at once
 */
export function readEnvironment<K extends Variable>(
  names: readonly K[],
  from: Readonly<Record<string, string | undefined>> = process.env,
): Environment<K> {
  const shape = Object.fromEntries(names.map((name) => [name, variables[name]]));
  const read = z.object(shape).safeParse(from);
  if (!read.success) throw new Error(`Environment: ${z.prettifyError(read.error)}`);
  return read.data as Environment<K>;
}
