import * as z from "zod";
import { medicationResult } from "./medications.ts";
import { jobError } from "./problems.ts";
import { qualityIssue } from "./reading.ts";

/** Largest photo accepted, in bytes: a 50-megapixel JPEG at high quality has about 15 MB. */
export const MAX_PHOTO_BYTES = 20 * 1000 * 1000;
/** Photos of one label: a bottle turned in the hand shows all of it in four; eight leaves room. */
export const MAX_PAGES = 8;

export const photoTypes = ["image/jpeg", "image/png", "image/webp", "image/tiff"] as const;
export type PhotoType = (typeof photoTypes)[number];

export const jobId = z.uuid().describe("The scan's id");

const fileToUpload = z.object({
  filename: z.string().min(1).max(255),
  content_type: z.string().min(1).max(100).describe(photoTypes.join(", ")),
  size: z.number().int().positive().describe("Bytes, at most 20 MB"),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/)
    .optional()
    .describe("SHA-256 of the bytes, hex or base64. Signed into the upload URL when given"),
});
export type FileToUpload = z.infer<typeof fileToUpload>;

export const bookScanRequest = z
  .object({
    files: z.array(fileToUpload).min(1).max(MAX_PAGES).describe("The photos of one label"),
  })
  .meta({ id: "BookScan" });
export type BookScanRequest = z.infer<typeof bookScanRequest>;

export const upload = z
  .object({
    page: z.number().int().positive(),
    method: z.literal("PUT"),
    url: z.string().describe("Presigned for exactly these headers; bytes go straight to S3"),
    headers: z.record(z.string(), z.string()).describe("Send every one of these, unchanged"),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: "Upload" });
export type Upload = z.infer<typeof upload>;

export const bookScanResponse = z
  .object({
    job_id: jobId,
    status: z.enum(["pending", "processing", "completed", "failed"]),
    message: z.string(),
    poll_url: z.string(),
    uploads: z.array(upload),
  })
  .meta({ id: "BookedScan" });

export const scanStatus = z
  .object({
    job_id: jobId,
    status: z.enum(["pending", "processing", "completed", "failed"]),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().optional(),
    pages: z.array(
      z.object({
        page: z.number().int().positive(),
        state: z.enum(["waiting", "reading", "read", "failed"]),
        width: z.number().int().optional().describe("Pixels of the upright photo, which boxes refer to"),
        height: z.number().int().optional(),
        quality: z.array(qualityIssue).optional(),
      }),
    ),
    result: medicationResult.optional().describe("The first medication on the label"),
    results: z.array(medicationResult).optional().describe("Every medication on the label"),
    ocr_text: z.string().optional(),
    error: jobError.optional(),
  })
  .meta({ id: "ScanStatus" });
export type ScanStatus = z.infer<typeof scanStatus>;

export const retryResponse = z
  .object({
    job_id: jobId,
    status: z.literal("pending"),
    message: z.string(),
    poll_url: z.string(),
  })
  .meta({ id: "Retried" });

export const deletionReceipt = z
  .object({
    job_id: jobId,
    deleted_at: z.iso.datetime(),
    objects: z.array(z.string()).describe("Keys of the removed objects"),
    records: z.array(z.string()).describe("The removed records: job/<id>, medication/<id>"),
  })
  .meta({ id: "DeletionReceipt" });
export type DeletionReceipt = z.infer<typeof deletionReceipt>;
