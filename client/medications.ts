import type * as z from "zod";
import {
  type Medication,
  type MedicationPatch,
  medication,
  medicationList,
} from "../contract/medications.ts";
import { ask, askAgain, call, type Service } from "./transport.ts";

/** A medication and the version of it that was seen: give `etag` back with a change, and nobody's is overwritten. */
export type Seen = { medication: Medication; etag: string };

/**
 * A page of the person's medications, newest first.
 * @throws ApiError, NoConnection, or the signal's reason
 */
export async function listMedications(
  service: Service,
  { pageToken, signal }: { pageToken?: string | undefined; signal?: AbortSignal } = {},
): Promise<z.output<typeof medicationList>> {
  const query = pageToken === undefined ? "" : `?${new URLSearchParams({ page_token: pageToken })}`;
  return (await askAgain(service, `/meds${query}`, medicationList, { signal })).body;
}

/** @throws ApiError, NoConnection, or the signal's reason */
export async function getMedication(service: Service, id: string, signal?: AbortSignal): Promise<Seen> {
  return seen(await askAgain(service, `/meds/${id}`, medication, { signal }));
}

/**
 * Corrects fields. Not repeated by itself: after NoConnection, read again whether it was done.
 * @throws ApiError (edit_conflict when somebody changed it in the meantime), NoConnection
 */
export async function correctMedication(
  service: Service,
  id: string,
  patch: MedicationPatch,
  etag: string,
): Promise<Seen> {
  const headers = { "If-Match": etag };
  return seen(await ask(service, `/meds/${id}`, medication, { method: "PATCH", body: patch, headers }));
}

/**
 * Says that the medication is as the label says. Not repeated by itself: after NoConnection, read again.
 * @throws ApiError (edit_conflict when somebody changed it in the meantime), NoConnection
 */
export async function confirmMedication(service: Service, id: string, etag: string): Promise<Seen> {
  const headers = { "If-Match": etag };
  return seen(await ask(service, `/meds/${id}/confirm`, medication, { method: "POST", headers }));
}

/** Removes one medication; its scan stays. @throws ApiError, NoConnection */
export async function removeMedication(service: Service, id: string): Promise<void> {
  await call(service, `/meds/${id}`, { method: "DELETE" });
}

const seen = ({ body, headers }: { body: Medication; headers: Headers }): Seen => ({
  medication: body,
  etag: headers.get("etag") ?? "*",
});
