import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problem } from "../../contract/problems.ts";
import { openRoad, type Person, type Road, sample } from "./road.ts";

let road: Road;
let nurse: Person;
let later = 0;
beforeAll(async () => {
  road = await openRoad({ s3Now: () => new Date(Date.now() + later) });
  nurse = await road.as("nurse");
});
afterAll(() => road.close());

const photo = { filename: "a.jpg", content_type: "image/jpeg", size: 1000 };

async function refusal(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  const told = problem.parse(await response.json());
  expect(told.status).toBe(response.status);
  expect(told.detail).not.toBe("");
  return [response.status, told.code];
}

describe("a call that cannot be served says what to do", () => {
  const call = (headers: Record<string, string>) => fetch(new URL("/meds", road.stack.url), { headers });

  it("without a token, with a forged one, with an expired one", async () => {
    const none = await call({});
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refusal(none)).toEqual([401, "unauthorized"]);
    const [head, body] = (await road.stack.token("nurse")).split(".");
    expect(await refusal(await call({ Authorization: `Bearer ${head}.${body}.AAAA` }))).toEqual([
      401,
      "unauthorized",
    ]);
    const expired = await call({ Authorization: `Bearer ${await road.stack.token("nurse", -60)}` });
    expect(expired.headers.get("www-authenticate")).toContain("the token has expired");
    expect(await refusal(expired)).toEqual([401, "token_expired"]);
  });

  it("about a scan that is somebody else's, or nobody's", async () => {
    const { job_id } = await nurse.book([photo]);
    const stranger = await road.as("stranger");
    for (const id of [job_id, "00000000-0000-4000-8000-000000000000", "no-uuid"]) {
      for (const [method, path] of [
        ["GET", "status"],
        ["GET", "result"],
        ["POST", "retry"],
        ["GET", "pages/1/image"],
      ]) {
        const answer = await stranger.call(method ?? "", `/meds/extract/${id}/${path}`);
        expect(await refusal(answer)).toEqual([404, "job_not_found"]);
      }
      expect(await refusal(await stranger.call("DELETE", `/meds/extract/${id}`))).toEqual([
        404,
        "job_not_found",
      ]);
    }
    expect((await nurse.status(job_id)).status).toBe("pending");
  });

  it.each<[string, unknown, number, string]>([
    ["no JSON", "{", 400, "body_not_json"],
    ["no files", { files: [] }, 400, "invalid_request"],
    ["nine files", { files: Array(9).fill(photo) }, 400, "invalid_request"],
    ["a file of 0 bytes", { files: [{ ...photo, size: 0 }] }, 400, "invalid_request"],
    ["a file of 30 MB", { files: [{ ...photo, size: 30_000_000 }] }, 413, "file_too_large"],
    ["a PDF", { files: [{ ...photo, content_type: "application/pdf" }] }, 400, "not_an_image"],
    ["an SVG", { files: [{ ...photo, content_type: "image/svg+xml" }] }, 400, "not_an_image"],
    ["a checksum that is none", { files: [{ ...photo, sha256: "abc" }] }, 400, "invalid_request"],
  ])("about a booking with %s", async (_, body, status, code) => {
    expect(await refusal(await nurse.call("POST", "/meds/extract", body))).toEqual([status, code]);
  });

  it("about files sent to the API itself: how to upload them instead", async () => {
    const form = new FormData();
    form.set("file", new Blob(["x"]), "a.jpg");
    const token = await road.stack.token("nurse");
    const response = await fetch(new URL("/meds/extract", road.stack.url), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: form,
    });
    const told = problem.parse(await response.json());
    expect(told).toMatchObject({ status: 415, code: "multipart_not_accepted" });
    expect(told.detail).toMatch(/PUT each photo to the URL/);
  });

  it("about a retry of a scan that is still waiting", async () => {
    const { job_id } = await nurse.book([photo]);
    expect(await refusal(await nurse.call("POST", `/meds/extract/${job_id}/retry`))).toEqual([
      409,
      "job_running",
    ]);
  });
});

describe("an upload that is not what was booked is refused by the bucket, and the scan still waits for it", () => {
  async function put(
    body: Uint8Array<ArrayBuffer>,
    change: (upload: { url: string; headers: Record<string, string> }) => void = () => undefined,
  ) {
    const bytes = new Uint8Array(Buffer.alloc(1000, 7));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const booked = await nurse.book([{ ...photo, sha256 }]);
    const [upload] = booked.uploads;
    if (!upload) throw new Error("no upload");
    change(upload);
    const response = await fetch(upload.url, { method: "PUT", headers: upload.headers, body });
    const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];
    return { status: response.status, code, jobId: booked.job_id, upload };
  }
  const right = new Uint8Array(Buffer.alloc(1000, 7));

  it("other bytes than the declared SHA-256", async () => {
    const { status, code, jobId } = await put(new Uint8Array(Buffer.alloc(1000, 8)));
    expect([status, code]).toEqual([400, expect.stringMatching(/Digest|Checksum/)]);
    expect((await nurse.status(jobId)).status).toBe("pending");
  });

  it("another length, another type, another URL", async () => {
    expect((await put(new Uint8Array(Buffer.alloc(999, 7)))).status).toBe(403);
    expect(
      (await put(right, ({ headers }) => Object.assign(headers, { "Content-Type": "image/png" }))).status,
    ).toBe(403);
    const forged = await put(right, (upload) => {
      upload.url = upload.url.replace("/pages/1/", "/pages/2/");
    });
    expect([forged.status, forged.code]).toEqual([403, "SignatureDoesNotMatch"]);
  });

  it("a second PUT on the same URL", async () => {
    const { status, upload } = await put(right);
    expect(status).toBe(200);
    const again = await fetch(upload.url, { method: "PUT", headers: upload.headers, body: right });
    expect(again.status).toBe(412);
  });

  it("an upload after its URL has expired", async () => {
    const refused = await put(right, () => {
      later = 901_000;
    });
    later = 0;
    expect(refused.status).toBe(403);
    expect((await nurse.status(refused.jobId)).status).toBe("pending");
  });
});

describe("a photo that cannot be read ends its scan with the reason", () => {
  async function failure(bytes: Uint8Array, contentType = "image/jpeg") {
    const jobId = await nurse.upload([new Uint8Array(bytes)], contentType);
    const status = await nurse.ended(jobId);
    const result = await nurse.call("GET", `/meds/extract/${jobId}/result`);
    expect(await refusal(result)).toEqual([500, status.error?.code]);
    return status.error?.code;
  }

  it("a text file named .jpg", async () => {
    expect(await failure(Buffer.from("Take one tablet daily\n".repeat(50)))).toBe("not_an_image");
  });
  it("an SVG", async () => {
    expect(await failure(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))).toBe(
      "not_an_image",
    );
  });
  it("a JPEG that ends early", async () => {
    const whole = await sample("lisinopril.jpg");
    expect(await failure(whole.subarray(0, Math.floor(whole.length / 3)))).toBe("image_damaged");
  });
  it("a PNG of 30,000 x 30,000 pixels", async () => {
    expect(await failure(hugePng(30_000), "image/png")).toBe("image_too_large");
  });
  it("and the others go on being read", async () => {
    const status = await nurse.ended(await nurse.upload([await sample("lisinopril.jpg")]));
    expect(status.status).toBe("completed");
  });
});

/** A grey PNG of the given edge: some 100 KB however large the picture. */
function hugePng(edge: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(edge, 0);
  header.writeUInt32BE(edge, 4);
  // Bit depth 1, grey: 30,000 x 3,751 bytes of zeros deflate to about 110 KB.
  header.writeUInt8(1, 8);
  const rows = Buffer.alloc(edge * (Math.ceil(edge / 8) + 1));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
