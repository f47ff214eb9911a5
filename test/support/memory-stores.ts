import type { ReadPageMessage } from "../../contract/messages.ts";
import type { Job } from "../../core/jobs/job.ts";
import {
  type JobStore,
  type MedicationStore,
  type PhotoStore,
  PhotoTooLarge,
  type ReadQueue,
  type StoredMedication,
} from "../../core/jobs/stores.ts";

/** The ports in memory. Everything is copied on its way in and out, as a network would. */

export type MemoryJobs = JobStore & { all: Map<string, Job> };

export function memoryJobs(): MemoryJobs {
  const all = new Map<string, Job>();
  return {
    all,
    async create(job) {
      if (all.has(job.id)) return false;
      all.set(job.id, structuredClone(job));
      return true;
    },
    read: async (id) => structuredClone(all.get(id) ?? null),
    async replace(job) {
      if (all.get(job.id)?.version !== job.version - 1) return false;
      all.set(job.id, structuredClone(job));
      return true;
    },
    async remove(id) {
      all.delete(id);
    },
    async *due(at) {
      for (const { id, due_at } of [...all.values()]) if (due_at !== null && due_at <= at) yield id;
    },
  };
}

export const isTouched = (one: StoredMedication): boolean =>
  one.history.some((entry) => entry.action !== "read");

export type MemoryMedications = MedicationStore & { all: Map<string, StoredMedication> };

export function memoryMedications(): MemoryMedications {
  const all = new Map<string, StoredMedication>();
  const keyOf = (owner: string, id: string) => JSON.stringify([owner, id]);
  const write = (one: StoredMedication) => all.set(keyOf(one.owner, one.id), structuredClone(one));
  const ofOwner = (owner: string) =>
    [...all.values()]
      .filter((one) => one.owner === owner)
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .map((one) => structuredClone(one));
  return {
    all,
    async keep(made) {
      const there = all.get(keyOf(made.owner, made.id));
      if (!there || (there.round < made.round && !isTouched(there))) write(made);
    },
    read: async (owner, id) => structuredClone(all.get(keyOf(owner, id)) ?? null),
    list: async (owner, limit, after) =>
      ofOwner(owner)
        .filter(({ id }) => after === undefined || id < after)
        .slice(0, limit),
    async replace(changed) {
      if (all.get(keyOf(changed.owner, changed.id))?.version !== changed.version - 1) return false;
      write(changed);
      return true;
    },
    async remove(owner, id, version) {
      const there = all.get(keyOf(owner, id));
      if (!there || (version !== undefined && there.version !== version)) return false;
      return all.delete(keyOf(owner, id));
    },
    ofJob: async (owner, idPrefix) => ofOwner(owner).filter(({ id }) => id.startsWith(idPrefix)),
  };
}

export type MemoryPhotos = PhotoStore & { all: Map<string, Uint8Array> };

export function memoryPhotos(): MemoryPhotos {
  const all = new Map<string, Uint8Array>();
  return {
    all,
    exists: async (key) => all.has(key),
    async get(key, limit) {
      const found = all.get(key);
      if (found && found.length > limit) throw new PhotoTooLarge(key);
      return found ? new Uint8Array(found) : null;
    },
    async put(key, body) {
      all.set(key, new Uint8Array(body));
    },
    async removeAll(prefix) {
      const removed = [...all.keys()].filter((key) => key.startsWith(prefix));
      for (const key of removed) all.delete(key);
      return removed;
    },
  };
}

export type MemoryQueue = ReadQueue & { sent: ReadPageMessage[] };

export function memoryQueue(): MemoryQueue {
  const sent: ReadPageMessage[] = [];
  return {
    sent,
    async request(messages) {
      sent.push(...structuredClone([...messages]));
    },
  };
}
