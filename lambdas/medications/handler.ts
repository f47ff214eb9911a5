import { dynamoDb } from "../../aws/clients.ts";
import { medicationStore } from "../../aws/medication-table.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { type Medication, medicationPatch } from "../../contract/medications.ts";
import { ProblemError } from "../../contract/problems.ts";
import type { StoredMedication } from "../../core/jobs/stores.ts";
import { confirm, correct } from "../../core/medications/correct.ts";
import { medicationBundle, medicationStatement } from "../../core/medications/fhir.ts";
import { type Answer, type Call, httpHandler, names } from "../http.ts";
import { pageSize, textOfToken, tokenOf } from "../paging.ts";

const env = readEnvironment(["MEDICATION_TABLE"]);
const medications = medicationStore(dynamoDb(), env.MEDICATION_TABLE);

/** A page ends with a medication's id. */
const ID = /^[0-9a-f-]{36}$/;

export const handler = httpHandler("medications", {
  async listMedications(call) {
    const size = pageSize(call.query.page_size);
    const token = call.query.page_token;
    const after = token === undefined ? undefined : textOfToken(token, ID);
    // One more than asked for tells whether there is another page.
    const found = await medications.list(call.owner, size + 1, after);
    const shown = found.slice(0, size);
    const last = found.length > size ? shown.at(-1) : undefined;
    const next_page_token = last ? tokenOf(last.id) : undefined;
    if (wantsFhir(call)) {
      const body = medicationBundle(shown, {
        next: next_page_token && `/meds?page_size=${size}&page_token=${next_page_token}`,
      });
      return { status: 200, contentType: "application/fhir+json", body };
    }
    return { status: 200, body: { medications: shown, ...(next_page_token ? { next_page_token } : {}) } };
  },

  async getMedication(call) {
    const found = await own(call);
    // Two representations, two tags: a cache must not take one for the other.
    const fhir = wantsFhir(call);
    const tag = fhir ? `"${found.version}-fhir"` : etag(found);
    const headers = { ETag: tag, Vary: "Accept", "Cache-Control": "private, no-cache" };
    if (names(call.headers["if-none-match"], tag)) return { status: 304, headers };
    if (fhir) {
      return { status: 200, headers, contentType: "application/fhir+json", body: medicationStatement(found) };
    }
    return { status: 200, headers, body: found };
  },

  async correctMedication(call) {
    const patch = call.body(medicationPatch);
    return write(call, (found, at) => correct(found, patch, call.owner, at));
  },

  confirmMedication: (call) => write(call, (found, at) => confirm(found, call.owner, at)),

  async deleteMedication(call) {
    if (!(await medications.remove(call.owner, call.parameter("id"))))
      throw new ProblemError("medication_not_found");
    return { status: 204 };
  },
});

async function own(call: Call): Promise<StoredMedication> {
  const found = await medications.read(call.owner, call.parameter("id"));
  if (!found) throw new ProblemError("medication_not_found");
  return found;
}

/** With If-Match, writes only what the caller has seen; and never over what somebody else wrote in between. */
async function write(call: Call, make: (found: Medication, at: string) => Medication): Promise<Answer> {
  const found = await own(call);
  const seen = call.headers["if-match"];
  if (seen !== undefined && !names(seen, etag(found))) throw new ProblemError("edit_conflict");
  const { owner, round, version } = found;
  // Not spread over what was found: what a change leaves out (confirmed_at) is gone.
  const changed = { ...make(found, new Date().toISOString()), owner, round, version: version + 1 };
  if (!(await medications.replace(changed))) throw new ProblemError("edit_conflict");
  return { status: 200, headers: { ETag: etag(changed) }, body: changed };
}

const etag = (one: StoredMedication): string => `"${one.version}"`;
const wantsFhir = (call: Call): boolean => (call.headers.accept ?? "").includes("application/fhir+json");
