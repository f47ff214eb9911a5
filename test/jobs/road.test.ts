import { beforeEach, describe, expect, it, vi } from "vitest";
import { pageKey, readingKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import type { PageReading } from "../../contract/reading.ts";
import { MAX_PHOTO_BYTES } from "../../contract/scans.ts";
import { Contended } from "../../core/change.ts";
import { bookScan } from "../../core/jobs/book-scan.ts";
import { buryPage } from "../../core/jobs/bury.ts";
import { type Job, KEPT_DAYS, retry } from "../../core/jobs/job.ts";
import { medicationId, medicationIdPrefix } from "../../core/jobs/medication-id.ts";
import { type ReadPageParts, readPage } from "../../core/jobs/read-page.ts";
import { removeScan } from "../../core/jobs/remove-scan.ts";
import { retryScan } from "../../core/jobs/retry-scan.ts";
import { change, type JobStore, type PhotoStore } from "../../core/jobs/stores.ts";
import { sweep } from "../../core/jobs/sweep.ts";
import {
  bookedJob,
  completedJob,
  corrected,
  JOB_ID,
  LEASE_MS,
  made,
  reading,
  stored,
  T0,
  UPLOAD_SECONDS,
  understood,
} from "../support/builders.ts";
import { memoryJobs, memoryMedications, memoryPhotos, memoryQueue } from "../support/memory-stores.ts";

/** The road in core over stores in memory, with a clock that stands still unless moved. */

class Refused extends Error {}

let clock = T0;
const now = () => clock;

function road() {
  const jobs = memoryJobs();
  const medications = memoryMedications();
  const photos = memoryPhotos();
  const queue = memoryQueue();
  const parts = {
    jobs,
    medications,
    photos,
    queue,
    now,
    leaseMs: LEASE_MS,
    readPhoto: async (photo, keep) => {
      await keep({ image: Buffer.from("image"), thumbnail: Buffer.from("thumbnail") });
      return { reading: reading(Buffer.from(photo).toString()) };
    },
    refusalOf: (error: unknown) => (error instanceof Refused ? ("not_an_image" as const) : null),
    understand: (readings: readonly PageReading[]) =>
      readings.flatMap(({ lines }) => lines.map(({ text }) => understood(text))),
  } satisfies ReadPageParts & { queue: unknown };
  const upload = (page: number, text: string) =>
    photos.put(pageKey(JOB_ID, page, "original"), Buffer.from(text), "image/jpeg");
  const status = async () => made(await jobs.read(JOB_ID)).status;
  return { ...parts, upload, status };
}

let at: ReturnType<typeof road>;
beforeEach(() => {
  clock = T0;
  at = road();
});

async function problemCode(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return "";
}

describe("booking", () => {
  const photo = { filename: "a.jpg", content_type: "image/jpeg", size: 1000 };
  const booking = (files = [photo], idempotencyKey?: string, owner = "nurse") =>
    bookScan(
      { owner, request: { files }, idempotencyKey },
      {
        jobs: at.jobs,
        signUpload: async ({ key }) => ({ url: `https://bucket/${key}`, headers: {} }),
        uploadSeconds: UPLOAD_SECONDS,
        now,
      },
    );

  it("signs one URL for each photo, at the page's own key", async () => {
    const { job, uploads } = await booking([photo, photo]);
    expect(uploads.map(({ page, url }) => [page, url])).toEqual([
      [1, `https://bucket/${pageKey(job.id, 1, "original")}`],
      [2, `https://bucket/${pageKey(job.id, 2, "original")}`],
    ]);
    expect(at.jobs.all.get(job.id)).toEqual(job);
  });

  it("signs a SHA-256 as base64, whether it was given so or in hex", async () => {
    const signed: (string | undefined)[] = [];
    const hex = "ab".repeat(32);
    const base64 = Buffer.from(hex, "hex").toString("base64");
    await bookScan(
      {
        owner: "nurse",
        request: { files: [photo, { ...photo, sha256: hex }, { ...photo, sha256: base64 }] },
      },
      {
        jobs: at.jobs,
        signUpload: async ({ sha256 }) => {
          signed.push(sha256);
          return { url: "", headers: {} };
        },
        uploadSeconds: UPLOAD_SECONDS,
        now,
      },
    );
    expect(signed).toEqual([undefined, base64, base64]);
  });

  it("answers the same job to the same booking under the same key", async () => {
    const first = await booking([photo], "k");
    clock += 60_000;
    const again = await booking([photo], "k");
    expect(again.job.id).toBe(first.job.id);
    expect(again.uploads).toHaveLength(1);
    expect(again.job.upload_expires_at).toBe(clock + UPLOAD_SECONDS * 1000);
    expect(at.jobs.all.size).toBe(1);
  });

  it("makes one job of five bookings that come at once under the same key", async () => {
    const booked = await Promise.all(Array.from({ length: 5 }, () => booking([photo], "k")));
    expect(new Set(booked.map(({ job }) => job.id)).size).toBe(1);
  });

  it("keeps the keys of two people apart", async () => {
    const mine = await booking([photo], "k");
    const theirs = await booking([photo], "k", "stranger");
    expect(theirs.job.id).not.toBe(mine.job.id);
  });

  it("refuses the same key for other files", async () => {
    await booking([photo], "k");
    expect(await problemCode(booking([{ ...photo, size: 2 }], "k"))).toBe("idempotency_key_reused");
  });

  it("answers fresh URLs for just the photos that are still to come, while another is being read", async () => {
    const { job } = await booking([photo, photo], "k");
    await at.photos.put(pageKey(job.id, 1, "original"), Buffer.from("Lisinopril"), "image/jpeg");
    await readPage(job.id, 1, at);
    const again = await booking([photo, photo], "k");
    expect(again.uploads.map(({ page }) => page)).toEqual([2]);
  });

  it("refuses what is declared as no photo or as too large, and says which file", async () => {
    const files = [photo, { ...photo, content_type: "image/svg+xml" }];
    await expect(booking(files)).rejects.toMatchObject({
      problem: { code: "not_an_image", errors: [{ path: "files.1.content_type" }] },
    });
    const large = [photo, { ...photo, size: MAX_PHOTO_BYTES + 1 }];
    await expect(booking(large)).rejects.toMatchObject({
      problem: { code: "file_too_large", errors: [{ path: "files.1.size" }] },
    });
    expect(at.jobs.all.size).toBe(0);
  });
});

describe("reading a page", () => {
  it("takes a scan of one photo from booked to completed, with its medication and its pictures", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    expect(await readPage(JOB_ID, 1, at)).toEqual({ kind: "completed", bytes: 10, medications: 1 });
    const job = await at.jobs.read(JOB_ID);
    expect(job).toMatchObject({ status: "completed", ocr_text: "Lisinopril", due_at: null });
    const [medication] = await at.medications.list("nurse", 10);
    expect(medication).toMatchObject({ name: "Lisinopril", job_id: JOB_ID, status: "unconfirmed", round: 1 });
    expect(job).toMatchObject({ results: [{ id: medication?.id }] });
    expect([...at.photos.all.keys()].toSorted()).toEqual(
      [
        pageKey(JOB_ID, 1, "image"),
        pageKey(JOB_ID, 1, "original"),
        readingKey(JOB_ID, 1),
        pageKey(JOB_ID, 1, "thumbnail"),
      ].toSorted(),
    );
  });

  it("keeps the pictures while the photo is still being read, and is not done before they are kept", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const [arrived, stillReading] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const photos: PhotoStore = {
      ...at.photos,
      async put(key, body, type) {
        await arrived.promise;
        await at.photos.put(key, body, type);
      },
    };
    const readPhoto: ReadPageParts["readPhoto"] = async (photo, keep) => {
      const [read] = await Promise.all([at.readPhoto(photo, keep), stillReading.promise]);
      return read;
    };
    const outcome = readPage(JOB_ID, 1, { ...at, photos, readPhoto });
    arrived.resolve();
    await vi.waitFor(() => expect([...at.photos.all.keys()]).toContain(pageKey(JOB_ID, 1, "thumbnail")));
    expect(at.jobs.all.get(JOB_ID)?.pages).toMatchObject([{ state: "reading" }]);
    stillReading.resolve();
    expect(await outcome).toMatchObject({ kind: "completed" });
  });

  it("reads the job once: what follows is written from the job in hand", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const read = vi.spyOn(at.jobs, "read");
    const replace = vi.spyOn(at.jobs, "replace");
    expect(await readPage(JOB_ID, 1, at)).toMatchObject({ kind: "completed" });
    expect([read.mock.calls.length, replace.mock.calls.length]).toEqual([1, 3]);
  });

  it("leaves the joining free for the message's next coming when it goes wrong", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const keep = vi.spyOn(at.medications, "keep").mockRejectedValueOnce(new Error("throttled"));
    await expect(readPage(JOB_ID, 1, at)).rejects.toThrow("throttled");
    expect(await readPage(JOB_ID, 1, at)).toMatchObject({ kind: "completed", medications: 1 });
    expect(keep).toHaveBeenCalledTimes(2);
  });

  it("joins the photos of one label in page order, whichever was read last", async () => {
    await at.jobs.create(bookedJob({ pages: 3 }));
    for (const [page, text] of [
      [3, "c"],
      [1, "a"],
      [2, "b"],
    ] as const) {
      await at.upload(page, text);
      await readPage(JOB_ID, page, at);
    }
    expect(await at.jobs.read(JOB_ID)).toMatchObject({ status: "completed", ocr_text: "a\n\nb\n\nc" });
  });

  it("makes one result of five workers with the same message", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => readPage(JOB_ID, 1, at)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      "completed",
      "nothing",
      "nothing",
      "nothing",
      "nothing",
    ]);
    expect(at.medications.all.size).toBe(1);
  });

  it("does nothing when the message comes again after the end", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    await readPage(JOB_ID, 1, at);
    const before = structuredClone(at.jobs.all.get(JOB_ID));
    expect(await readPage(JOB_ID, 1, at)).toEqual({ kind: "nothing" });
    expect(at.jobs.all.get(JOB_ID)).toEqual(before);
  });

  it("ends the job when the photo is none, and does not ask for the message again", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "x");
    const readPhoto = () => Promise.reject(new Refused());
    expect(await readPage(JOB_ID, 1, { ...at, readPhoto })).toEqual({
      kind: "refused",
      code: "not_an_image",
    });
    expect(await at.jobs.read(JOB_ID)).toMatchObject({ status: "failed", error: { code: "not_an_image" } });
  });

  it("ends the job when the object is larger than any photo may be, without reading it", async () => {
    await at.jobs.create(bookedJob());
    at.photos.all.set(pageKey(JOB_ID, 1, "original"), new Uint8Array(MAX_PHOTO_BYTES + 1));
    const readPhoto = vi.fn(at.readPhoto);
    expect(await readPage(JOB_ID, 1, { ...at, readPhoto })).toMatchObject({ code: "image_too_large" });
    expect(readPhoto).not.toHaveBeenCalled();
  });

  it("gives the page back and throws when something went wrong that may pass, three times at most", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const readPhoto = () => Promise.reject(new Error("out of luck"));
    for (let attempt = 1; attempt <= 2; attempt++) {
      await expect(readPage(JOB_ID, 1, { ...at, readPhoto })).rejects.toThrow("out of luck");
      expect(at.jobs.all.get(JOB_ID)?.pages).toMatchObject([{ state: "waiting", attempts: attempt }]);
    }
    expect(await readPage(JOB_ID, 1, { ...at, readPhoto })).toEqual({ kind: "exhausted" });
    expect(await at.status()).toBe("failed");
  });

  it("completes on the next attempt, once, when a worker was killed while reading", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const stuck = Promise.withResolvers<void>();
    const readPhoto: ReadPageParts["readPhoto"] = async (_, keep) => {
      await stuck.promise;
      return at.readPhoto(Buffer.from("Warfarin"), keep);
    };
    const zombie = readPage(JOB_ID, 1, { ...at, readPhoto });
    await vi.waitFor(() => expect(at.jobs.all.get(JOB_ID)?.status).toBe("processing"));
    clock += LEASE_MS;
    expect(await sweep(at)).toMatchObject({ sent: 1 });
    expect(await readPage(JOB_ID, 1, at)).toMatchObject({ kind: "completed" });
    const after = structuredClone(at.jobs.all.get(JOB_ID));
    stuck.resolve();
    expect(await zombie).toEqual({ kind: "lost" });
    expect(at.jobs.all.get(JOB_ID)).toEqual(after);
    expect(at.medications.all.size).toBe(1);
  });

  it("is joined again, to one set of medications, when a worker died between joining and the end", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    let writes = 0;
    const dying: JobStore = {
      ...at.jobs,
      // Claim and settle are written; the worker dies before the third write, which would complete the job.
      replace: (job) => (++writes < 3 ? at.jobs.replace(job) : Promise.reject(new Error("killed"))),
    };
    await expect(readPage(JOB_ID, 1, { ...at, jobs: dying })).rejects.toThrow("killed");
    expect(at.medications.all.size).toBe(1);
    clock += LEASE_MS;
    await sweep(at);
    expect(at.queue.sent).toEqual([{ type: "read_page", job_id: JOB_ID, page: 1 }]);
    expect(await readPage(JOB_ID, 1, at)).toMatchObject({ kind: "completed" });
    expect(at.medications.all.size).toBe(1);
    expect(await at.status()).toBe("completed");
  });

  it("removes a photo that arrives after its scan was deleted or is past its time", async () => {
    await at.upload(1, "Lisinopril");
    expect(await readPage(JOB_ID, 1, at)).toEqual({ kind: "gone" });
    expect(at.photos.all.size).toBe(0);
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    clock += KEPT_DAYS * 24 * 3600_000;
    expect(await readPage(JOB_ID, 1, at)).toEqual({ kind: "gone" });
    expect(at.photos.all.size).toBe(0);
  });
});

describe("a retry", () => {
  const read = async (...texts: string[]) => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "photo");
    await readPage(JOB_ID, 1, { ...at, understand: () => texts.map((text) => understood(text)) });
  };
  const again = async () => retryScan(made(await at.jobs.read(JOB_ID)), at);

  it("reads the kept photos again and puts what it finds in the place of what was found before", async () => {
    await read("Lisinoprll", "Metformin");
    await again();
    expect(await at.status()).toBe("pending");
    expect(at.queue.sent).toEqual([{ type: "read_page", job_id: JOB_ID, page: 1 }]);
    await readPage(JOB_ID, 1, { ...at, understand: () => [understood("Lisinopril")] });
    const kept = await at.medications.list("nurse", 10);
    expect(kept.map(({ name, round }) => [name, round])).toEqual([["Lisinopril", 2]]);
    expect(kept[0]?.id).toBe(medicationId(bookedJob(), 0));
  });

  it("takes outdated medications away before the job ends: afterwards nobody would come back for them", async () => {
    await read("Lisinopril", "Metformin");
    await again();
    const medications = { ...at.medications, remove: () => Promise.reject(new Error("killed")) };
    const understand = () => [understood("Lisinopril")];
    await expect(readPage(JOB_ID, 1, { ...at, understand, medications })).rejects.toThrow("killed");
    expect(await at.status()).toBe("processing");
    clock += LEASE_MS;
    await sweep(at);
    await readPage(JOB_ID, 1, { ...at, understand });
    expect(await at.status()).toBe("completed");
    expect((await at.medications.list("nurse", 10)).map(({ name }) => name)).toEqual(["Lisinopril"]);
  });

  it("never takes away a medication that a person corrects at that very moment", async () => {
    await read("Lisinopril", "Metformin");
    await again();
    const medications = {
      ...at.medications,
      async ofJob(owner: string, prefix: string) {
        const found = await at.medications.ofJob(owner, prefix);
        for (const one of found) await at.medications.replace(corrected(one));
        return found;
      },
    };
    await readPage(JOB_ID, 1, { ...at, understand: () => [understood("Lisinopril")], medications });
    const kept = await at.medications.list("nurse", 10);
    expect(kept.map(({ name, dosage }) => [name, dosage])).toEqual([
      ["Metformin", "20 mg"],
      ["Lisinopril", "20 mg"],
    ]);
  });

  it("is refused while the scan is being read", async () => {
    await at.jobs.create(bookedJob());
    expect(await problemCode(again())).toBe("job_running");
  });

  it("is refused to the second of two that come at once", async () => {
    await read("Lisinopril");
    const found = made(await at.jobs.read(JOB_ID));
    const codes = await Promise.all([problemCode(retryScan(found, at)), problemCode(retryScan(found, at))]);
    expect(codes.toSorted()).toEqual(["", "job_running"]);
    expect(at.queue.sent).toHaveLength(1);
  });

  it("is refused once a person has corrected or confirmed what was read", async () => {
    await read("Lisinopril");
    const [one] = await at.medications.list("nurse", 1);
    await at.medications.replace(corrected(made(one ?? null)));
    expect(await problemCode(again())).toBe("medication_reviewed");
    expect(await at.status()).toBe("completed");
  });

  it("is refused when a photo never arrived", async () => {
    await at.jobs.create(bookedJob());
    clock += UPLOAD_SECONDS * 1000 + 5 * 60_000;
    await sweep(at);
    expect(await at.status()).toBe("failed");
    expect(await problemCode(again())).toBe("photo_missing");
  });

  it("goes on by itself when its messages could not be sent", async () => {
    await read("Lisinopril");
    const queue = { request: () => Promise.reject(new Error("queue away")) };
    await expect(retryScan(made(await at.jobs.read(JOB_ID)), { ...at, queue })).rejects.toThrow("queue away");
    clock += LEASE_MS;
    expect(await sweep(at)).toMatchObject({ sent: 1 });
  });
});

describe("removing a scan", () => {
  it("answers a receipt of every object and record, and leaves none", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    await readPage(JOB_ID, 1, at);
    const keys = [...at.photos.all.keys()];
    const receipt = await removeScan(JOB_ID, at);
    expect(receipt).toEqual({
      job_id: JOB_ID,
      deleted_at: new Date(T0).toISOString(),
      objects: keys,
      records: [`job/${JOB_ID}`, `medication/${medicationId(bookedJob(), 0)}`],
    });
    expect([at.jobs.all.size, at.medications.all.size, at.photos.all.size]).toEqual([0, 0, 0]);
  });

  it("leaves everything else of the person alone", async () => {
    await at.jobs.create(bookedJob());
    const other = "9f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42";
    await at.photos.put(pageKey(other, 1, "original"), Buffer.from("x"), "image/jpeg");
    await at.medications.keep(stored({ id: medicationId({ id: other, created_at: T0 }, 0), job_id: other }));
    await removeScan(JOB_ID, at);
    expect([at.medications.all.size, at.photos.all.size]).toEqual([1, 1]);
  });

  it("answers nothing for a scan that is gone already", async () => {
    expect(await removeScan(JOB_ID, at)).toBeNull();
  });

  it("is seen through by the sweeper when it was interrupted", async () => {
    await at.jobs.create(completedJob());
    await at.upload(1, "x");
    const photos = { ...at.photos, removeAll: () => Promise.reject(new Error("killed")) };
    await expect(removeScan(JOB_ID, { ...at, photos })).rejects.toThrow("killed");
    clock += LEASE_MS;
    expect(await sweep(at)).toMatchObject({ removed: 1 });
    expect([at.jobs.all.size, at.photos.all.size]).toEqual([0, 0]);
  });

  it.each(["goes on", "is killed"])(
    "leaves nothing behind when a worker is still reading and %s",
    async (end) => {
      await at.jobs.create(bookedJob());
      await at.upload(1, "Lisinopril");
      const reached = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const medications = {
        ...at.medications,
        async keep(one: ReturnType<typeof stored>) {
          reached.resolve();
          await held.promise;
          await at.medications.keep(one);
          if (end === "is killed") throw new Error("killed");
        },
      };
      const worker = readPage(JOB_ID, 1, { ...at, medications });
      await reached.promise;
      const receipt = await removeScan(JOB_ID, at);
      expect(receipt?.objects).toHaveLength(4);
      held.resolve();
      if (end === "goes on") expect(await worker).toEqual({ kind: "gone" });
      else await expect(worker).rejects.toThrow("killed");
      clock += LEASE_MS;
      await sweep(at);
      expect([at.jobs.all.size, at.medications.all.size, at.photos.all.size]).toEqual([0, 0, 0]);
    },
  );
});

describe("the sweeper", () => {
  it("looks only at what is due, and at everything unfinished when told to take all", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    expect(await sweep(at)).toMatchObject({ looked_at: 0 });
    expect(await sweep(at, true)).toMatchObject({ looked_at: 1, sent: 1 });
  });

  it("sees to the other jobs when one cannot be looked at, and that one stays due", async () => {
    const ids = Array.from(
      { length: 20 },
      (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    );
    for (const id of ids) await at.jobs.create(bookedJob({ id }));
    clock += UPLOAD_SECONDS * 1000 + 5 * 60_000;
    const jobs = {
      ...at.jobs,
      read: (id: string) => (id === ids[3] ? Promise.reject(new Error("throttled")) : at.jobs.read(id)),
    };
    expect(await sweep({ ...at, jobs })).toMatchObject({ looked_at: 20, ended: 19, failed: 1 });
    expect(await sweep(at)).toMatchObject({ looked_at: 1, ended: 1 });
  });

  it("sends nothing for a job that moved on between finding it due and looking at it", async () => {
    await at.jobs.create(bookedJob());
    await at.upload(1, "Lisinopril");
    const photos = {
      ...at.photos,
      async exists(key: string) {
        await readPage(JOB_ID, 1, at);
        return at.photos.exists(key);
      },
    };
    expect(await sweep({ ...at, photos }, true)).toMatchObject({ looked_at: 1, sent: 0, ended: 0 });
  });
});

describe("a buried message", () => {
  it("ends its job, so that nobody waits for it; a second one changes nothing", async () => {
    await at.jobs.create(bookedJob());
    expect(await buryPage(JOB_ID, 1, clock, at.jobs, now)).toBe(true);
    expect(await buryPage(JOB_ID, 1, clock, at.jobs, now)).toBe(false);
    expect(await at.jobs.read(JOB_ID)).toMatchObject({
      status: "failed",
      error: { code: "attempts_exhausted" },
    });
  });
  it("of an earlier round changes nothing in a later one", async () => {
    await at.jobs.create(completedJob());
    const sentAt = clock;
    clock += 10_000;
    await change(at.jobs, JOB_ID, (job) => ({ job: made(retry(job, clock, LEASE_MS)), told: null }));
    expect(await buryPage(JOB_ID, 1, sentAt, at.jobs, now)).toBe(false);
    expect(await at.status()).toBe("pending");
  });
  it("about a job that is gone changes nothing", async () => {
    expect(await buryPage(JOB_ID, 1, clock, at.jobs, now)).toBe(false);
  });
});

describe("a change", () => {
  it("is made from what is there now when somebody else wrote in between", async () => {
    await at.jobs.create(bookedJob());
    await Promise.all(
      Array.from({ length: 5 }, () =>
        change(at.jobs, JOB_ID, (job) => ({ job: { ...job, nudges: job.nudges + 1 }, told: null })),
      ),
    );
    expect(at.jobs.all.get(JOB_ID)).toMatchObject({ nudges: 5, version: 6 });
  });

  it("is made from the stored job when the one in hand is no longer the newest", async () => {
    const inHand = bookedJob();
    await at.jobs.create(inHand);
    const counted = (job: Job) => ({ job: { ...job, nudges: job.nudges + 1 }, told: job.version });
    await change(at.jobs, JOB_ID, counted);
    expect(await change(at.jobs, inHand, counted)).toMatchObject({ told: 2 });
    expect(at.jobs.all.get(JOB_ID)).toMatchObject({ nudges: 2, version: 3 });
  });

  it("is left out only on the word of the stored job, not of the one in hand", async () => {
    const inHand = bookedJob();
    await at.jobs.create(inHand);
    await change(at.jobs, JOB_ID, (job) => ({ job: { ...job, nudges: 1 }, told: null }));
    const unlessNew = (job: Job) => (job.nudges === 0 ? null : { job: { ...job, nudges: 7 }, told: null });
    expect(await change(at.jobs, inHand, unlessNew)).toMatchObject({ job: { nudges: 7 } });
  });

  it("gives up, as something to try again, when it never gets its turn", async () => {
    await at.jobs.create(bookedJob());
    vi.useFakeTimers();
    try {
      const jobs = { ...at.jobs, replace: async () => false };
      const tried = expect(change(jobs, JOB_ID, (job) => ({ job: { ...job }, told: null }))).rejects.toThrow(
        Contended,
      );
      await vi.runAllTimersAsync();
      await tried;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a medication's id", () => {
  it("is the same whenever its label is read, and sorts by the scan's age", () => {
    expect(medicationId(bookedJob(), 0)).toBe(medicationId(bookedJob(), 0));
    const older = medicationId({ id: "9f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42", created_at: T0 - 1 }, 255);
    expect(older < medicationId(bookedJob(), 0)).toBe(true);
  });

  it("tells the medications of one label apart and shares one beginning among them, and with no other scan", () => {
    const ids = Array.from({ length: 256 }, (_, index) => medicationId(bookedJob(), index));
    expect(new Set(ids).size).toBe(256);
    const prefix = medicationIdPrefix(bookedJob());
    expect(ids.every((id) => id.startsWith(prefix))).toBe(true);
    const other = { id: "9f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42", created_at: T0 };
    expect(medicationId(other, 0).startsWith(prefix)).toBe(false);
    expect(() => medicationId(bookedJob(), 256)).toThrow(RangeError);
  });
});
