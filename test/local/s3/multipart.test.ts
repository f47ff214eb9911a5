import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUCKET, type Harness, refusal, sdkRefusal, startHarness } from "./harness.ts";

/** The least that S3 takes of a part that is not the last. */
const MIB = 1024 ** 2;
const FIRST = Buffer.alloc(5 * MIB, "first");
const SECOND = Buffer.alloc(5 * MIB, "second");
const LAST = Buffer.from("last");
const WHOLE = Buffer.concat([FIRST, SECOND, LAST]);

let s3: Harness;
/** Adds no checksums of its own. */
let plain: S3Client;
beforeAll(async () => {
  s3 = await startHarness({
    buckets: [{ name: BUCKET, notifications: [{ target: "batches", events: ["s3:ObjectCreated:*"] }] }],
  });
  plain = s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

async function open(client: S3Client, key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key, ...input }),
  );
  return { Bucket: BUCKET, Key: key, UploadId: UploadId ?? "" };
}

type Upload = Awaited<ReturnType<typeof open>>;

async function send(client: S3Client, upload: Upload, bodies: readonly Buffer[]): Promise<CompletedPart[]> {
  return await Promise.all(
    bodies.map(async (Body, index) => {
      const PartNumber = index + 1;
      const { $metadata: _, ...part } = await client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body }),
      );
      return { PartNumber, ...part };
    }),
  );
}

const complete = (client: S3Client, upload: Upload, Parts: CompletedPart[]) =>
  client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest();
const read = async (key: string, Range?: string) => {
  const { Body } = await plain.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, Range }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const createdEvents = (key: string) =>
  s3.events.filter(({ event }) => "Records" in event && event.Records[0]?.s3.object.key === key);

describe("multipart uploads", () => {
  it("joins parts that came in any order, with S3's ETag, and says so once", async () => {
    const upload = await open(plain, "joined", { ContentType: "application/zip", Metadata: { a: "b" } });
    const parts = await send(plain, upload, [FIRST, SECOND, LAST]);
    const done = await complete(plain, upload, parts);
    const etag = `"${md5(Buffer.concat([md5(FIRST), md5(SECOND), md5(LAST)])).toString("hex")}-3"`;
    expect(done).toMatchObject({ ETag: etag, Bucket: BUCKET, Key: "joined" });
    expect((await read("joined")).equals(WHOLE)).toBe(true);
    const head = await plain.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "joined" }));
    expect(head).toMatchObject({
      ETag: etag,
      ContentLength: WHOLE.length,
      ContentType: "application/zip",
      Metadata: { a: "b" },
    });
    expect(await complete(plain, upload, parts)).toMatchObject({ ETag: etag });
    expect(
      createdEvents("joined").map(({ event }) => "Records" in event && event.Records[0]?.eventName),
    ).toEqual(["ObjectCreated:CompleteMultipartUpload"]);
  });

  it("reads a range across the joins", async () => {
    const upload = await open(plain, "ranged");
    await complete(plain, upload, await send(plain, upload, [FIRST, SECOND, LAST]));
    const from = FIRST.length - 3;
    const to = FIRST.length + SECOND.length + 1;
    expect((await read("ranged", `bytes=${from}-${to}`)).equals(WHOLE.subarray(from, to + 1))).toBe(true);
    expect((await read("ranged", "bytes=-4")).toString()).toBe("last");
  });

  it("is read to its end although it is deleted meanwhile, and leaves no file then", async () => {
    const before = await readdir(join(s3.folder, "pieces"));
    const upload = await open(plain, "deleted");
    // More than sockets hold back, so that the last part is not read before the object is gone.
    const large = Buffer.concat([WHOLE, WHOLE]);
    await complete(plain, upload, await send(plain, upload, [large, large, LAST]));
    const { Body } = await plain.send(new GetObjectCommand({ Bucket: BUCKET, Key: "deleted" }));
    await plain.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "deleted" }));
    expect((await Body?.transformToByteArray())?.length).toBe(2 * large.length + LAST.length);
    await vi.waitFor(async () => expect(await readdir(join(s3.folder, "pieces"))).toEqual(before));
  });

  it("answers five simultaneous completions alike and makes one object", async () => {
    const upload = await open(plain, "raced");
    const parts = await send(plain, upload, [FIRST, LAST]);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => complete(plain, upload, parts)));
    expect(new Set(answers.map(({ ETag }) => ETag)).size).toBe(1);
    expect(createdEvents("raced")).toHaveLength(1);
  });

  it("works with the checksums the SDK adds by itself", async () => {
    const client = s3.client();
    const upload = await open(client, "sdk-default");
    await complete(client, upload, await send(client, upload, [FIRST, LAST]));
    expect((await read("sdk-default")).equals(Buffer.concat([FIRST, LAST]))).toBe(true);
  });

  it("gives a SHA-256 upload the checksum of its parts' checksums", async () => {
    const upload = await open(plain, "sha256", { ChecksumAlgorithm: "SHA256" });
    const bodies = [FIRST, LAST];
    const parts: CompletedPart[] = [];
    const digests = bodies.map((body) => createHash("sha256").update(body).digest());
    for (const [index, Body] of bodies.entries()) {
      const ChecksumSHA256 = digests[index]?.toString("base64") ?? "";
      const PartNumber = index + 1;
      const { ETag } = await plain.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumSHA256 }),
      );
      parts.push({ PartNumber, ETag, ChecksumSHA256 });
    }
    const withoutChecksums = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await sdkRefusal(complete(plain, upload, withoutChecksums))).toEqual({
      status: 400,
      code: "InvalidRequest",
    });
    const done = await complete(plain, upload, parts);
    const expected = `${createHash("sha256").update(Buffer.concat(digests)).digest("base64")}-2`;
    expect(done).toMatchObject({ ChecksumSHA256: expected, ChecksumType: "COMPOSITE" });
    const attributes = await plain.send(
      new GetObjectAttributesCommand({
        Bucket: BUCKET,
        Key: "sha256",
        ObjectAttributes: ["Checksum", "ObjectSize", "ObjectParts"],
      }),
    );
    expect(attributes).toMatchObject({
      Checksum: { ChecksumSHA256: expected },
      ObjectSize: FIRST.length + LAST.length,
      ObjectParts: { TotalPartsCount: 2 },
    });
  });

  it("computes a full-object CRC over all parts, the same as for one PUT", async () => {
    const Body = Buffer.concat([FIRST, LAST]);
    for (const ChecksumAlgorithm of ["CRC32", "CRC32C"] as const) {
      const put = await s3
        .client()
        .send(new PutObjectCommand({ Bucket: BUCKET, Key: "one-put", Body, ChecksumAlgorithm }));
      const client = s3.client();
      const upload = await open(client, "crc", { ChecksumAlgorithm, ChecksumType: "FULL_OBJECT" });
      const parts = await Promise.all(
        [FIRST, LAST].map(async (part, index) => {
          const PartNumber = index + 1;
          const { ETag } = await client.send(
            new UploadPartCommand({ ...upload, PartNumber, Body: part, ChecksumAlgorithm }),
          );
          return { PartNumber, ETag };
        }),
      );
      const field = `Checksum${ChecksumAlgorithm}` as const;
      const wrong = client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: { Parts: parts },
          ChecksumType: "FULL_OBJECT",
          [field]: "AAAAAA==",
        }),
      );
      expect(await sdkRefusal(wrong)).toEqual({ status: 400, code: "BadDigest" });
      expect((await complete(client, upload, parts))[field]).toBe(put[field]);
    }
  });

  it("takes presigned parts, and none with other bytes than were signed", async () => {
    const upload = await open(plain, "presigned", { ChecksumAlgorithm: "SHA256" });
    const sha256 = createHash("sha256").update(LAST).digest("base64");
    const url = await getSignedUrl(
      plain,
      new UploadPartCommand({ ...upload, PartNumber: 1, ContentLength: LAST.length, ChecksumSHA256: sha256 }),
      { unhoistableHeaders: new Set(["x-amz-checksum-sha256"]) },
    );
    const put = (body: string) =>
      fetch(url, { method: "PUT", headers: { "x-amz-checksum-sha256": sha256 }, body });
    expect(await refusal(await put("tsal"))).toEqual({ status: 400, code: "BadDigest" });
    const taken = await put("last");
    expect(taken.status).toBe(200);
    await complete(plain, upload, [
      { PartNumber: 1, ETag: taken.headers.get("etag") ?? "", ChecksumSHA256: sha256 },
    ]);
    expect((await read("presigned")).toString()).toBe("last");
  });

  it("lists parts page by page, so that an upload can be resumed", async () => {
    const upload = await open(plain, "resumed");
    const bodies = Array.from({ length: 5 }, (_, index) => Buffer.from(`part ${index}`));
    await send(plain, upload, bodies);
    await plain.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body: "part 2, again" }));
    await s3.restart();
    const numbers: (number | undefined)[] = [];
    const sizes: (number | undefined)[] = [];
    let marker: string | undefined;
    for (let page = 0; page < 3; page++) {
      const listed = await plain.send(
        new ListPartsCommand({ ...upload, MaxParts: 2, PartNumberMarker: marker }),
      );
      numbers.push(...(listed.Parts ?? []).map(({ PartNumber }) => PartNumber));
      sizes.push(...(listed.Parts ?? []).map(({ Size }) => Size));
      expect(listed.IsTruncated).toBe(page < 2);
      marker = listed.NextPartNumberMarker;
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(sizes).toEqual([6, 6, 13, 6, 6]);
  });

  it("lists open uploads, and not those that ended", async () => {
    const keys = ["open/a", "open/b", "open/b", "open/c"];
    const uploads = await Promise.all(keys.map((key) => open(plain, key)));
    const ended = await open(plain, "open/ended");
    await complete(plain, ended, await send(plain, ended, [LAST]));
    const first = await plain.send(
      new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: "open/", MaxUploads: 2 }),
    );
    const second = await plain.send(
      new ListMultipartUploadsCommand({
        Bucket: BUCKET,
        Prefix: "open/",
        KeyMarker: first.NextKeyMarker,
        UploadIdMarker: first.NextUploadIdMarker,
      }),
    );
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
    const listed = [...(first.Uploads ?? []), ...(second.Uploads ?? [])];
    expect(listed.map(({ Key }) => Key)).toEqual(keys);
    expect(new Set(listed.map(({ UploadId }) => UploadId))).toEqual(
      new Set(uploads.map(({ UploadId }) => UploadId)),
    );
  });

  it("forgets an aborted upload", async () => {
    const upload = await open(plain, "aborted");
    const parts = await send(plain, upload, [LAST]);
    await plain.send(new AbortMultipartUploadCommand(upload));
    const calls = [
      () => plain.send(new ListPartsCommand(upload)),
      () => plain.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: LAST })),
      () => complete(plain, upload, parts),
      () => plain.send(new AbortMultipartUploadCommand(upload)),
    ];
    for (const call of calls) {
      expect(await sdkRefusal(call())).toEqual({ status: 404, code: "NoSuchUpload" });
    }
  });

  it("keeps nothing of a part that was still arriving when its upload was aborted", async () => {
    const upload = await open(plain, "aborted-late");
    const before = await readdir(join(s3.folder, "pieces"));
    const part = await getSignedUrl(plain, new UploadPartCommand({ ...upload, PartNumber: 1 }));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const arriving = fetch(part, {
      method: "PUT",
      headers: { "content-length": "8" },
      body: readable,
      duplex: "half",
    });
    await writer.write(Buffer.from("half"));
    await vi.waitFor(async () =>
      expect(await readdir(join(s3.folder, "pieces"))).toHaveLength(before.length + 1),
    );
    await plain.send(new AbortMultipartUploadCommand(upload));
    await writer.write(Buffer.from("more"));
    await writer.close();
    expect(await refusal(await arriving)).toEqual({ status: 404, code: "NoSuchUpload" });
    expect(await readdir(join(s3.folder, "pieces"))).toEqual(before);
  });

  it("honours If-None-Match when it completes, and keeps the upload then", async () => {
    await plain.send(new PutObjectCommand({ Bucket: BUCKET, Key: "taken", Body: "first" }));
    const upload = await open(plain, "taken");
    const Parts = await send(plain, upload, [LAST]);
    const done = plain.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: "*" }),
    );
    expect(await sdkRefusal(done)).toEqual({ status: 412, code: "PreconditionFailed" });
    expect((await read("taken")).toString()).toBe("first");
    await complete(plain, upload, Parts);
    expect((await read("taken")).toString()).toBe("last");
  });

  it("aborts uploads that are older than the bucket's rule", async () => {
    const buckets = [
      { name: BUCKET, lifecycle: [{ abortUploadsAfterDays: 1 }, { prefix: "old/", expireAfterDays: 30 }] },
    ];
    const other = await startHarness({ buckets });
    const client = other.client();
    const upload = await open(client, "slow");
    for (const key of ["old/photo", "kept/photo"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "x" }));
    }
    const status = async (key: string) =>
      (await sdkRefusal(other.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: key })))).status;
    const DAY_MS = 24 * 60 * 60 * 1000;
    other.clock.offsetMs = 2 * DAY_MS;
    await other.restart();
    other.clock.offsetMs = 0;
    expect(await sdkRefusal(other.client().send(new ListPartsCommand(upload)))).toEqual({
      status: 404,
      code: "NoSuchUpload",
    });
    expect(await status("old/photo")).toBe(200);
    other.clock.offsetMs = 31 * DAY_MS;
    await other.restart();
    other.clock.offsetMs = 0;
    expect([await status("old/photo"), await status("kept/photo")]).toEqual([404, 200]);
    await other.stop();
  });
});

describe("a completion", () => {
  it.each([
    ["a part too small", [LAST, LAST], (parts: CompletedPart[]) => parts, "EntityTooSmall"],
    ["parts out of order", [FIRST, LAST], (parts: CompletedPart[]) => parts.reverse(), "InvalidPartOrder"],
    ["a part twice", [FIRST], ([part]: CompletedPart[]) => [part ?? {}, part ?? {}], "InvalidPartOrder"],
    [
      "a part that never came",
      [LAST],
      (parts: CompletedPart[]) => [...parts, { PartNumber: 2, ETag: "x" }],
      "InvalidPart",
    ],
    [
      "another ETag",
      [LAST],
      (parts: CompletedPart[]) => parts.map((part) => ({ ...part, ETag: '"0"' })),
      "InvalidPart",
    ],
    ["no parts", [LAST], () => [], "MalformedXML"],
  ] as const)("is refused with %s", async (what, bodies, change, code) => {
    const upload = await open(plain, `refused ${what}`);
    const parts = await send(plain, upload, bodies);
    expect(await sdkRefusal(complete(plain, upload, change(parts)))).toEqual({ status: 400, code });
    expect(
      (await sdkRefusal(plain.send(new HeadObjectCommand({ Bucket: BUCKET, Key: upload.Key })))).status,
    ).toBe(404);
    expect((await plain.send(new ListPartsCommand(upload))).Parts).toHaveLength(bodies.length);
  });

  it("leaves out parts it does not name", async () => {
    const upload = await open(plain, "some");
    const parts = await send(plain, upload, [LAST, FIRST, LAST]);
    await complete(plain, upload, parts.slice(1));
    expect((await read("some")).length).toBe(FIRST.length + LAST.length);
  });

  it("needs parts with the checksum the upload was opened with", async () => {
    const opened = await open(plain, "strict", { ChecksumAlgorithm: "SHA256" });
    const without = plain.send(new UploadPartCommand({ ...opened, PartNumber: 1, Body: LAST }));
    expect(await sdkRefusal(without)).toEqual({ status: 400, code: "InvalidRequest" });
    const bare = await open(plain, "bare");
    const withOne = plain.send(
      new UploadPartCommand({ ...bare, PartNumber: 1, Body: LAST, ChecksumAlgorithm: "CRC32C" }),
    );
    expect(await sdkRefusal(withOne)).toEqual({ status: 400, code: "InvalidRequest" });
  });

  it.each([0, 10_001])("takes no part number %i", async (PartNumber) => {
    const upload = await open(plain, "numbers");
    const part = plain.send(new UploadPartCommand({ ...upload, PartNumber, Body: LAST }));
    expect(await sdkRefusal(part)).toEqual({ status: 400, code: "InvalidArgument" });
  });
});
