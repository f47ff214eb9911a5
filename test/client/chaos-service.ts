import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { pageKey, parseOriginalKey } from "../../contract/object-keys.ts";
import { type ProblemCode, ProblemError, problemOf } from "../../contract/problems.ts";
import type { PageReading } from "../../contract/reading.ts";
import { bookScanRequest, bookScanResponse, scanStatus } from "../../contract/scans.ts";
import { bookScan, type UploadTerms } from "../../core/jobs/book-scan.ts";
import { readPage } from "../../core/jobs/read-page.ts";
import { ownJob, retryAfter, scanStatusOf, statusPath } from "../../lambdas/scan-views.ts";
import { reading, UPLOAD_SECONDS, understood } from "../support/builders.ts";
import {
  type MemoryJobs,
  type MemoryMedications,
  memoryJobs,
  memoryMedications,
  memoryPhotos,
} from "../support/memory-stores.ts";
import type { Fates } from "./fate.ts";

/** The API and the photo store: the core's own jobs over stores in memory, and a reader that reads photos of text. */
export type Service = {
  jobs: MemoryJobs;
  medications: MemoryMedications;
  /** The photos of a job, in page order, as they lie in the store. */
  photosOf(jobId: string): (string | undefined)[];
  /** The scan and the page that a call is about, by the names that its photos have. */
  aboutOf(call: Call): string;
  serve(call: Call): Promise<Answer>;
};
export type Call = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };
export type Answer = { status: number; headers?: Record<string, string>; body?: string };

/** Which scan a photo belongs to is in its name: the key of a booking may be another each time. */
export const filenameOf = (scan: string, page: number): string => `${scan}/${page}.jpg`;
const scanOf = (filename = ""): string => filename.split("/")[0] ?? "";

const OWNER = "nurse";
/** How long a label is read. */
const READING_MS = { least: 300, most: 4000 };
/** A dead reader's message comes again after this: short, so that most scans are over soon. */
const LEASE_MS = 5000;
/** An event this late comes when the client has given up following, after three minutes. */
const LATE_EVENT_MS = 600_000;

type Expected = UploadTerms & { scan: string; page: number; expires: number };

export const isUpload = ({ path }: Call): boolean => path.startsWith("/photos/");

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});
export const refusal = (code: ProblemCode): Answer => json(problemOf(code).status, problemOf(code));

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const s3Error = (status: number, code: string, message = ""): Answer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** @param urlOf the address of a path of this service */
export function chaosService(fates: Fates, urlOf: (path: string) => string): Service {
  const [jobs, medications, photos] = [memoryJobs(), memoryMedications(), memoryPhotos()];
  const scanOfJob = new Map<string, string>();
  const expected = new Map<string, Expected>();

  async function book({ headers, body }: Call): Promise<Answer> {
    const request = bookScanRequest.parse(JSON.parse(body.toString()));
    const scan = scanOf(request.files[0]?.filename);
    const signUpload = async (terms: UploadTerms) => {
      const path = `/photos/${expected.size + 1}`;
      const { page = 0 } = parseOriginalKey(terms.key) ?? {};
      expected.set(path, { ...terms, scan, page, expires: Date.now() + terms.seconds * 1000 });
      const checksum = terms.sha256 === undefined ? {} : { "x-amz-checksum-sha256": terms.sha256 };
      return {
        url: urlOf(path),
        headers: { "Content-Type": terms.contentType, "If-None-Match": "*", ...checksum },
      };
    };
    const idempotencyKey = headers["idempotency-key"]?.toString();
    const { job, uploads } = await bookScan(
      { owner: OWNER, request, idempotencyKey },
      { jobs, signUpload, uploadSeconds: UPLOAD_SECONDS, now: Date.now },
    );
    scanOfJob.set(job.id, scan);
    const { id: job_id, status } = job;
    return json(
      201,
      bookScanResponse.parse({ job_id, status, message: "", poll_url: statusPath(job_id), uploads }),
    );
  }

  async function status({ path, headers }: Call): Promise<Answer> {
    const job = await ownJob(jobs, jobOf(path), OWNER);
    const told = { ETag: `"${job.version}"`, ...retryAfter(job) };
    if (headers["if-none-match"] === told.ETag) return { status: 304, headers: told };
    return json(200, scanStatus.parse(scanStatusOf(job)), told);
  }

  /** What S3 checks of a presigned PUT whose headers are signed. */
  async function put({ headers, body }: Call, to: Expected): Promise<Answer> {
    const { key, contentType, size, sha256 } = to;
    if (Date.now() > to.expires) return s3Error(403, "AccessDenied", "Request has expired");
    const isSigned =
      headers["content-type"] === contentType &&
      headers["x-amz-checksum-sha256"] === sha256 &&
      headers["if-none-match"] === "*";
    if (!isSigned) return s3Error(403, "SignatureDoesNotMatch");
    if (body.length !== size) return s3Error(400, "IncompleteBody");
    const changed = sha256 !== undefined && createHash("sha256").update(body).digest("base64") !== sha256;
    if (changed) return s3Error(400, "XAmzContentChecksumMismatch");
    if (await photos.exists(key)) return s3Error(412, "PreconditionFailed");
    await photos.put(key, body, contentType);
    announce(to);
    return { status: 200 };
  }

  /** The event of a photo's arrival: it comes at least once, and may find a reader that dies. */
  function announce({ key, scan, page }: Expected): void {
    const { jobId = "" } = parseOriginalKey(key) ?? {};
    const fate = fates.of("read", scan, page);
    const crashes = fate === "crashes_always" ? Number.POSITIVE_INFINITY : fate === "crashes_once" ? 1 : 0;
    let reads = 0;
    const readPhoto = async (photo: Uint8Array) => {
      reads += 1;
      if (reads <= crashes) throw new Error("the reader died");
      const nothing = new Uint8Array();
      return { reading: reading(Buffer.from(photo).toString("latin1")), image: nothing, thumbnail: nothing };
    };
    const understand = (pages: readonly PageReading[]) => [
      understood(pages.map(({ lines }) => lines[0]?.text).join(" + ")),
    ];
    const refusalOf = () => null;
    const parts = { jobs, medications, photos, readPhoto, refusalOf, understand, now: Date.now };
    const come = () =>
      void readPage(jobId, page, { ...parts, leaseMs: LEASE_MS }).catch(() => setTimeout(come, LEASE_MS));
    const after = READING_MS.least + fates.number("reading", scan, page) * READING_MS.most;
    setTimeout(come, fate === "late" ? LATE_EVENT_MS : after);
    if (fate === "twice") setTimeout(come, after);
  }

  return {
    jobs,
    medications,
    photosOf: (jobId) =>
      (jobs.all.get(jobId)?.pages ?? []).map((_, index) => {
        const photo = photos.all.get(pageKey(jobId, index + 1, "original"));
        return photo && Buffer.from(photo).toString("latin1");
      }),
    aboutOf(call) {
      const to = expected.get(call.path);
      if (to) return `${to.scan}/${to.page}`;
      if (call.method === "POST") return scanOf(JSON.parse(call.body.toString()).files[0].filename);
      return scanOfJob.get(jobOf(call.path)) ?? "";
    },
    async serve(call) {
      try {
        const to = expected.get(call.path);
        if (to) return await put(call, to);
        return await (call.method === "POST" ? book(call) : status(call));
      } catch (error) {
        if (error instanceof ProblemError) return json(error.problem.status, error.problem);
        throw error;
      }
    },
  };
}

/** Of `/meds/extract/<id>/status`. */
const jobOf = (path: string): string => path.split("/")[3] ?? "";
