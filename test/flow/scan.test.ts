import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scan } from "../../client/scan.ts";
import { medication, medicationList } from "../../contract/medications.ts";
import type { Problem } from "../../contract/problems.ts";
import { deletionReceipt } from "../../contract/scans.ts";
import { openRoad, type Person, type Road, sample } from "./road.ts";

let road: Road;
let nurse: Person;
beforeAll(async () => {
  road = await openRoad();
  nurse = await road.as("nurse");
});
afterAll(() => road.close());

describe("the road of a scan", () => {
  it("makes a medication of a photo, with its pictures, and lets the person correct and confirm it", async () => {
    const jobId = await nurse.upload([await sample("lisinopril.jpg")]);
    const status = await nurse.ended(jobId);
    expect(status).toMatchObject({
      status: "completed",
      pages: [{ page: 1, state: "read" }],
      result: { name: expect.stringMatching(/^lisinopril$/i), form: "tablet" },
    });
    const { result } = status;
    expect(result?.fields.name).toMatchObject({
      page: 1,
      box: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    expect(status.ocr_text).toMatch(/lisinopril/i);

    for (const [image, edge] of [
      ["image", 2000],
      ["thumbnail", 320],
    ] as const) {
      const redirect = await nurse.call("GET", `/meds/extract/${jobId}/pages/1/${image}`);
      expect(redirect.status).toBe(302);
      const picture = await fetch(redirect.headers.get("location") ?? "");
      const { format, width = 0, height = 0 } = await sharp(await picture.arrayBuffer()).metadata();
      expect(format).toBe("webp");
      expect(Math.max(width, height)).toBeLessThanOrEqual(edge);
    }

    const { medications } = medicationList.parse(await (await nurse.call("GET", "/meds")).json());
    expect(medications.map(({ id, job_id }) => ({ id, job_id }))).toContainEqual({
      id: result?.id,
      job_id: jobId,
    });

    const corrected = medication.parse(
      await (await nurse.call("PATCH", `/meds/${result?.id}`, { prescriber: "Dr. Corrected" })).json(),
    );
    expect(corrected).toMatchObject({
      prescriber: "Dr. Corrected",
      status: "unconfirmed",
      history: [{ action: "read" }, { action: "corrected", by: "nurse", changes: [{ field: "prescriber" }] }],
    });
    const confirmed = medication.parse(
      await (await nurse.call("POST", `/meds/${result?.id}/confirm`)).json(),
    );
    expect(confirmed).toMatchObject({
      status: "confirmed",
      needs_review: false,
      prescriber: "Dr. Corrected",
    });

    const fhir = await nurse.call("GET", `/meds/${result?.id}`, undefined, {
      Accept: "application/fhir+json",
    });
    expect(fhir.headers.get("content-type")).toBe("application/fhir+json");
    expect(await fhir.json()).toMatchObject({ resourceType: "MedicationStatement" });

    const again = await nurse.call("POST", `/meds/extract/${jobId}/retry`);
    expect([again.status, ((await again.json()) as Problem).code]).toEqual([409, "medication_reviewed"]);
  });

  it("is the same through the client that others use", async () => {
    const service = { url: road.stack.url, token: await road.stack.token("client") };
    const steps: string[] = [];
    const bytes = await sample("lisinopril.jpg");
    const status = await scan(service, [{ filename: "a.jpg", contentType: "image/jpeg", bytes }], {
      onProgress: ({ step }) => steps.push(step),
    });
    expect(status.status).toBe("completed");
    expect(steps.slice(0, 2)).toEqual(["booking", "uploading"]);
  });

  it("joins the photos of one label into one result", async () => {
    const photos = await Promise.all([
      sample("metformin-two-photos-1.jpg"),
      sample("metformin-two-photos-2.jpg"),
    ]);
    const status = await nurse.ended(await nurse.upload(photos));
    expect(status).toMatchObject({
      status: "completed",
      result: { name: expect.stringMatching(/^metformin/i) },
    });
    expect(status.results).toHaveLength(1);
    expect(status.pages.map(({ state }) => state)).toEqual(["read", "read"]);
  });

  it("completes a blank photo without a name and asks for review", async () => {
    const blank = await sharp({ create: { width: 900, height: 600, channels: 3, background: "#eee" } })
      .jpeg()
      .toBuffer();
    const status = await nurse.ended(await nurse.upload([new Uint8Array(blank)]));
    expect(status).toMatchObject({ status: "completed", result: { name: "", needs_review: true } });
    expect(status.pages[0]?.quality?.map(({ issue }) => issue)).toContain("no_text");
  });

  it("makes one result and one medication of an event that comes five times, out of order and at once", async () => {
    const other = await road.as("five-times");
    const photos = await Promise.all([
      sample("metformin-two-photos-1.jpg"),
      sample("metformin-two-photos-2.jpg"),
    ]);
    const jobId = await other.upload(photos);
    for (const page of [2, 1, 2, 1, 1, 2, 2, 1, 1, 2]) {
      road.stack.send("read-page", s3Event(`scans/${jobId}/pages/${page}/original`));
    }
    const status = await other.ended(jobId);
    expect(status.status).toBe("completed");
    // A late one must find nothing to do either.
    road.stack.send("read-page", s3Event(`scans/${jobId}/pages/1/original`));
    await drained();
    const later = await other.status(jobId);
    expect(later.completed_at).toBe(status.completed_at);
    expect(later.result).toEqual(status.result);
    const { medications } = medicationList.parse(await (await other.call("GET", "/meds")).json());
    expect(medications).toHaveLength(1);
    expect(medications[0]?.history).toHaveLength(1);
  });

  it("reads the kept photos again on retry, into the same medication", async () => {
    const other = await road.as("retries");
    const jobId = await other.upload([await sample("lisinopril.jpg")]);
    const first = await other.ended(jobId);
    const retried = await other.call("POST", `/meds/extract/${jobId}/retry`);
    expect(retried.status).toBe(202);
    const running = await other.call("POST", `/meds/extract/${jobId}/retry`);
    expect([running.status, ((await running.json()) as Problem).code]).toEqual([409, "job_running"]);
    const second = await other.ended(jobId);
    expect(second.result?.id).toBe(first.result?.id);
    const { medications } = medicationList.parse(await (await other.call("GET", "/meds")).json());
    expect(medications).toHaveLength(1);
  });

  it("removes every object and record of a scan and says which", async () => {
    const other = await road.as("deletes");
    const jobId = await other.upload([await sample("lisinopril.jpg")]);
    const { result } = await other.ended(jobId);
    const removed = await other.call("DELETE", `/meds/extract/${jobId}`);
    const receipt = deletionReceipt.parse(await removed.json());
    expect(receipt.records).toEqual([`job/${jobId}`, `medication/${result?.id}`]);
    expect(receipt.objects.toSorted()).toEqual(
      ["image", "original", "reading.json", "thumbnail"].map((name) => `scans/${jobId}/pages/1/${name}`),
    );
    for (const path of [`/meds/extract/${jobId}/status`, `/meds/${result?.id}`]) {
      expect((await other.call("GET", path)).status).toBe(404);
    }
    expect((await other.call("DELETE", `/meds/extract/${jobId}`)).status).toBe(404);
  });

  it("answers the booking again under the same Idempotency-Key, and refuses other files under it", async () => {
    const file = { filename: "a.jpg", content_type: "image/jpeg", size: 1000 };
    const key = { "Idempotency-Key": "one-and-the-same" };
    const [one, two] = [await nurse.book([file], key), await nurse.book([file], key)];
    expect(two.job_id).toBe(one.job_id);
    const other = await nurse.call("POST", "/meds/extract", { files: [{ ...file, size: 1001 }] }, key);
    expect([other.status, ((await other.json()) as Problem).code]).toEqual([422, "idempotency_key_reused"]);
    const stranger = await (await road.as("stranger")).book([file], key);
    expect(stranger.job_id).not.toBe(one.job_id);
  });

  it("knows whether uploads really work", async () => {
    const canary = await nurse.call("GET", "/health/upload");
    expect(await canary.json()).toMatchObject({ status: "ok", bytes: 65536 });
  });
});

/** Until the readers had time to take what is in the queue: one more scan has gone the whole way behind it. */
async function drained(): Promise<void> {
  const last = await road.as("last");
  await last.ended(await last.upload([await sample("lisinopril.jpg")]));
}

const s3Event = (key: string): string =>
  JSON.stringify({
    Records: [{ eventName: "ObjectCreated:Put", s3: { bucket: { name: "any" }, object: { key, size: 1 } } }],
  });
