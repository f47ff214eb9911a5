import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { openLabelReader } from "../core/label-reader.ts";
import { decode } from "../core/reading/decode.ts";
import { LocalFunction } from "../local/functions.ts";
import { type LocalStack, startStack } from "../local/stack.ts";
import { readWithTesseract } from "./eval/tesseract-cli.ts";
import { median, percentile } from "./statistics.ts";

/**
 * `npm run bench`: what the road costs, as ratios of things measured in turn in one run.
 *
 *   --calls N   calls of each function (300)
 *   --scans N   scans end to end (15)
 */
const { values } = parseArgs({
  options: { calls: { type: "string", default: "300" }, scans: { type: "string", default: "15" } },
});
const calls = Number(values.calls);
const scans = Number(values.scans);

/**
 * Each question for the status costs the same two cores some 6 ms, which the reader then lacks. A patient client asks
 * nothing while the photo is being read (the project's own waits two seconds, as Retry-After tells it), an impatient
 * one asks from the beginning.
 */
const PATIENT_POLL_MS = 20;
const IMPATIENT_POLL_MS = 40;

const root = resolve(import.meta.dirname, "..");
const photo = await readFile(join(root, "test/fixtures/samples/lisinopril.jpg"));
const folder = mkdtempSync(join(tmpdir(), "rxscan-bench-"));
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}\n`);
try {
  bundles();
  const stack = await startStack({ port: 0, folder, readers: 1 });
  try {
    await handlers(stack);
    await roadBesideReader(stack);
  } finally {
    await stack.close();
  }
  await readerBesideTesseract();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sizes and import times of the functions as they are deployed. */
function bundles(): void {
  console.log("Functions as deployed: bundle, gzipped, time to import (median of 5 fresh processes)");
  const out = join(folder, "cdk.out");
  execFileSync(join(root, "node_modules/.bin/cdk"), ["synth", "--quiet", "--output", out], {
    cwd: root,
    stdio: "pipe",
  });
  const template = readdirSync(out).find((file) => file.endsWith(".template.json")) ?? "";
  const { Resources } = JSON.parse(readFileSync(join(out, template), "utf8"));
  for (const { Type, Properties, Metadata } of Object.values<Record<string, Record<string, string>>>(
    Resources,
  )) {
    if (String(Type) !== "AWS::Lambda::Function" || !Metadata?.["aws:asset:path"]) continue;
    if (Metadata["aws:asset:property"] !== "Code") continue;
    const asset = join(out, Metadata["aws:asset:path"]);
    const bundle = join(asset, "index.mjs");
    const variables = {
      JOB_TABLE: "t",
      MEDICATION_TABLE: "t",
      PHOTO_BUCKET: "b",
      SCANS_QUEUE_URL: "http://localhost/q",
      BATCH_TABLE: "t",
      SHEET_TABLE: "t",
      SHEET_RESULT_TABLE: "t",
      BATCHES_QUEUE_URL: "http://localhost/q",
      SHEETS_QUEUE_URL: "http://localhost/q",
      EXPAND_LEASE_SECONDS: "310",
    };
    const env = {
      ...process.env,
      ...variables,
      READ_LEASE_SECONDS: "70",
      UPLOAD_URL_SECONDS: "900",
      AWS_REGION: "us-east-1",
    };
    const times = Array.from({ length: 5 }, () => {
      const ran = spawnSync(process.execPath, [join(root, "bench/import-time.ts"), bundle], {
        env,
        encoding: "utf8",
      });
      if (ran.status !== 0) throw new Error(`${bundle} cannot be imported: ${ran.stderr}`);
      return Number(ran.stdout);
    });
    const name = (Properties?.Description ?? "").replace("rxscan ", "").padEnd(14);
    const [raw, zipped] = [statSync(bundle).size, gzipSync(readFileSync(bundle)).length].map((size) =>
      (size / 1024).toFixed(0),
    );
    console.log(
      `  ${name} ${raw?.padStart(5)} KB ${zipped?.padStart(4)} KB gzipped ${median(times).toFixed(0).padStart(5)} ms`,
    );
  }
  console.log();
}

/** Booking and asking for the status beside a function that does nothing, called in turn. */
async function handlers(stack: LocalStack): Promise<void> {
  const bare = new LocalFunction(
    {
      name: "bare",
      entry: join(root, "bench/bare-handler.ts"),
      environment: {},
      timeoutMs: 5_000,
      memoryMegabytes: 128,
      concurrency: 1,
    },
    () => undefined,
  );
  await bare.warm();
  const times: Record<"bare" | "book" | "status", number[]> = { bare: [], book: [], status: [] };
  const timed = async <T>(name: keyof typeof times, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const made = await work();
    times[name].push(performance.now() - began);
    return made;
  };
  const body = JSON.stringify({ files: [{ filename: "a.jpg", content_type: "image/jpeg", size: 1000 }] });
  for (let round = -20; round < calls; round++) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    await timed("bare", () => bare.invoke({}));
    const booked = await timed("book", () =>
      stack.invoke("book-scan", event("POST /meds/extract", {}, body)),
    );
    const { job_id } = JSON.parse((booked as { body: string }).body);
    await timed("status", () =>
      stack.invoke("scan-status", event("GET /meds/extract/{job_id}/status", { job_id })),
    );
  }
  await bare.close();
  console.log(`Handlers, from event to answer, the tables included (${calls} calls each, in turn)`);
  for (const [name, list] of Object.entries(times)) {
    const [p50, p99] = [median(list), percentile(list, 0.99)];
    const ratio = (p50 / median(times.bare)).toFixed(1);
    console.log(`  ${name.padEnd(7)} p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${ratio}x bare`);
  }
  console.log();
}

/**
 * A scan from before its booking until its client has seen the result, beside the reader alone on the same photo. The
 * patient client's first question comes when the reader alone takes so long: the scan cannot have ended before it.
 */
async function roadBesideReader(stack: LocalStack): Promise<void> {
  const reader = await openLabelReader();
  const token = await stack.token("bench");
  const times: Record<"alone" | "patient" | "impatient", number[]> = {
    alone: [],
    patient: [],
    impatient: [],
  };
  const timed = async (name: keyof typeof times, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    times[name].push(performance.now() - began);
  };
  for (let round = -2; round < scans; round++) {
    if (round === 0) for (const list of Object.values(times)) list.splice(0);
    await timed("alone", () => reader.readPhoto(photo));
    await timed("patient", () => scanOnce(stack.url, token, median(times.alone), PATIENT_POLL_MS));
    await timed("alone", () => reader.readPhoto(photo));
    await timed("impatient", () => scanOnce(stack.url, token, 0, IMPATIENT_POLL_MS));
  }
  await reader.close();
  const { alone } = times;
  const added = (name: "patient" | "impatient", first: number) =>
    median(times[name].map((ms, index) => ms - (alone[2 * index + first] ?? Number.NaN))).toFixed(0);
  console.log(`A scan end to end beside the reader alone (${scans} pairs of each, one photo, one reader)`);
  for (const [name, list] of Object.entries(times))
    console.log(
      `  ${name.padEnd(9)}  p50 ${median(list).toFixed(0)} ms  p95 ${percentile(list, 0.95).toFixed(0)} ms`,
    );
  console.log(`  the road adds p50 ${added("patient", 0)} ms (at most 200 wanted)`);
  console.log(`  and to one who asks every ${IMPATIENT_POLL_MS} ms ${added("impatient", 1)} ms\n`);
}

async function scanOnce(url: string, token: string, firstAskMs: number, pollMs: number): Promise<void> {
  const firstAsk = new Promise((come) => setTimeout(come, firstAskMs));
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const files = [{ filename: "a.jpg", content_type: "image/jpeg", size: photo.length }];
  const booked = (await (
    await fetch(`${url}/meds/extract`, { method: "POST", headers, body: JSON.stringify({ files }) })
  ).json()) as { poll_url: string; uploads: { url: string; headers: Record<string, string> }[] };
  const [upload] = booked.uploads;
  if (!upload) throw new Error("no upload URL");
  await fetch(upload.url, { method: "PUT", headers: upload.headers, body: photo });
  await firstAsk;
  for (;;) {
    const { status } = (await (await fetch(url + booked.poll_url, { headers })).json()) as { status: string };
    if (status === "completed") return;
    if (status === "failed") throw new Error("the scan failed");
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

/** The reader from decoded picture to lines beside the `tesseract` command on the same picture, where it is installed. */
async function readerBesideTesseract(): Promise<void> {
  const { grey } = await decode(photo);
  const reader = await openLabelReader();
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = -1; round < scans; round++) {
      const began = performance.now();
      await reader.readPhoto(photo);
      const ms = performance.now() - began;
      const { ms: other } = await readWithTesseract(grey);
      if (round >= 0) {
        ours.push(ms);
        theirs.push(other);
      }
    }
  } catch (error) {
    console.log(
      `The reader beside the tesseract command: not measured, ${error instanceof Error ? error.message : error}`,
    );
    return;
  } finally {
    await reader.close();
  }
  const ratios = ours.map((ms, index) => ms / (theirs[index] ?? Number.NaN));
  console.log(
    `The reader (from file, both readers, pictures made) beside \`tesseract --psm 3\` on the same picture`,
  );
  console.log(
    `  ${median(ours).toFixed(0)} ms and ${median(theirs).toFixed(0)} ms: ${median(ratios).toFixed(2)}x (median of ${scans} pairs)`,
  );
}

/** An API Gateway event (payload 2.0), as much of it as the handlers look at. */
function event(routeKey: string, pathParameters: Record<string, string>, body?: string): object {
  return {
    version: "2.0",
    routeKey,
    headers: { "content-type": "application/json" },
    pathParameters,
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
    requestContext: { requestId: "bench", authorizer: { jwt: { claims: { sub: "bench" }, scopes: [] } } },
  };
}
