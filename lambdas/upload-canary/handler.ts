import { createHash, randomBytes, randomUUID } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "../../aws/clients.ts";
import { downloadUrl, uploadSigner } from "../../aws/photo-bucket.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { canaryKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { httpHandler } from "../http.ts";
import { errorFields, log } from "../logging.ts";

const env = readEnvironment(["PHOTO_BUCKET"]);
const signUpload = uploadSigner(s3(), env.PHOTO_BUCKET);

/** Enough to need more than one packet, little enough to cost nothing. */
const CANARY_BYTES = 64 * 1024;
/** The whole canary must answer well inside the gateway's 30 s. */
const STEP_TIMEOUT_MS = 5_000;

export const handler = httpHandler("upload-canary", {
  /** Goes the very way a photo goes: a presigned PUT with a signed checksum over plain HTTP, then reads it back. */
  async getUploadHealth() {
    const bytes = randomBytes(CANARY_BYTES);
    const key = canaryKey(randomUUID());
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    const ms = { presign: 0, put: 0, get: 0, delete: 0 };
    const step = async <T>(name: keyof typeof ms, work: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const made = await work();
      ms[name] = Math.round((performance.now() - began) * 10) / 10;
      return made;
    };
    const remove = () => s3().send(new DeleteObjectCommand({ Bucket: env.PHOTO_BUCKET, Key: key }));
    try {
      const terms = { key, contentType: "image/jpeg", size: bytes.length, sha256, seconds: 60 };
      const { url, headers } = await step("presign", () => signUpload(terms));
      const put = await step("put", () => request(url, { method: "PUT", headers, body: bytes }));
      if (!put.ok) throw new CanaryFailure(`put_${put.status}`);
      const back = await step("get", async () => {
        const got = await request(await downloadUrl(s3(), env.PHOTO_BUCKET, key, 60), {});
        if (!got.ok) throw new CanaryFailure(`get_${got.status}`);
        return Buffer.from(await got.arrayBuffer());
      });
      if (!back.equals(bytes)) throw new CanaryFailure("bytes_differ");
      await step("delete", remove);
    } catch (error) {
      log.error("canary_failed", errorFields(error));
      // Whatever failed, it leaves nothing behind; what it could not remove, the bucket's lifecycle does.
      await remove().catch(() => undefined);
      throw new ProblemError("canary_failed", {}, { cause: error });
    }
    return { status: 200, body: { status: "ok", bytes: bytes.length, ms } };
  },
});

class CanaryFailure extends Error {
  override readonly name = "CanaryFailure";
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const request = (url: string, init: RequestInit): Promise<Response> =>
  fetch(url, { ...init, signal: AbortSignal.timeout(STEP_TIMEOUT_MS) });
