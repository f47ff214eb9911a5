import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fail, type Job, startDeleting } from "../../core/jobs/job.ts";
import { medicationId, medicationIdPrefix } from "../../core/jobs/medication-id.ts";
import type { JobStore, MedicationStore, StoredMedication } from "../../core/jobs/stores.ts";
import { bookedJob, completedJob, corrected, LEASE_MS, stored, T0 } from "./builders.ts";

/** What every JobStore and MedicationStore promises, asked of each implementation. */

type Opened = { jobs: JobStore; medications: MedicationStore; close?: () => Promise<void> };

let count = 0;
/** An id that no other test uses. */
const freshId = (): string => `3f0c2b1e-8a54-4d27-9b61-${String(++count).padStart(12, "0")}`;
const freshOwner = (): string => `person-${++count}`;
const next = (job: Job): Job => ({ ...job, version: job.version + 1 });

export function storesKeepTheirPromises(name: string, open: () => Promise<Opened>): void {
  let stores: Opened;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close?.());

  describe(`jobs in ${name}`, () => {
    const due = async (at: number) => {
      const ids: string[] = [];
      for await (const id of stores.jobs.due(at)) ids.push(id);
      return ids;
    };

    it("come back as they were written, in every state", async () => {
      const id = freshId();
      for (const job of [
        bookedJob({ id: freshId(), pages: 8 }),
        completedJob({ id: freshId() }),
        fail(bookedJob({ id }), "image_damaged", T0, 1),
      ]) {
        await stores.jobs.create(job);
        expect(await stores.jobs.read(job.id)).toEqual(job);
      }
    });

    it("are none where none was written", async () => {
      expect(await stores.jobs.read(freshId())).toBeNull();
    });

    it("are created once: of five at the same time, one", async () => {
      const id = freshId();
      const bookings = Array.from({ length: 5 }, (_, n) => bookedJob({ id, fingerprint: String(n) }));
      const created = await Promise.all(bookings.map((job) => stores.jobs.create(job)));
      expect(created.filter(Boolean)).toHaveLength(1);
      expect(await stores.jobs.read(id)).toEqual(bookings[created.indexOf(true)]);
    });

    it("are replaced only from the version that is there: of five at the same time, one", async () => {
      const job = bookedJob({ id: freshId() });
      await stores.jobs.create(job);
      const writes = Array.from({ length: 5 }, (_, n) => ({ ...next(job), nudges: n + 1 }));
      const replaced = await Promise.all(writes.map((write) => stores.jobs.replace(write)));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await stores.jobs.read(job.id)).toEqual(writes[replaced.indexOf(true)]);
    });

    it("are not replaced from an older version, nor where there is none any more", async () => {
      const job = bookedJob({ id: freshId() });
      await stores.jobs.create(job);
      await stores.jobs.replace(next(job));
      expect(await stores.jobs.replace(next(job))).toBe(false);
      await stores.jobs.remove(job.id);
      expect(await stores.jobs.replace(next(next(job)))).toBe(false);
      expect(await stores.jobs.read(job.id)).toBeNull();
    });

    it("are found when they are due, on whichever shard they lie", async () => {
      const jobs = Array.from({ length: 40 }, () => bookedJob({ id: freshId() }));
      await Promise.all(jobs.map((job) => stores.jobs.create(job)));
      const dueAt = jobs[0]?.due_at ?? Number.NaN;
      expect((await due(dueAt)).toSorted()).toEqual(
        expect.arrayContaining(jobs.map(({ id }) => id).toSorted()),
      );
      const early = new Set(await due(dueAt - 1));
      expect(jobs.some(({ id }) => early.has(id))).toBe(false);
    });

    it("are all found, whenever due, as long as they are unfinished or being removed, and no longer", async () => {
      const open = bookedJob({ id: freshId() }, T0 + 10 * 365 * 24 * 3600_000);
      const ended = bookedJob({ id: freshId() });
      const removing = completedJob({ id: freshId() });
      for (const job of [open, ended, removing]) await stores.jobs.create(job);
      await stores.jobs.replace(next(fail(ended, "upload_expired", T0)));
      await stores.jobs.replace(next(startDeleting(removing, T0, LEASE_MS)));
      const all = await due(Number.POSITIVE_INFINITY);
      expect(all).toContain(open.id);
      expect(all).toContain(removing.id);
      expect(all).not.toContain(ended.id);
    });
  });

  describe(`medications in ${name}`, () => {
    const one = (more: Partial<StoredMedication> = {}) => stored({ owner: freshOwner(), ...more });
    const kept = (of: StoredMedication) => stores.medications.read(of.owner, of.id);

    it("come back as they were kept, and to their person only", async () => {
      const made = one();
      await stores.medications.keep(made);
      expect(await kept(made)).toEqual(made);
      expect(await stores.medications.read("somebody-else", made.id)).toBeNull();
    });

    it("are kept once: repeating it changes nothing", async () => {
      const made = one();
      await stores.medications.keep(made);
      await stores.medications.keep({ ...made, name: "Another" });
      expect(await kept(made)).toEqual(made);
    });

    it("give way to a later round's, and never to an earlier one's", async () => {
      const made = one();
      const later = { ...made, name: "Metformin", round: 2 };
      await stores.medications.keep(made);
      await stores.medications.keep(later);
      await stores.medications.keep(made);
      expect(await kept(made)).toEqual(later);
    });

    it.each(["corrected", "confirmed"] as const)(
      "are never overwritten once a person has %s them",
      async (action) => {
        const made = one();
        await stores.medications.keep(made);
        const entry = { at: made.updated_at, by: made.owner, action };
        const touched = { ...made, history: [...made.history, entry], version: 2 };
        expect(await stores.medications.replace(touched)).toBe(true);
        await stores.medications.keep({ ...made, name: "Metformin", round: 2 });
        expect(await kept(made)).toEqual(touched);
      },
    );

    it("are replaced only from the version that is there: of five at the same time, one", async () => {
      const made = one();
      await stores.medications.keep(made);
      const writes = Array.from({ length: 5 }, (_, n) => ({ ...corrected(made), dosage: `${n} mg` }));
      const replaced = await Promise.all(writes.map((write) => stores.medications.replace(write)));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await kept(made)).toEqual(writes[replaced.indexOf(true)]);
    });

    it("are removed once, and only in the version that was looked at where one is named", async () => {
      const made = one();
      await stores.medications.keep(made);
      await stores.medications.replace(corrected(made));
      expect(await stores.medications.remove(made.owner, made.id, 1)).toBe(false);
      expect(await stores.medications.remove(made.owner, made.id, 2)).toBe(true);
      expect(await stores.medications.remove(made.owner, made.id)).toBe(false);
      await stores.medications.keep(made);
      expect(await stores.medications.remove(made.owner, made.id)).toBe(true);
      expect(await kept(made)).toBeNull();
    });

    it("are listed newest first, page by page, each once and nobody else's", async () => {
      const owner = freshOwner();
      const scans = Array.from({ length: 7 }, (_, n) => ({ id: freshId(), created_at: T0 + n * 1000 }));
      for (const scan of scans.toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
        await stores.medications.keep(one({ owner, id: medicationId(scan, 0), job_id: scan.id }));
      }
      await stores.medications.keep(one());
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const page = await stores.medications.list(owner, 3, after);
        expect(page.length).toBeLessThanOrEqual(3);
        listed.push(...page.map(({ job_id }) => job_id));
        after = page.at(-1)?.id;
      } while (after !== undefined);
      expect(listed).toEqual(scans.toReversed().map(({ id }) => id));
    });

    it("are found by their scan: all of its, and no other scan's", async () => {
      const owner = freshOwner();
      const scan = { id: freshId(), created_at: T0 };
      const other = { id: freshId(), created_at: T0 };
      const ids = [0, 1, 255].map((index) => medicationId(scan, index));
      for (const id of [...ids, medicationId(other, 0)]) await stores.medications.keep(one({ owner, id }));
      const found = await stores.medications.ofJob(owner, medicationIdPrefix(scan));
      expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    });
  });
}
