import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { type SiteConfig, siteConfig } from "../contract/web-site.ts";
import { builtPage, cacheControl, contentType } from "./page.ts";

/** `npm run publish-page -- outputs.json`: puts the built page into the bucket of a stack that is deployed. */

/** What `cdk deploy --outputs-file` wrote, as far as the page needs it. */
const outputs = z.object({
  Rxscan: z.object({
    PageUrl: z.url(),
    PageBucket: z.string().min(1),
    Issuer: z.url(),
    SignInPage: z.url(),
    TabletClient: z.string().min(1),
  }),
});

/** What is uploaded after everything else, in this order: a browser that sees one finds all it leads to. */
const LAST = ["config.json", "index.html", "service-worker.js"];

/**
 * First what the page loads, under names that change with their content, then the page itself, then the worker that
 * has browsers keep it: whoever opens it in between has the whole of the old one. Nothing is removed, so a page that is
 * open goes on.
 */
export async function publishPage(
  s3: Pick<S3Client, "send">,
  { bucket, folder, config }: { bucket: string; folder: string; config: SiteConfig },
): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const put = async (key: string, body: Uint8Array) => {
    const [ContentType, CacheControl] = [contentType(key), cacheControl(key)];
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType, CacheControl }));
  };
  const order = [...files.filter((file) => !LAST.includes(file)), ...LAST];
  for (const key of order) {
    const body =
      key === "config.json" ? Buffer.from(JSON.stringify(config)) : await readFile(join(folder, key));
    await put(key, body);
  }
  return order;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = process.argv[2];
  if (!file) {
    console.error(
      "usage: npm run --silent publish-page -- OUTPUTS, the file that cdk deploy --outputs-file wrote",
    );
    process.exit(2);
  }
  const { Rxscan } = outputs.parse(JSON.parse(await readFile(file, "utf8")));
  const { PageUrl, PageBucket, Issuer, SignInPage, TabletClient } = Rxscan;
  const config = siteConfig.parse({ issuer: Issuer, sign_in: SignInPage, client_id: TabletClient });
  const folder = await builtPage(console.log);
  const done = await publishPage(new S3Client(), { bucket: PageBucket, folder, config });
  console.log(`${done.length} files are in ${PageBucket}; the page is at ${PageUrl}`);
}
