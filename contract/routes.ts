import type { z } from "zod";
import { medication, medicationList, medicationPatch } from "./medications.ts";
import type { ProblemCode } from "./problems.ts";
import { bookScanRequest, bookScanResponse, deletionReceipt, retryResponse, scanStatus } from "./scans.ts";
import { canaryReport, healthReport, openApiDocument } from "./upkeep.ts";

/**
 * Every call of the API, once: the CDK app routes by this table, the handlers check their answers against it, and the
 * OpenAPI document is made from it.
 */
export type Route = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: `/${string}`;
  /** The OpenAPI operationId. */
  operation: string;
  summary: string;
  /** The deployed function that answers: a folder of lambdas/. */
  handler: HandlerName;
  /** False for the calls that need no token. */
  signedIn: boolean;
  request?: z.ZodType;
  query?: readonly string[];
  headers?: readonly string[];
  /** By status. Null is a response without a body. */
  responses: Readonly<Record<number, z.ZodType | null>>;
  fhir?: true;
  problems: readonly ProblemCode[];
  /** It also tells, with status 500, how a job failed. */
  jobFailures?: true;
};

export const handlerNames = [
  "book-scan",
  "scan-status",
  "retry-scan",
  "delete-scan",
  "medications",
  "health",
  "upload-canary",
] as const;
export type HandlerName = (typeof handlerNames)[number];

const job = "/meds/extract/{job_id}";

export const routes: readonly Route[] = [
  {
    method: "POST",
    path: "/meds/extract",
    operation: "bookScan",
    summary: "Book a scan of one label and get an upload URL for each of its photos",
    handler: "book-scan",
    signedIn: true,
    request: bookScanRequest,
    headers: ["Idempotency-Key"],
    responses: { 201: bookScanResponse },
    problems: [
      "body_not_json",
      "invalid_request",
      "not_an_image",
      "file_too_large",
      "multipart_not_accepted",
      "unsupported_media_type",
      "idempotency_key_reused",
    ],
  },
  {
    method: "GET",
    path: `${job}/status`,
    operation: "getScanStatus",
    summary: "How a scan stands; ask again after Retry-After seconds",
    handler: "scan-status",
    signedIn: true,
    headers: ["If-None-Match"],
    responses: { 200: scanStatus, 304: null },
    problems: ["job_not_found"],
  },
  {
    method: "GET",
    path: `${job}/result`,
    operation: "getScanResult",
    summary: "The medication, once it is made",
    handler: "scan-status",
    signedIn: true,
    responses: { 200: scanStatus.shape.result.unwrap(), 202: scanStatus },
    problems: ["job_not_found"],
    jobFailures: true,
  },
  {
    method: "GET",
    path: `${job}/pages/{page}/{image}`,
    operation: "getPageImage",
    summary: "Redirects to a photo: original, image or thumbnail",
    handler: "scan-status",
    signedIn: true,
    responses: { 302: null },
    problems: ["job_not_found", "page_not_found", "image_not_ready"],
  },
  {
    method: "POST",
    path: `${job}/retry`,
    operation: "retryScan",
    summary: "Read the kept photos again",
    handler: "retry-scan",
    signedIn: true,
    responses: { 202: retryResponse },
    problems: ["job_not_found", "job_running", "photo_missing", "medication_reviewed"],
  },
  {
    method: "DELETE",
    path: job,
    operation: "deleteScan",
    summary: "Remove a scan with its photos, its readings and its medications",
    handler: "delete-scan",
    signedIn: true,
    responses: { 200: deletionReceipt },
    problems: ["job_not_found"],
  },
  {
    method: "GET",
    path: "/meds",
    operation: "listMedications",
    summary: "The person's medications, newest first",
    handler: "medications",
    signedIn: true,
    query: ["page_size", "page_token"],
    responses: { 200: medicationList },
    fhir: true,
    problems: ["invalid_request", "invalid_page_token"],
  },
  {
    method: "GET",
    path: "/meds/{id}",
    operation: "getMedication",
    summary: "One medication",
    handler: "medications",
    signedIn: true,
    headers: ["If-None-Match"],
    responses: { 200: medication, 304: null },
    fhir: true,
    problems: ["medication_not_found"],
  },
  {
    method: "PATCH",
    path: "/meds/{id}",
    operation: "correctMedication",
    summary: "Correct what was read (JSON merge patch)",
    handler: "medications",
    signedIn: true,
    request: medicationPatch,
    headers: ["If-Match"],
    responses: { 200: medication },
    problems: [
      "medication_not_found",
      "body_not_json",
      "invalid_request",
      "unsupported_media_type",
      "edit_conflict",
    ],
  },
  {
    method: "POST",
    path: "/meds/{id}/confirm",
    operation: "confirmMedication",
    summary: "Say that the medication is as the label says",
    handler: "medications",
    signedIn: true,
    headers: ["If-Match"],
    responses: { 200: medication },
    problems: ["medication_not_found", "edit_conflict"],
  },
  {
    method: "DELETE",
    path: "/meds/{id}",
    operation: "deleteMedication",
    summary: "Remove one medication; its scan stays",
    handler: "medications",
    signedIn: true,
    responses: { 204: null },
    problems: ["medication_not_found"],
  },
  {
    method: "GET",
    path: "/health",
    operation: "getHealth",
    summary: "Whether the API answers",
    handler: "health",
    signedIn: false,
    responses: { 200: healthReport },
    problems: [],
  },
  {
    method: "GET",
    path: "/health/upload",
    operation: "getUploadHealth",
    summary: "Really presigns, uploads, reads back, compares and deletes",
    handler: "upload-canary",
    signedIn: true,
    responses: { 200: canaryReport },
    problems: ["canary_failed"],
  },
  {
    method: "GET",
    path: "/openapi.json",
    operation: "getOpenApi",
    summary: "This document",
    handler: "health",
    signedIn: false,
    responses: { 200: openApiDocument },
    problems: [],
  },
];
