import * as z from "zod";

/**
 * Every way a call or a job can fail: its HTTP status, whether trying again unchanged can help, and a sentence that
 * says what to do next. A code, once given out, keeps its meaning.
 */
const catalogue = {
  // The call itself.
  unauthorized: [401, false, "Sign in", "Send a bearer token: Authorization: Bearer <token>."],
  token_expired: [401, false, "Session expired", "Sign in again and repeat the call with the new token."],
  forbidden: [403, false, "Not allowed", "This account may not do that."],
  route_not_found: [404, false, "No such address", "GET /openapi.json lists every address of this API."],
  job_not_found: [404, false, "No such scan", "Check the job_id; scans are kept for 30 days."],
  medication_not_found: [404, false, "No such medication", "Check the id; GET /meds lists yours."],
  page_not_found: [404, false, "No such photo", "This scan has fewer photos; see its uploads."],
  image_not_ready: [404, true, "The picture is not made yet", "Ask again when the scan is completed."],
  body_not_json: [
    400,
    false,
    "The body is not JSON",
    "Send a JSON object with Content-Type: application/json.",
  ],
  invalid_request: [400, false, "The request is not valid", "See errors for what to change."],
  invalid_page_token: [400, false, "The page_token is not valid", "Start again without page_token."],
  not_an_image: [400, false, "The file is no image", "Send a photo: JPEG, PNG, WebP or TIFF."],
  multipart_not_accepted: [
    415,
    false,
    "Files are not sent here",
    "POST /meds/extract with JSON that names the files, then PUT each photo to the URL it answers.",
  ],
  unsupported_media_type: [415, false, "Not JSON", "Send Content-Type: application/json."],
  file_too_large: [
    413,
    false,
    "The photo is too large",
    "A photo may have at most 20 MB: take it at a lower resolution.",
  ],
  payload_too_large: [413, false, "The body is too large", "A request body may have at most 10 MB."],
  idempotency_key_reused: [
    422,
    false,
    "This Idempotency-Key was used for other files",
    "Use a new key for a new scan; repeat a key only with the very same body.",
  ],
  job_running: [409, true, "The scan is still being read", "Wait until its status is completed or failed."],
  photo_missing: [
    409,
    false,
    "Not every photo arrived",
    "There is nothing to read again: book a new scan and upload its photos.",
  ],
  medication_reviewed: [
    409,
    false,
    "A person has already confirmed or corrected this medication",
    "Delete the medication first if the photos should be read afresh.",
  ],
  batch_not_found: [404, false, "No such batch", "Check the batch_id; batches are kept for 30 days."],
  sheet_not_found: [404, false, "No such sheet", "GET /batches/{id}/sheets lists them."],
  batch_too_large: [413, false, "The upload is too large", "A batch may have at most 64 GiB: split it."],
  chunk_out_of_range: [400, false, "No such chunk", "Name chunks from 0 to total_chunks - 1."],
  chunks_missing: [
    409,
    true,
    "Not every chunk is there",
    "Upload the chunks that errors names, then complete the batch again.",
  ],
  batch_not_uploading: [
    409,
    false,
    "The batch takes no more chunks",
    "Its upload is complete, or it has ended: see its progress.",
  ],
  batch_running: [
    409,
    true,
    "The batch is still being read",
    "Wait until its status says that it has ended.",
  ],
  batch_not_retryable: [
    409,
    false,
    "There is nothing to read again",
    "Its upload was never complete, or the file itself is at fault: see its progress, and hand the file in again.",
  ],
  results_not_ready: [
    409,
    true,
    "The results are not written yet",
    "Ask again when the batch has ended; until then GET /batches/{id}/sheets shows what is read.",
  ],
  edit_conflict: [
    409,
    true,
    "The medication was changed in the meantime",
    "Read it again, look at what changed, and repeat the change if it still holds.",
  ],
  canary_failed: [
    503,
    true,
    "Uploads do not work",
    "Try again in a minute; tell the operator if it stays so.",
  ],
  unavailable: [503, true, "A service behind this is not answering", "Try again in a few seconds."],
  internal_error: [
    500,
    true,
    "Something went wrong here",
    "Try again; tell the operator the request id if it stays so.",
  ],

  // A job that ended as failed, told with status 500 by /result.
  upload_expired: [
    500,
    false,
    "A photo never arrived",
    "Its upload URL has expired: book a new scan and upload every photo.",
  ],
  image_too_large: [500, false, "The picture has too many pixels", "Take the photo at a lower resolution."],
  image_damaged: [
    500,
    false,
    "The picture is damaged",
    "The file ends early or is broken: take the photo again.",
  ],
  checksum_mismatch: [500, false, "The photo changed on the way", "Upload it again with a new scan."],
  attempts_exhausted: [
    500,
    true,
    "Reading was tried several times without success",
    "POST to /retry to read the kept photos again; tell the operator if it stays so.",
  ],
} as const satisfies Record<
  string,
  readonly [status: number, retryable: boolean, title: string, next: string]
>;

/** Why a batch as a whole failed. */
const batchFaults = {
  batch_upload_expired: [false, "The upload was never completed", "Hand the file in again."],
  archive_missing: [false, "The file is not there", "Hand it in again."],
  not_a_zip: [false, "The file is no ZIP", "Hand in a ZIP, or the photos themselves."],
  archive_truncated: [false, "The ZIP ends early", "Make it again and hand it in once more."],
  archive_damaged: [false, "The ZIP's directory is damaged", "Make it again and hand it in once more."],
  archive_empty: [false, "The ZIP has no sheets", "Check what was packed and hand it in again."],
  archive_split: [false, "The ZIP is one part of several", "Make one ZIP of all the sheets."],
  too_many_entries: [false, "The ZIP has over 500,000 entries", "Split it and hand in the parts."],
  archive_overlaps: [false, "Entries of the ZIP lie over each other", "Make it again with another program."],
  archive_too_dense: [
    false,
    "The ZIP would unpack to far more than scanned sheets ever do",
    "Make it again from the sheets alone.",
  ],
  batch_attempts_exhausted: [
    true,
    "Listing the ZIP was tried several times without success",
    "POST to /retry-failed to list it again; tell the operator if it stays so.",
  ],
} as const satisfies Record<string, readonly [retryable: boolean, title: string, next: string]>;

/** Why a sheet failed, or has no task. */
const sheetReasons = {
  not_an_image: [false, "It is no picture", "Scan the sheet as JPEG, PNG, WebP or TIFF."],
  image_too_large: [false, "The picture has too many pixels", "Scan it at a lower resolution."],
  image_damaged: [false, "The picture is damaged", "Scan the sheet again."],
  sheet_too_large: [false, "The file is over 40 MB", "Scan it at a lower resolution."],
  entry_damaged: [false, "It cannot be unpacked, or its checksum is wrong", "Make the ZIP again."],
  entry_encrypted: [false, "It is encrypted", "Make the ZIP without a password."],
  entry_method_unsupported: [
    false,
    "It is packed in an unusual way",
    "Make the ZIP with the method Deflate.",
  ],
  entry_name_unsafe: [false, "Its name points outside the ZIP", "Make the ZIP again from the sheets alone."],
  attempts_exhausted: [true, "Reading was tried several times without success", "Retry the failed sheets."],
  no_task_code: [false, "It shows no QR code with a task", "Look at the sheet and assign it by hand."],
  several_task_codes: [
    false,
    "It shows the QR codes of different tasks",
    "Look at the sheet: which is right?",
  ],
  task_code_invalid: [false, "Its QR code is not 8 digits", "Look at the sheet and assign it by hand."],
} as const satisfies Record<string, readonly [retryable: boolean, title: string, next: string]>;

export type BatchFault = keyof typeof batchFaults;
export type SheetReason = keyof typeof sheetReasons;
export const sheetReasonCode = z.enum(Object.keys(sheetReasons) as [SheetReason, ...SheetReason[]]);

/** How a failed batch says why. */
export const batchError = z
  .object({
    code: z.enum(Object.keys(batchFaults) as [BatchFault, ...BatchFault[]]),
    message: z.string().describe("What happened and what to do next"),
    retryable: z.boolean(),
  })
  .meta({ id: "BatchError" });
export type BatchError = z.infer<typeof batchError>;

export function batchErrorOf(code: BatchFault): BatchError {
  const [retryable, title, next] = batchFaults[code];
  return { code, message: `${title}. ${next}`, retryable };
}

export function sheetMessageOf(code: SheetReason): string {
  const [, title, next] = sheetReasons[code];
  return `${title}. ${next}`;
}

export type ProblemCode = keyof typeof catalogue;
export const problemCodes = Object.keys(catalogue) as [ProblemCode, ...ProblemCode[]];

/** Codes a job can end with. A job's photo that is no image ends with the same code as a booking that declares one. */
export const jobFailureCodes = [
  "upload_expired",
  "not_an_image",
  "image_too_large",
  "image_damaged",
  "checksum_mismatch",
  "attempts_exhausted",
] as const satisfies readonly ProblemCode[];
export type JobFailureCode = (typeof jobFailureCodes)[number];

/** RFC 9457 problem details, with the extension members `code`, `retryable` and, where there is one, `job_id`. */
export const problem = z
  .object({
    type: z.string().describe("urn:rxscan:problem:<code>"),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe("What to do next"),
    code: z.enum(problemCodes),
    retryable: z.boolean().describe("Whether the same call can succeed later"),
    job_id: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe("Each part of the request that is not valid"),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;

type ProblemMore = Partial<Pick<Problem, "status" | "detail" | "job_id" | "errors">>;

/** The problem document of a code. */
export function problemOf(code: ProblemCode, more: ProblemMore = {}): Problem {
  const [status, retryable, title, next] = catalogue[code];
  return { type: `urn:rxscan:problem:${code}`, title, status, detail: next, code, retryable, ...more };
}

/** The one error that handlers turn into a response: throw it wherever a call cannot be served. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(code: ProblemCode, more: ProblemMore = {}, options?: ErrorOptions) {
    super(code, options);
    this.problem = problemOf(code, more);
  }
}

/** How a failed job says why: the problem without the HTTP parts. */
export const jobError = z
  .object({
    code: z.enum(jobFailureCodes),
    message: z.string().describe("What happened and what to do next"),
    retryable: z.boolean(),
    page: z.number().int().positive().optional(),
  })
  .meta({ id: "JobError" });
export type JobError = z.infer<typeof jobError>;

export function jobErrorOf(code: JobFailureCode, page?: number): JobError {
  const [, retryable, title, next] = catalogue[code];
  return { code, message: `${title}. ${next}`, retryable, ...(page === undefined ? {} : { page }) };
}
