import * as z from "zod";
import { understoodMedication } from "./medications.ts";
import { batchError, sheetReasonCode } from "./problems.ts";
import { confidence } from "./reading.ts";
import { photoTypes } from "./scans.ts";

/** What can be handed in: 64 GiB in one ZIP. */
export const MAX_BATCH_BYTES = 64 * 2 ** 30;
/**
 * Smallest chunk, in bytes. S3 takes parts from 5 MiB and at most 10,000 of them: at 8 MiB, 64 GiB are 8,192.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const MIN_CHUNK_BYTES = 8 * 2 ** 20;
/** Largest chunk, in bytes: a browser holds a few of them at once. */
export const MAX_CHUNK_BYTES = 128 * 2 ** 20;
/** Upload URLs given out in one answer. */
export const MAX_CHUNKS_PER_CALL = 100;
/** Photos of one `images` batch; more belong into a ZIP. */
export const MAX_IMAGES = 2_000;
/** Largest sheet, in bytes once unpacked: an A4 page at 300 dpi in colour, not compressed, has 26 MB. */
export const MAX_SHEET_BYTES = 40_000_000;
/** Most entries of a ZIP. */
export const MAX_ENTRIES = 500_000;

export const batchId = z.uuid().describe("The batch's id");
/** The 8 digits on a sheet's QR code. */
export const taskId = z
  .string()
  .regex(/^\d{8}$/, "must be 8 digits")
  .describe("8 digits");

export const uploadTypes = ["zip_with_qr", "zip_no_qr", "images"] as const;
export type UploadType = (typeof uploadTypes)[number];

const sha256 = z
  .string()
  .regex(/^([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/, "must be a SHA-256 in hex or base64")
  .describe("SHA-256 of the bytes, hex or base64");

const batchImage = z.object({
  filename: z.string().min(1).max(255),
  content_type: z.enum(photoTypes),
  size: z.number().int().positive().describe("Bytes, at most 20 MB"),
});
export type BatchImage = z.infer<typeof batchImage>;

/** What an `images` batch consists of: the object at `manifestKey`. Photo i lies at `batchImageKey(id, i)`. */
export const batchManifest = z.object({ images: z.array(batchImage).min(1).max(MAX_IMAGES) });

export const bookBatchRequest = z
  .object({
    filename: z.string().min(1).max(255).describe("For people: the ZIP's name, or the folder's"),
    size: z.number().int().positive().describe("Bytes in all, at most 64 GiB"),
    upload_type: z.enum(uploadTypes),
    task_id: taskId.optional().describe("The task of every sheet: for zip_no_qr and images, and only there"),
    chunk_size: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("Bytes a chunk, from 8 MiB to 128 MiB; chosen here when absent. Not for images"),
    images: z
      .array(batchImage)
      .min(1)
      .max(MAX_IMAGES)
      .optional()
      .describe("The photos of an images batch: each is a chunk, in this order"),
    sha256s: z
      .array(sha256)
      .max(MAX_CHUNKS_PER_CALL)
      .optional()
      .describe("Of the first chunks, in order: their upload URLs come with the answer"),
  })
  .meta({ id: "BookBatch" });
export type BookBatchRequest = z.infer<typeof bookBatchRequest>;

export const chunkUpload = z
  .object({
    chunk_index: z.number().int().nonnegative(),
    method: z.literal("PUT"),
    url: z.string().describe("Presigned for exactly these headers and bytes; bytes go straight to S3"),
    headers: z.record(z.string(), z.string()).describe("Send every one of these, unchanged"),
    size: z.number().int().positive().describe("Bytes of this chunk"),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: "ChunkUpload" });
export type ChunkUpload = z.infer<typeof chunkUpload>;

export const bookBatchResponse = z
  .object({
    batch_id: batchId,
    upload_id: z.string().describe("S3's id of the multipart upload; the batch's own id for images"),
    chunk_size: z.number().int().positive().describe("Bytes of every chunk but the last"),
    total_chunks: z.number().int().positive(),
    message: z.string(),
    progress_url: z.string(),
    uploads: z.array(chunkUpload).describe("For the first chunks, as many as sha256s were given"),
  })
  .meta({ id: "BookedBatch" });
export type BookedBatch = z.infer<typeof bookBatchResponse>;

export const chunkUrlsRequest = z
  .object({
    chunk_indexes: z.array(z.number().int().nonnegative()).min(1).max(MAX_CHUNKS_PER_CALL),
    sha256s: z.array(sha256).min(1).max(MAX_CHUNKS_PER_CALL).describe("Of each of these chunks, in order"),
  })
  .refine(({ chunk_indexes, sha256s }) => chunk_indexes.length === sha256s.length, {
    path: ["sha256s"],
    message: "must have one SHA-256 for each chunk",
  })
  .meta({ id: "ChunkUrls" });

export const chunkUrls = z.object({ uploads: z.array(chunkUpload) }).meta({ id: "ChunkUploads" });

export const chunksReceived = z
  .object({
    batch_id: batchId,
    chunk_size: z.number().int().positive(),
    total_chunks: z.number().int().positive(),
    chunks_received: z.number().int().nonnegative(),
    received: z.array(z.number().int().nonnegative()).describe("Indexes of the chunks that S3 has"),
    sha256s: z
      .array(z.string())
      .describe("Base64, of each chunk received, as S3 checked it; empty once the upload is complete"),
    is_complete: z.boolean().describe("Every chunk is there"),
  })
  .meta({ id: "ChunksReceived" });
export type ChunksReceived = z.infer<typeof chunksReceived>;

/** The same answer however often it is asked for. */
export const completeResponse = z
  .object({ batch_id: batchId, message: z.string(), progress_url: z.string() })
  .meta({ id: "CompletedUpload" });

export const batchStatuses = [
  /** Chunks are still to come. */
  "uploading",
  /** The ZIP's directory is being listed; the first sheets are read meanwhile. */
  "expanding",
  /** Every sheet is known; some are still to be read. */
  "processing",
  /** Every sheet is completed or a duplicate. */
  "completed",
  /** Every sheet has ended, and some failed or have no task. */
  "completed_with_errors",
  /** The archive itself is at fault; `error` says why. */
  "failed",
  /** Stopped by its person: what is done is kept. */
  "cancelled",
] as const;
export type BatchStatus = (typeof batchStatuses)[number];

export const sheetStatuses = ["pending", "completed", "failed", "duplicate", "unmatched"] as const;
export type SheetStatus = (typeof sheetStatuses)[number];

/** They add up: `total` is the sum of the other five. */
export const sheetCounts = z
  .object({
    total: z.number().int().nonnegative().describe("Sheets found so far; all of them once expanding is over"),
    completed: z.number().int().nonnegative(),
    failed: z.number().int().nonnegative(),
    duplicate: z.number().int().nonnegative(),
    unmatched: z.number().int().nonnegative(),
    pending: z.number().int().nonnegative(),
  })
  .meta({ id: "SheetCounts" });
export type SheetCounts = z.infer<typeof sheetCounts>;

export const batchProgress = z
  .object({
    batch_id: batchId,
    filename: z.string(),
    size: z.number().int().positive(),
    upload_type: z.enum(uploadTypes),
    task_id: taskId.optional(),
    status: z.enum(batchStatuses),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().optional(),
    progress_percentage: z
      .number()
      .min(0)
      .max(100)
      .describe("Of the sheets; 100 only when every one has ended"),
    counts: sheetCounts,
    skipped: z
      .number()
      .int()
      .nonnegative()
      .describe("Entries that are no sheets: folders, and what Macs and Windows add"),
    eta_seconds: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe("From the measured rate, once there is one"),
    error: batchError.optional(),
  })
  .meta({ id: "BatchProgress" });
export type BatchProgress = z.infer<typeof batchProgress>;

export const batchList = z
  .object({
    batches: z.array(batchProgress).describe("Newest first"),
    next_page_token: z.string().optional().describe("Opaque; absent on the last page"),
  })
  .meta({ id: "BatchList" });
export type BatchList = z.infer<typeof batchList>;

/** Where a sheet's task is from. */
export const taskSources = ["qr", "printed", "batch"] as const;

export const sheetResult = z
  .object({
    task_source: z.enum(taskSources).optional(),
    confidence: confidence.describe(
      "The lowest of the drug's name and its strength; 0 where nothing was read",
    ),
    result: understoodMedication.describe("The first medication on the sheet"),
    results: z.array(understoodMedication).min(1),
    width: z.number().int().positive().describe("Of the upright sheet, in pixels: what boxes refer to"),
    height: z.number().int().positive(),
    text: z.string(),
  })
  .meta({ id: "SheetResult" });
export type SheetResult = z.infer<typeof sheetResult>;

export const sheet = z
  .object({
    batch_id: batchId,
    index: z.number().int().nonnegative().describe("Its place in the ZIP's directory, folders not counted"),
    name: z.string().describe("The entry's name in the ZIP, or the photo's"),
    status: z.enum(sheetStatuses),
    task_id: taskId.optional(),
    reason: sheetReasonCode.optional().describe("Why it failed or has no task"),
    message: z.string().optional().describe("What the reason means and what to do next"),
    duplicate_of: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe("Index of the first with the same bytes"),
    needs_review: z.boolean().optional(),
    completed_at: z.iso.datetime().optional(),
    image_url: z.string().optional().describe("Path of this API: redirects to the picture"),
    thumbnail_url: z.string().optional(),
    ...sheetResult.partial().shape,
  })
  .meta({ id: "Sheet" });
export type Sheet = z.infer<typeof sheet>;

export const sheetList = z
  .object({
    sheets: z.array(sheet).describe("In the ZIP's order; by task: newest batch first"),
    next_page_token: z.string().optional().describe("Opaque; absent on the last page"),
  })
  .meta({ id: "SheetList" });
export type SheetList = z.infer<typeof sheetList>;

/** What `GET /batches/{id}/sheets` can be narrowed to. */
export const sheetFilters = ["completed", "failed", "duplicate", "unmatched", "pending", "review"] as const;
export type SheetFilter = (typeof sheetFilters)[number];

export const resultFormats = ["ndjson", "csv"] as const;
export type ResultFormat = (typeof resultFormats)[number];

export const retryFailedResponse = z
  .object({ batch_id: batchId, message: z.string(), progress_url: z.string() })
  .meta({ id: "RetriedBatch" });
