import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { dynamoDb, s3, sqs } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { medicationStore } from "../../aws/medication-table.ts";
import { photoStore, uploadSigner } from "../../aws/photo-bucket.ts";
import { bookScan } from "../../core/jobs/book-scan.ts";
import type { Job } from "../../core/jobs/job.ts";
import { medicationIdPrefix } from "../../core/jobs/medication-id.ts";
import { sqsEventOf } from "../../local/queues.ts";
import { REGION } from "../../local/services.ts";

/** The lane as the world outside the container uses it: photos go in, messages come out, jobs and medications lie there. */
export type Lane = {
  /** Books a scan of one photo, uploads it as a tablet does, and answers the job's id. */
  upload(photo: Uint8Array<ArrayBuffer>): Promise<string>;
  putObject(key: string): Promise<void>;
  send(body: string): Promise<void>;
  /** The next messages as one event, once that many are there. */
  event(messages: number): Promise<SQSEvent>;
  /** What Lambda does after an answer: deletes what did not fail. */
  settle(event: SQSEvent, failed: readonly string[]): Promise<void>;
  job(id: string): Promise<Job | null>;
  medications(job: Job): Promise<{ name: string; dosage: string }[]>;
  /** Whether an object is there. */
  has(key: string): Promise<boolean>;
};

type Names = { JOB_TABLE: string; MEDICATION_TABLE: string; PHOTO_BUCKET: string; SCANS_QUEUE_URL: string };

const OWNER = "image-check";
const UPLOAD_SECONDS = 900;
/** Messages come within milliseconds; a delayed one within its delay. */
const WAIT_MS = 20_000;

/** Over the clients of aws/, which find their services through the environment. */
export function laneOf({
  JOB_TABLE,
  MEDICATION_TABLE,
  PHOTO_BUCKET,
  SCANS_QUEUE_URL: QueueUrl,
}: Names): Lane {
  const jobs = jobStore(dynamoDb(), JOB_TABLE);
  const medications = medicationStore(dynamoDb(), MEDICATION_TABLE);
  const photos = photoStore(s3(), PHOTO_BUCKET);
  return {
    async upload(photo) {
      const files = [{ filename: "photo.jpg", content_type: "image/jpeg", size: photo.length }];
      const { job, uploads } = await bookScan(
        { owner: OWNER, request: { files } },
        { jobs, signUpload: uploadSigner(s3(), PHOTO_BUCKET), uploadSeconds: UPLOAD_SECONDS, now: Date.now },
      );
      for (const { url, method, headers } of uploads) {
        const response = await fetch(url, { method, headers, body: photo });
        if (!response.ok) throw new Error(`the upload answered ${response.status}: ${await response.text()}`);
      }
      return job.id;
    },
    async putObject(Key) {
      await s3().send(new PutObjectCommand({ Bucket: PHOTO_BUCKET, Key, Body: "no photo" }));
    },
    async send(MessageBody) {
      await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    async event(count) {
      const received: Message[] = [];
      const until = Date.now() + WAIT_MS;
      while (received.length < count) {
        if (Date.now() > until) throw new Error(`${received.length} messages came, not ${count}`);
        const { Messages = [] } = await sqs().send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: count - received.length,
            MessageSystemAttributeNames: ["All"],
            // Below the clients' own patience with SQS.
            WaitTimeSeconds: 1,
          }),
        );
        received.push(...Messages);
      }
      return sqsEventOf(received, QueueUrl, REGION);
    },
    async settle({ Records }, failed) {
      for (const { messageId, receiptHandle } of Records) {
        if (failed.includes(messageId)) continue;
        await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
      }
    },
    job: (id) => jobs.read(id),
    medications: (job) => medications.ofJob(job.owner, medicationIdPrefix(job)),
    has: (key) => photos.exists(key),
  };
}
