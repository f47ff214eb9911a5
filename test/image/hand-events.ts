import type { SQSEvent } from "aws-lambda";
import {
  ORIGINAL_SUFFIX,
  pageImages,
  pageKey,
  readingKey,
  SCANS_PREFIX,
} from "../../contract/object-keys.ts";
import type { Lane } from "./lane.ts";
import type { Report } from "./report.ts";
import type { Answer } from "./runtime-api.ts";

/** No message of ours, and not even JSON. */
const POISON = ["{", JSON.stringify({ type: "read_everything", job_id: "all" })] as const;
const ODD_KEY = `${SCANS_PREFIX}left shelf/photo 1+2${ORIGINAL_SUFFIX}`;
/** How S3 writes it in an event. */
const ODD_KEY_IN_EVENTS = `${SCANS_PREFIX}left+shelf/photo+1%2B2${ORIGINAL_SUFFIX}`;

type HandEventsOptions = {
  report: Report;
  lane: Lane;
  invoke: (event: SQSEvent) => Promise<Answer>;
  /** The message that S3 sent when its notification was set up. */
  testEvent: SQSEvent;
  /** A job that is read already. */
  scan: string;
  /** The sample `amoxicillin-suspension.jpg`. */
  second: Uint8Array<ArrayBuffer>;
};

/** Hands a warm function one event after the other and reports what each comes to. */
export async function handEvents({
  report,
  lane,
  invoke,
  testEvent,
  scan,
  second,
}: HandEventsOptions): Promise<void> {
  /** Invokes with the event and does as Lambda does after it; `fails` says which messages should fail, by their body. */
  const hand = async (what: string, event: SQSEvent, fails: (body: string) => boolean): Promise<void> => {
    const failing = event.Records.filter(({ body }) => fails(body)).map(({ messageId }) => messageId);
    const { body, ms } = await invoke(event);
    report.figure(what, `${ms.toFixed(0).padStart(6)} ms`);
    report.equal(`fails ${failing.length} of ${event.Records.length}`, body, {
      batchItemFailures: failing.map((itemIdentifier) => ({ itemIdentifier })),
    });
    await lane.settle(event, failing);
  };
  const none = () => false;
  const poison = (body: string) => (POISON as readonly string[]).includes(body);

  report.heading("One event after the other");
  for (const key of [...pageImages.map((image) => pageKey(scan, 1, image)), readingKey(scan, 1)]) {
    report.holds(`has stored ${key.split("/").at(-1)}`, await lane.has(key));
  }

  const testMessage = testEvent.Records[0]?.body ?? "";
  report.holds("has S3's test event", testMessage.includes("s3:TestEvent"), testMessage);
  await hand("S3's test event", testEvent, none);

  await lane.putObject(ODD_KEY);
  const odd = await lane.event(1);
  await hand("a key with a space and a +", odd, none);
  report.holds(
    "had the key as S3 writes it",
    odd.Records[0]?.body.includes(ODD_KEY_IN_EVENTS) ?? false,
    odd.Records[0]?.body,
  );

  await lane.send(JSON.stringify({ type: "read_page", job_id: scan, page: 1 }));
  const before = await lane.job(scan);
  await hand("a photo that was read before", await lane.event(1), none);
  report.equal("leaves its job as it is", (await lane.job(scan))?.version, before?.version);

  const notes = await lane.upload(new TextEncoder().encode("Milk, bread, eggs"));
  await hand("a file that is no image", await lane.event(1), none);
  const refused = await lane.job(notes);
  report.equal("ends its job", refused?.status === "failed" && refused.error.code, "not_an_image");

  await lane.send(POISON[0]);
  await hand("a poison message", await lane.event(1), poison);
  const back = await lane.event(1);
  report.equal("has the queue bring it back soon", back.Records[0]?.attributes.ApproximateReceiveCount, "2");
  await lane.settle(back, []);

  const suspension = await lane.upload(second);
  await lane.send(testMessage);
  await lane.putObject(ODD_KEY);
  for (const body of POISON) await lane.send(body);
  await hand("a photo, the test event, the odd key, two poisons", await lane.event(5), poison);
  const job = await lane.job(suspension);
  const [medication] = job ? await lane.medications(job) : [];
  report.equal(
    "reads the photo among them",
    [medication?.name, medication?.dosage],
    ["Amoxicillin", "400 mg/5 mL"],
  );
}
