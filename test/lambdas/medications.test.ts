import "../support/handler-environment.ts";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { medication, medicationList } from "../../contract/medications.ts";
import type { StoredMedication } from "../../core/jobs/stores.ts";
import { handler } from "../../lambdas/medications/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import { stored } from "../support/builders.ts";
import { httpEvent } from "../support/events.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamoDb.reset();
});

type More = Parameters<typeof httpEvent>[2];
const itemOf = ({ owner, version, round, ...rest }: StoredMedication) => ({
  owner,
  id: rest.id,
  version,
  round,
  medication: rest,
});
const there = (one: StoredMedication) => dynamoDb.on(GetCommand).resolves({ Item: itemOf(one) });
const call = (method: string, path = "", more: More = {}) =>
  ask(handler, httpEvent(`${method} /meds/{id}${path}`, { id: stored().id }, more));
const list = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  ask(handler, httpEvent("GET /meds", {}, { query, headers }));
const written = () => dynamoDb.commandCalls(PutCommand).at(-1)?.args[0].input.Item;
const refused = new ConditionalCheckFailedException({ message: "", $metadata: {} });

/** Medications of the person, newest first, as the table would page them. */
function tableOf(count: number): StoredMedication[] {
  const all = Array.from({ length: count }, (_, n) =>
    stored({ id: `019b8d62-7a80-7000-8000-${String(count - n).padStart(12, "0")}`, name: `Drug ${n}` }),
  );
  dynamoDb.on(QueryCommand).callsFake(({ Limit, ExclusiveStartKey }) => ({
    Items: all
      .filter(({ id }) => !ExclusiveStartKey || id < ExclusiveStartKey.id)
      .slice(0, Limit)
      .map(itemOf),
  }));
  return all;
}

describe("GET /meds", () => {
  it("goes through all of the person's medications, each once, whatever the page's size", async () => {
    const all = tableOf(7);
    for (const size of [1, 3, 7, 100]) {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const { status, body } = await list({
          page_size: String(size),
          ...(token ? { page_token: token } : {}),
        });
        expect(status).toBe(200);
        const page = medicationList.parse(body);
        names.push(...page.medications.map(({ name }) => name));
        token = page.next_page_token;
      } while (token);
      expect(names).toEqual(all.map(({ name }) => name));
    }
  });

  it("shows twenty at a time unless asked otherwise, and none without a fuss", async () => {
    tableOf(21);
    const { body } = await list();
    expect(medicationList.parse(body).medications).toHaveLength(20);
    tableOf(0);
    expect((await list()).body).toEqual({ medications: [] });
  });

  it("asks for the caller's own", async () => {
    tableOf(1);
    await list();
    expect(dynamoDb.commandCalls(QueryCommand)[0]?.args[0].input.ExpressionAttributeValues).toEqual({
      ":owner": "nurse",
    });
  });

  it.each(["0", "101", "x", "1.5", "-1"])("refuses a page_size of %s", async (page_size) => {
    expect(problemIn(await list({ page_size }))).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "page_size" }],
    });
  });

  it("refuses a page_token that it did not give out", async () => {
    expect(problemIn(await list({ page_token: "x" })).code).toBe("invalid_page_token");
  });

  it("answers FHIR to whoever accepts it, with the address of the next page", async () => {
    tableOf(2);
    const { status, headers, body } = await list({ page_size: "1" }, { accept: "application/fhir+json" });
    expect([status, headers["Content-Type"]]).toEqual([200, "application/fhir+json"]);
    expect(body).toMatchObject({
      resourceType: "Bundle",
      type: "searchset",
      entry: [{ resource: { resourceType: "MedicationStatement" } }],
      link: expect.arrayContaining([
        { relation: "next", url: expect.stringContaining("/meds?page_size=1&page_token=") },
      ]),
    });
  });
});

describe("GET /meds/{id}", () => {
  it("answers the medication and nothing that is only for the store", async () => {
    there(stored());
    const { status, headers, body } = await call("GET");
    expect([status, headers.ETag]).toEqual([200, '"1"']);
    expect(medication.strict().parse(body).name).toBe("Lisinopril");
  });

  it("is 304 while nothing has changed, and 404 where the person has no such medication", async () => {
    there(stored());
    expect((await call("GET", "", { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    dynamoDb.on(GetCommand).resolves({});
    expect(problemIn(await call("GET"))).toMatchObject({ status: 404, code: "medication_not_found" });
    expect(dynamoDb.commandCalls(GetCommand)[0]?.args[0].input.Key).toEqual({
      owner: "nurse",
      id: stored().id,
    });
  });

  it("answers FHIR to whoever accepts it", async () => {
    there(stored());
    const { headers, body } = await call("GET", "", { headers: { accept: "application/fhir+json" } });
    expect(headers).toMatchObject({ "Content-Type": "application/fhir+json", Vary: "Accept" });
    expect(body).toMatchObject({ resourceType: "MedicationStatement", id: stored().id });
  });
});

describe("PATCH /meds/{id}", () => {
  const patch = (body: unknown, headers: Record<string, string> = {}) => call("PATCH", "", { body, headers });

  it("corrects the field, keeps what was read, and remembers who changed what", async () => {
    there(stored());
    dynamoDb.on(PutCommand).resolves({});
    const { status, headers, body } = await patch({ dosage: "20 mg" });
    expect([status, headers.ETag]).toEqual([200, '"2"']);
    expect(medication.parse(body)).toMatchObject({
      dosage: "20 mg",
      history: [
        { action: "read" },
        { action: "corrected", by: "nurse", changes: [{ from: "10 mg", to: "20 mg" }] },
      ],
    });
    expect(written()).toMatchObject({ version: 2, touched: true, owner: "nurse", round: 1 });
  });

  it("takes the confirmation back: what was confirmed is no longer what it says", async () => {
    const confirmed_at = stored().created_at;
    there(stored({ status: "confirmed", confirmed_at }));
    dynamoDb.on(PutCommand).resolves({});
    const { body } = await patch({ dosage: "20 mg" });
    expect(medication.parse(body).status).toBe("unconfirmed");
    expect(medication.parse(body)).not.toHaveProperty("confirmed_at");
    expect(written()?.medication).not.toHaveProperty("confirmed_at");
  });

  it("does not write over what somebody else wrote in between, nor what the caller has not seen", async () => {
    there(stored({ version: 3 }));
    expect(problemIn(await patch({ dosage: "20 mg" }, { "if-match": '"2"' }))).toMatchObject({
      status: 409,
      code: "edit_conflict",
    });
    dynamoDb.on(PutCommand).rejects(refused);
    expect(problemIn(await patch({ dosage: "20 mg" }, { "if-match": '"3"' })).code).toBe("edit_conflict");
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["a field that is not the person's to change", { id: "x" }],
    ["a needs_review", { needs_review: false }],
    ["a negative quantity", { quantity: -1 }],
    ["a name as long as a novel", { name: "x".repeat(201) }],
  ])("refuses %s", async (_, body) => {
    there(stored());
    expect(problemIn(await patch(body))).toMatchObject({ status: 400, code: "invalid_request" });
    expect(written()).toBeUndefined();
  });

  it("takes JSON merge patch by its own name, and no form", async () => {
    there(stored());
    dynamoDb.on(PutCommand).resolves({});
    const merge = { "content-type": "application/merge-patch+json" };
    expect((await patch({ quantity: null }, merge)).status).toBe(200);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(problemIn(await patch("quantity=1", form)).code).toBe("unsupported_media_type");
  });
});

describe("POST /meds/{id}/confirm and DELETE /meds/{id}", () => {
  it("confirms, with every doubt answered and kept in the history", async () => {
    const doubt = { code: "strength_unsure", message: "Compare the strength." };
    there(stored({ needs_review: true, review: [doubt] }));
    dynamoDb.on(PutCommand).resolves({});
    const { status, body } = await call("POST", "/confirm");
    expect(status).toBe(200);
    expect(medication.parse(body)).toMatchObject({
      status: "confirmed",
      needs_review: false,
      review: [],
      history: [{ action: "read" }, { action: "confirmed", by: "nurse" }],
    });
  });

  it("removes the caller's own, once", async () => {
    dynamoDb.on(DeleteCommand).resolvesOnce({}).rejects(refused);
    expect((await call("DELETE")).status).toBe(204);
    expect(dynamoDb.commandCalls(DeleteCommand)[0]?.args[0].input.Key).toEqual({
      owner: "nurse",
      id: stored().id,
    });
    expect(problemIn(await call("DELETE")).code).toBe("medication_not_found");
  });
});
