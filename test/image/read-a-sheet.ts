import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { archiveStore } from "../../aws/archive-store.ts";
import { batchStore } from "../../aws/batch-table.ts";
import { dynamoDb, s3 } from "../../aws/clients.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { batchImageKey } from "../../contract/object-keys.ts";
import { expiresAt } from "../../core/batches/batch.ts";
import { sqsEventOf } from "../../local/queues.ts";
import { type LocalServices, REGION } from "../../local/services.ts";
import { environmentOf, type Wiring } from "../../local/template.ts";
import { BATCH_ID, newBatch, pendingSheet, processingBatch } from "../support/batch-builders.ts";
import { type ImageConfig, lambdaEnvironment, startContainer } from "./container.ts";
import { openPassage } from "./passage.ts";
import type { Report } from "./report.ts";
import { startRuntimeApi } from "./runtime-api.ts";

const TASK = "12345678";

type ReadASheetOptions = {
  report: Report;
  root: string;
  config: ImageConfig;
  wiring: Wiring;
  services: LocalServices;
  folder: string;
  photo: Uint8Array;
};

/** The same image told to run its other handler: it reads one sheet of a batch. */
export async function readASheet(options: ReadASheetOptions): Promise<void> {
  const { report, root, config, wiring, services, folder, photo } = options;
  report.heading("The image as the reader of sheets");
  const reader = wiring.functions.find(({ name }) => name === "read-sheet");
  if (!reader?.container) throw new Error("the template has no container that reads sheets");
  const environment = environmentOf(reader, services.physical);
  const { BATCH_TABLE = "", SHEET_TABLE = "", SHEET_RESULT_TABLE = "", PHOTO_BUCKET = "" } = environment;
  const archives = archiveStore(s3(), PHOTO_BUCKET);
  const sheets = sheetStore(dynamoDb(), SHEET_TABLE);

  const key = batchImageKey(BATCH_ID, 0);
  await archives.put(key, photo, "image/jpeg");
  const etag = (await archives.head(key))?.etag ?? "";
  const batch = processingBatch(1, newBatch({ upload_type: "images", task_id: TASK }), Date.now());
  await batchStore(dynamoDb(), BATCH_TABLE).create(batch);
  const place = { kind: "image" as const, etag, size: photo.length };
  await sheets.create(pendingSheet({ place, expires_at: expiresAt(batch) }));

  const runtimeApi = await startRuntimeApi({
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${reader.name}`,
    timeoutMs: reader.timeoutSeconds * 1000,
  });
  const sockets = join(folder, "passage-of-sheets");
  mkdirSync(sockets);
  const urls = [services.s3Url, services.queues.url, services.dynamoDbUrl];
  const passage = await openPassage(sockets, [
    runtimeApi.port,
    ...urls.map((url) => Number(new URL(url).port)),
  ]);
  const container = startContainer({
    root,
    config: { ...config, Cmd: [`${reader.name}.handler`] },
    folder: sockets,
    environment: {
      ...environment,
      ...services.environment,
      ...lambdaEnvironment(reader, runtimeApi.port),
    },
  });
  try {
    const body = JSON.stringify({ type: "read_sheet", batch_id: BATCH_ID, index: 0 });
    const queueUrl = environment.SHEETS_QUEUE_URL ?? "";
    const event = sqsEventOf([{ MessageId: "1", ReceiptHandle: "1", Body: body }], queueUrl, REGION);
    const answer = await Promise.race([runtimeApi.invoke(event), container.ended]);
    report.figure("the first sheet", `${answer.ms.toFixed(0).padStart(6)} ms`);
    report.equal("fails no message", answer.body, { batchItemFailures: [] });
    const sheet = await sheets.read(BATCH_ID, 0);
    report.equal(
      "completes the sheet with its batch's task",
      [sheet?.status, sheet?.status === "completed" && sheet.task_id],
      ["completed", TASK],
    );
    const found = await sheetResultStore(dynamoDb(), SHEET_RESULT_TABLE).get(BATCH_ID, [0]);
    const { name, dosage } = found.get(0)?.result ?? {};
    report.equal("keeps what was read", [name, dosage], ["Lisinopril", "10 mg"]);
  } finally {
    if (process.env.KEEP) console.log(container.lines.join("\n"));
    await container.stop();
    passage.close();
    runtimeApi.close();
  }
}
