import { mkdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { synthesize } from "../../lib/synthesize.ts";
import { startServices } from "../../local/services.ts";
import { environmentOf, wiringOf } from "../../local/template.ts";
import { imageConfig, lambdaEnvironment, startContainer } from "./container.ts";
import { handEvents } from "./hand-events.ts";
import { isolationOf, tryTheNetwork } from "./isolation.ts";
import { laneOf } from "./lane.ts";
import { nativeIn } from "./native.ts";
import { bytesOf, partsOf, unnamed } from "./parts.ts";
import { openPassage } from "./passage.ts";
import { readASheet } from "./read-a-sheet.ts";
import { Report } from "./report.ts";
import { startRuntimeApi } from "./runtime-api.ts";

/**
 * check.ts ROOT IMAGE_JSON FOLDER: what is in the reader's image (mounted at ROOT), and whether it reads photos as
 * Lambda runs it. Called by check.sh, as root.
 */

/** What is ours of the image; more is something that should not be there, or something to decide about. */
const MOST_OWN_BYTES = 110e6;
/** Lambda stops a function whose module takes longer to load. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_LIMIT_MS = 10_000;
/** What a photo of 50 megapixels may take of the function's memory. */
const MOST_MEGABYTES = 600;

const [, , root, imageFile, folder] = process.argv;
if (!root || !imageFile || !folder) throw new Error("usage: check ROOT IMAGE_JSON FOLDER");
const { config } = imageConfig.parse(JSON.parse(readFileSync(imageFile, "utf8"))).OCIv1;
const report = new Report();
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).padStart(6)} MB`;

report.heading("What is in the image");
const task = join(root, "var/task");
const parts = partsOf(task);
for (const [name, bytes] of parts) report.figure(name, megabytes(bytes));
report.figure("together, on top of Lambda's base image", megabytes(bytesOf(parts)));
report.holds(
  `is at most ${megabytes(MOST_OWN_BYTES).trim()}`,
  bytesOf(parts) <= MOST_OWN_BYTES,
  bytesOf(parts),
);
report.holds("has a name for every part over 2 MB", unnamed(parts) <= 2e6, unnamed(parts));
const native = nativeIn(task);
report.figure("newest that its native code asks for", JSON.stringify(native.needs));
report.holds("has native code", native.files.length > 0);
report.equal("asks for no newer glibc or libstdc++ than Amazon Linux 2023 has", native.tooNew, []);
report.equal("asks for no library that is neither in it nor the system's", native.missing, []);
report.equal("starts as Lambda's base image does", config.Entrypoint, ["/lambda-entrypoint.sh"]);
report.equal("names a handler", config.Cmd, ["read-page.handler"]);

const wiring = wiringOf(synthesize());
const reader = wiring.functions.find(({ name }) => name === "read-page");
if (!reader?.container) throw new Error("the template has no container that reads pages");
const services = await startServices(wiring, {
  folder: join(folder, "services"),
  s3Port: 0,
  onError: (error) => console.error(error),
});
// The stores here and the function in the container take the same words for where things are.
Object.assign(process.env, services.environment);
const environment = environmentOf(reader, services.physical);
const { JOB_TABLE = "", MEDICATION_TABLE = "", PHOTO_BUCKET = "", SCANS_QUEUE_URL = "" } = environment;
const lane = laneOf({ JOB_TABLE, MEDICATION_TABLE, PHOTO_BUCKET, SCANS_QUEUE_URL });

const runtimeApi = await startRuntimeApi({
  functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${reader.name}`,
  timeoutMs: reader.timeoutSeconds * 1000,
});
const ports = {
  "the Runtime API": runtimeApi.port,
  S3: Number(new URL(services.s3Url).port),
  SQS: Number(new URL(services.queues.url).port),
  DynamoDB: Number(new URL(services.dynamoDbUrl).port),
};
const sockets = join(folder, "passage");
mkdirSync(sockets);
const passage = await openPassage(sockets, Object.values(ports));

const sample = async (name: string) => new Uint8Array(await readFile(`test/fixtures/samples/${name}`));
const photo = await sample("lisinopril.jpg");
// S3 tried its notification out when it was set up.
const testEvent = await lane.event(1);
const scan = await lane.upload(photo);
const first = await lane.event(1);

const container = startContainer({
  root,
  config,
  folder: sockets,
  environment: {
    ...environment,
    ...services.environment,
    ...lambdaEnvironment(reader, runtimeApi.port),
  },
});
try {
  const peak = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(container.proc("status"))?.[1]) * 1024;
  const invoke = (event: unknown) => Promise.race([runtimeApi.invoke(event), container.ended]);

  report.heading("From nothing to the first answer");
  const firstAnswer = invoke(first);
  // Awaited below, after what comes before it; a container that ends until then is heard of there.
  firstAnswer.catch(() => undefined);
  const began = await container.began;
  const ready = (await Promise.race([runtimeApi.firstNext, container.ended])) - began;
  report.figure("process start to asking for the first event", `${ready.toFixed(0).padStart(6)} ms`);
  report.holds(`is within the ${INIT_LIMIT_MS} ms that Lambda gives`, ready <= INIT_LIMIT_MS, ready);
  const { body, ms } = await firstAnswer;
  report.figure("the first photo", `${ms.toFixed(0).padStart(6)} ms`);
  report.figure("process start to the first answer", `${(ready + ms).toFixed(0).padStart(6)} ms`);
  report.equal("fails no message", body, { batchItemFailures: [] });
  await lane.settle(first, []);
  const job = await lane.job(scan);
  report.equal("completes the job", job?.status, "completed");
  const [medication] = job ? await lane.medications(job) : [];
  report.equal("saves the medication", [medication?.name, medication?.dosage], ["Lisinopril", "10 mg"]);

  await handEvents({
    report,
    lane,
    invoke,
    testEvent,
    scan,
    second: await sample("amoxicillin-suspension.jpg"),
  });

  report.heading("Memory");
  report.figure("peak after these photos (VmHWM)", megabytes(peak()));
  const large = new Uint8Array(await sharp(photo).resize(8160, 6120, { fit: "fill" }).jpeg().toBuffer());
  const largeScan = await lane.upload(large);
  const largeEvent = await lane.event(1);
  const answer = await invoke(largeEvent);
  await lane.settle(largeEvent, []);
  report.figure("a photo of 50 megapixels", `${answer.ms.toFixed(0).padStart(6)} ms`);
  report.equal("completes it, too", (await lane.job(largeScan))?.status, "completed");
  report.figure("peak with it (VmHWM)", megabytes(peak()));
  report.holds(`stays within ${MOST_MEGABYTES} MB`, peak() <= MOST_MEGABYTES * 1e6, megabytes(peak()));

  report.heading("How it was kept");
  const isolation = isolationOf(container);
  report.equal("runs as Lambda's user", [isolation.user, isolation.group], [993, 990]);
  report.equal("has no capabilities and can gain none", isolation.powers, {
    effective: 0,
    noNewPrivileges: true,
  });
  report.equal("has a read-only root and may write to /tmp", isolation.writable, ["/tmp"]);
  report.equal("leaves nothing in /tmp", await readdir(`/proc/${container.pid()}/root/tmp`), []);
  for (const [name, port] of Object.entries(ports)) {
    report.holds(`reached ${name}`, passage.connections(port) > 0);
  }
  report.equal("asked for nothing else on the network", isolation.elsewhere, { unrouted: 0, refused: 0 });
  tryTheNetwork(container);
  report.holds("would have been seen if it had", isolationOf(container).elsewhere.unrouted > 0);
  const truth = await readFile("test/fixtures/samples/truth.json", "utf8");
  const said = container.lines.join("\n").toLowerCase();
  const private_ = ["Lisinopril", "Amoxicillin", "Evelyn", "Whitlock", "Rasmussen", "7204158", "Bluebell"];
  report.equal(
    "logs nothing of what stands on a label",
    private_.filter(
      (word) => truth.toLowerCase().includes(word.toLowerCase()) && said.includes(word.toLowerCase()),
    ),
    [],
  );
  report.holds("logs what it did", said.includes("read_page"));

  await readASheet({ report, root, config, wiring, services, folder, photo });
} catch (error) {
  report.holds(error instanceof Error ? error.message : String(error), false);
  console.log(container.lines.slice(-30).join("\n"));
} finally {
  if (process.env.KEEP) console.log(container.lines.join("\n"));
  await container.stop();
  passage.close();
  runtimeApi.close();
  await services.close();
}
process.exit(report.end() ? 0 : 1);
