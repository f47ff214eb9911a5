import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { publishPage } from "../../local/publish-page.ts";

it("puts what the page loads before the page, and lets only what never changes be kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rxscan-page-"));
  try {
    await mkdir(join(folder, "assets"));
    for (const name of ["index.html", "service-worker.js", "icon.svg", "assets/index-abc.js"])
      await writeFile(join(folder, name), name);
    const s3 = mockClient(S3Client);
    const config = {
      issuer: "https://issuer.example",
      sign_in: "https://sign-in.example",
      client_id: "tablet",
    };
    await publishPage(new S3Client(), { bucket: "page", folder, config });

    const put = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    expect(put.slice(-3).map(({ Key }) => Key)).toEqual(["config.json", "index.html", "service-worker.js"]);
    expect(Object.fromEntries(put.map(({ Key, CacheControl }) => [Key, CacheControl]))).toEqual({
      "assets/index-abc.js": "public, max-age=31536000, immutable",
      "icon.svg": "no-cache",
      "config.json": "no-cache",
      "index.html": "no-cache",
      "service-worker.js": "no-cache",
    });
    expect(put.find(({ Key }) => Key === "assets/index-abc.js")?.ContentType).toMatch(/^text\/javascript/);
    expect(JSON.parse(String(put.at(-3)?.Body))).toEqual(config);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
