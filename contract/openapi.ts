import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { jobFailureCodes, problem, problemOf } from "./problems.ts";
import { type Route, routes } from "./routes.ts";
import { fhirResource } from "./upkeep.ts";

const statusText: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "Removed",
  302: "Redirects to a short-lived presigned URL",
  304: "Unchanged since the ETag in If-None-Match",
};

const headersOf: Record<string, Record<string, z.ZodType>> = {
  bookScan: { Location: z.string().describe("Where to ask for the status") },
  getScanStatus: {
    ETag: z.string(),
    "Retry-After": z.string().describe("Seconds to wait before asking again; absent once the job has ended"),
  },
  getScanResult: { "Retry-After": z.string().describe("Seconds; only with 202") },
  getPageImage: { Location: z.string() },
  getMedication: { ETag: z.string() },
};

/** The API as OpenAPI 3.1, made from the route table: what is not in `routes` does not exist. */
export function openApi(): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const method = route.method.toLowerCase() as "get";
    paths[route.path] = { ...paths[route.path], [method]: operationOf(route) };
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "rxscan",
      version: "1",
      description:
        "Reads photographed prescription labels. Book a scan, PUT each photo to the URL it answers, then ask for the status until it is completed or failed.",
    },
    security: [{ bearer: [] }],
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
    paths,
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const codes = route.signedIn
    ? (["unauthorized", "token_expired", ...route.problems] as const)
    : route.problems;
  const problems = new Map<number, string[]>();
  for (const code of [...codes, "unavailable", "internal_error"] as const) {
    const { status } = problemOf(code);
    problems.set(status, [...(problems.get(status) ?? []), code]);
  }
  if (route.jobFailures) problems.set(500, [...jobFailureCodes, ...(problems.get(500) ?? [])]);
  const responses: ZodOpenApiOperationObject["responses"] = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    const headers = headersOf[route.operation];
    responses[status as "200"] = {
      description: statusText[Number(status)] ?? "",
      ...(headers ? { headers: z.object(headers).partial() } : {}),
      ...(schema
        ? {
            content: {
              "application/json": { schema },
              ...(route.fhir ? { "application/fhir+json": { schema: fhirResource } } : {}),
            },
          }
        : {}),
    };
  }
  for (const [status, list] of problems) {
    responses[String(status) as "400"] = {
      description: list.join(", "),
      content: { "application/problem+json": { schema: problem } },
    };
  }
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(route.signedIn ? {} : { security: [] }),
    requestParams: {
      ...(parameters.length > 0
        ? { path: z.object(Object.fromEntries(parameters.map((name) => [name, z.string()]))) }
        : {}),
      ...(route.query ? { query: z.object(optionalStrings(route.query)) } : {}),
      ...(route.headers ? { header: z.object(optionalStrings(route.headers)) } : {}),
    },
    ...(route.request ? { requestBody: { content: { "application/json": { schema: route.request } } } } : {}),
    responses,
  };
}

const optionalStrings = (names: readonly string[]): Record<string, z.ZodOptional<z.ZodString>> =>
  Object.fromEntries(names.map((name) => [name, z.string().optional()]));
