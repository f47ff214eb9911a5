import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUCKET, type Harness, sdkRefusal, startHarness } from "./harness.ts";

let s3: Harness;
let client: S3Client;
beforeAll(async () => {
  const notifications = [{ target: "all", events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] }];
  s3 = await startHarness({ buckets: [{ name: BUCKET, versioned: true, notifications }, { name: "plain" }] });
  client = s3.client();
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

const put = async (Key: string, Body: string, IfNoneMatch?: string) =>
  (await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, IfNoneMatch }))).VersionId ?? "";
const get = async (Key: string, VersionId?: string) =>
  await (
    await client.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }))
  ).Body?.transformToString();
const remove = (Key: string, VersionId?: string) =>
  client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));

describe("a versioned bucket", () => {
  it("keeps every version readable by its id, which events carry too", async () => {
    const first = await put("twice", "first");
    const second = await put("twice", "second");
    expect([await get("twice"), await get("twice", first), await get("twice", second)]).toEqual([
      "second",
      "first",
      "second",
    ]);
    const ids = () =>
      s3.events.flatMap(({ event }) =>
        "Records" in event ? event.Records.map(({ s3: { object } }) => object.versionId) : [],
      );
    await vi.waitFor(() => expect(ids()).toEqual(expect.arrayContaining([first, second])));
  });

  it("hides a deleted object behind a marker and brings it back when the marker goes", async () => {
    const version = await put("hidden", "still there");
    const deleted = await remove("hidden");
    expect(deleted.DeleteMarker).toBe(true);
    expect(await sdkRefusal(get("hidden"))).toEqual({ status: 404, code: "NoSuchKey" });
    expect(await get("hidden", version)).toBe("still there");
    expect((await sdkRefusal(get("hidden", deleted.VersionId))).status).toBe(405);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "hidden" }));
    expect(listed.KeyCount).toBe(0);
    await put("hidden", "anew", "*");
    expect(await get("hidden")).toBe("anew");
    const again = await remove("hidden");
    await remove("hidden", again.VersionId);
    expect(await get("hidden")).toBe("anew");
  });

  it("forgets a version that is deleted by name", async () => {
    const first = await put("named", "first");
    const second = await put("named", "second");
    await client.send(
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: { Objects: [{ Key: "named", VersionId: second }] },
      }),
    );
    expect(await get("named")).toBe("first");
    expect(await sdkRefusal(get("named", second))).toEqual({ status: 404, code: "NoSuchVersion" });
    await remove("named", first);
    expect(await sdkRefusal(get("named"))).toEqual({ status: 404, code: "NoSuchKey" });
  });
});

describe("a bucket without versions", () => {
  it("answers no version ids and knows none but null", async () => {
    const answer = await client.send(new PutObjectCommand({ Bucket: "plain", Key: "k", Body: "x" }));
    expect(answer.VersionId).toBeUndefined();
    const head = (VersionId: string) =>
      client.send(new HeadObjectCommand({ Bucket: "plain", Key: "k", VersionId }));
    expect((await sdkRefusal(head("null"))).status).toBe(200);
    expect((await sdkRefusal(head("made-up"))).status).toBe(404);
  });
});
