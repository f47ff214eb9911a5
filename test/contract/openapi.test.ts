import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { openApi } from "../../contract/openapi.ts";
import { jobFailureCodes, problemOf } from "../../contract/problems.ts";
import { routes } from "../../contract/routes.ts";

type Operation = {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
};
const document = JSON.parse(JSON.stringify(openApi())) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const operationOf = (path: string, method: string): Operation => {
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`the document lacks ${method} ${path}`);
  return found;
};

describe("the API's document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("is the one that lies at the top of the project: npm run openapi brings it up to date", async () => {
    const committed = await readFile(new URL("../../openapi.json", import.meta.url), "utf8");
    expect(JSON.parse(committed)).toEqual(document);
  });

  it("has every route, and nothing that is no route", () => {
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
      ),
    );
    expect(told.toSorted()).toEqual(
      routes.map(({ method, path, operation }) => `${method} ${path} ${operation}`).toSorted(),
    );
    expect(new Set(routes.map(({ operation }) => operation)).size).toBe(routes.length);
  });

  it.each(routes.map((route) => [route.operation, route] as const))(
    "tells of %s every answer it can give",
    (_, route) => {
      const operation = operationOf(route.path, route.method);
      for (const [status, schema] of Object.entries(route.responses)) {
        const response = operation.responses[status];
        expect(response?.description).not.toBe("");
        expect(Object.keys(response?.content ?? {})).toEqual([
          ...(schema ? ["application/json"] : []),
          ...(schema && route.fhir ? ["application/fhir+json"] : []),
        ]);
      }
      const codes = [...route.problems, "internal_error", "unavailable"] as const;
      for (const code of route.signedIn ? ([...codes, "unauthorized", "token_expired"] as const) : codes) {
        const response = operation.responses[String(problemOf(code).status)];
        expect(response?.description).toContain(code);
        expect(Object.keys(response?.content ?? {})).toEqual(["application/problem+json"]);
      }
      expect(operation.security).toEqual(route.signedIn ? undefined : []);
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const told = (operation.parameters ?? []).filter((one) => one.in === "path");
      expect(told.map(({ name, required }) => [name, required])).toEqual(inPath.map((name) => [name, true]));
      expect(operation.requestBody !== undefined).toBe(route.request !== undefined);
    },
  );

  it("says that a failed job's result is a 500 with the job's own code, also where a booking answers 400 with it", () => {
    const { responses } = operationOf("/meds/extract/{job_id}/result", "GET");
    for (const code of jobFailureCodes) expect(responses["500"]?.description).toContain(code);
    expect(responses["400"]).toBeUndefined();
  });
});
