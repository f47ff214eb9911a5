import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3EventRecord } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { S3Notification } from "../../../local/s3/notifications.ts";
import { BUCKET, type Harness, REGION, startHarness } from "./harness.ts";

let s3: Harness;
afterEach(async () => {
  await s3.stop();
});

const recordsOf = (event: S3Notification): S3EventRecord[] => ("Records" in event ? event.Records : []);
const notifications = [
  { target: "scans", id: "photos", events: ["s3:ObjectCreated:*"], prefix: "scans/", suffix: "/original" },
  { target: "removals", events: ["s3:ObjectRemoved:Delete"] },
];
const withRules = { buckets: [{ name: BUCKET, notifications }] };

describe("notifications", () => {
  it("sends every target a test event when it starts", async () => {
    s3 = await startHarness(withRules);
    await vi.waitFor(() => expect(s3.events).toHaveLength(2));
    expect(s3.events.map(({ target }) => target).sort()).toEqual(["removals", "scans"]);
    expect(s3.events[0]?.event).toMatchObject({
      Service: "Amazon S3",
      Event: "s3:TestEvent",
      Bucket: BUCKET,
    });
  });

  it("describes a new object as S3 does, with its key form-encoded", async () => {
    s3 = await startHarness(withRules);
    const client = s3.client();
    const key = "scans/a b+ü/original";
    const { ETag } = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "photo" }));
    await vi.waitFor(() => expect(s3.events).toHaveLength(3));
    const [record] = s3.events.flatMap(({ target, event }) => (target === "scans" ? recordsOf(event) : []));
    expect(record).toMatchObject({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: REGION,
      eventName: "ObjectCreated:Put",
      s3: {
        configurationId: "photos",
        bucket: { name: BUCKET, arn: `arn:aws:s3:::${BUCKET}` },
        object: { key: "scans/a+b%2B%C3%BC/original", size: 5, eTag: ETag?.replaceAll('"', "") },
      },
    });
    expect(record?.s3.object).not.toHaveProperty("versionId");
  });

  it("sends an event only where its name, prefix and suffix fit", async () => {
    s3 = await startHarness(withRules);
    const client = s3.client();
    for (const key of ["scans/1/thumbnail", "other/1/original", "scans/1/original"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "x" }));
    }
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "other/1/original" }));
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "never was" }));
    await vi.waitFor(() => expect(s3.events).toHaveLength(4));
    const sent = s3.events.flatMap(({ target, event }) =>
      recordsOf(event).map(({ eventName, s3: { object } }) => [target, eventName, object.key]),
    );
    expect(sent).toEqual([
      ["scans", "ObjectCreated:Put", "scans/1/original"],
      ["removals", "ObjectRemoved:Delete", "other/1/original"],
    ]);
  });

  it("says in the sequencer which of two writes of a key came later", async () => {
    s3 = await startHarness(withRules);
    const client = s3.client();
    for (const body of ["first", "second"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "scans/1/original", Body: body }));
    }
    await vi.waitFor(() => expect(s3.events).toHaveLength(4));
    const [first = "", second = ""] = s3.events
      .flatMap(({ event }) => recordsOf(event))
      .sort((a, b) => a.s3.object.size - b.s3.object.size)
      .map((record) => record.s3.object.sequencer);
    expect(first < second).toBe(true);
    expect(first.length).toBe(second.length);
  });

  it("tries again until the target takes the event", async () => {
    const taken: string[] = [];
    let refusals = 3;
    s3 = await startHarness({
      ...withRules,
      notify: async (target, event) => {
        if (target === "scans" && recordsOf(event).length > 0 && refusals-- > 0)
          throw new Error("queue is away");
        taken.push(...recordsOf(event).map((record) => record.s3.object.key));
      },
    });
    await s3.client().send(new PutObjectCommand({ Bucket: BUCKET, Key: "scans/1/original", Body: "x" }));
    await vi.waitFor(() => expect(taken).toEqual(["scans/1/original"]), { timeout: 5_000 });
    expect(refusals).toBe(-1);
  });

  it("stops although a target never answers", async () => {
    s3 = await startHarness({ ...withRules, notify: () => new Promise(() => undefined) });
    await s3.restart();
  });

  it("stops although a target never takes anything", async () => {
    s3 = await startHarness({ ...withRules, notify: () => Promise.reject(new Error("queue is away")) });
    await s3.client().send(new PutObjectCommand({ Bucket: BUCKET, Key: "scans/1/original", Body: "x" }));
    await s3.restart();
  });
});
