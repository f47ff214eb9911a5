import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, type Harness, sdkRefusal, startHarness } from "./harness.ts";

/** Keys whose order differs between UTF-8 bytes and UTF-16 units, nested, with delimiters at the ends. */
const KEYS = [
  "a",
  "a/",
  "a/b",
  "a/b/c",
  "a/b/d",
  "a//b",
  "a0",
  "b/1",
  "b/2",
  "c|d|e",
  "\u{10ffff}/x",
  "\u{ffff}",
  "\u{1f48a}/1",
  "\u{1f48a}/2",
  "\u{d7ff}/1",
  "\u{d7ff}/2",
  "\u{e000}",
  "&<>\"'\u0001",
  "\r\n",
];
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

let s3: Harness;
let client: S3Client;
beforeAll(async () => {
  s3 = await startHarness({ buckets: [{ name: BUCKET }, { name: "other" }] });
  client = s3.client();
  for (const key of KEYS) await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: key }));
  await client.send(new PutObjectCommand({ Bucket: "other", Key: "a/x", Body: "x" }));
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

type Listing = { keys: string[]; prefixes: string[] };

/** All pages of a listing, each entry checked to come after the one before. */
async function list(input: Partial<ListObjectsV2CommandInput>): Promise<Listing> {
  const all: Listing = { keys: [], prefixes: [] };
  let token: string | undefined;
  for (let page = 0; page <= KEYS.length; page++) {
    const output = await client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, ...input, ContinuationToken: token, EncodingType: "url" }),
    );
    const decode = (text = "") => decodeURIComponent(text);
    const keys = (output.Contents ?? []).map(({ Key }) => decode(Key));
    const prefixes = (output.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix));
    expect(output.KeyCount).toBe(keys.length + prefixes.length);
    expect(output.KeyCount).toBeLessThanOrEqual(input.MaxKeys ?? 1000);
    all.keys.push(...keys);
    all.prefixes.push(...prefixes);
    token = output.NextContinuationToken;
    expect(output.IsTruncated).toBe(token !== undefined);
    if (token === undefined) break;
  }
  return all;
}

/** What S3's documentation says a listing is, without any paging. */
function expected(prefix: string, delimiter: string, startAfter: string): Listing {
  const listing: Listing = { keys: [], prefixes: [] };
  for (const key of KEYS.toSorted(byBytes)) {
    if (!key.startsWith(prefix) || byBytes(key, startAfter) <= 0) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) listing.keys.push(key);
    else listing.prefixes.push(key.slice(0, cut + delimiter.length));
  }
  return { keys: listing.keys, prefixes: [...new Set(listing.prefixes)] };
}

describe("ListObjectsV2", () => {
  it("lists every key once, in the order of its bytes, whatever the prefix, delimiter and page size", async () => {
    const start = fc.constantFrom("", ...KEYS, "a/b/", "zzz");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("", "a", "a/", "a/b", "\u{1f48a}", "none"),
        fc.constantFrom("", "/", "\u{d7ff}", "|", "/b", "\u{10ffff}"),
        start,
        fc.integer({ min: 1, max: 7 }),
        async (Prefix, Delimiter, StartAfter, MaxKeys) => {
          const optional = {
            ...(Delimiter === "" ? {} : { Delimiter }),
            ...(StartAfter === "" ? {} : { StartAfter }),
          };
          const listed = await list({ Prefix, MaxKeys, ...optional });
          expect(listed).toEqual(expected(Prefix, Delimiter, StartAfter));
        },
      ),
      { seed: 20, numRuns: 100 },
    );
  });

  it("tells size, ETag and time of each object", async () => {
    const output = await s3.client().send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "a/b/c" }));
    expect(output.Contents).toEqual([
      expect.objectContaining({
        Key: "a/b/c",
        Size: 5,
        StorageClass: "STANDARD",
        ETag: expect.stringMatching(/^"\w{32}"$/),
      }),
    ]);
    expect(Math.abs((output.Contents?.[0]?.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("refuses a page size that is none", async () => {
    const wrong = s3.client().send(new ListObjectsV2Command({ Bucket: BUCKET, MaxKeys: -1 }));
    expect(await sdkRefusal(wrong)).toEqual({ status: 400, code: "InvalidArgument" });
  });
});
