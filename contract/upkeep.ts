import * as z from "zod";

export const healthReport = z.object({ status: z.literal("ok") });

/** Each step of the canary's upload with its duration in milliseconds. */
export const canaryReport = z.object({
  status: z.literal("ok"),
  bytes: z.number().int().positive(),
  ms: z.object({ presign: z.number(), put: z.number(), get: z.number(), delete: z.number() }),
});

export const openApiDocument = z.looseObject({ openapi: z.string() }).describe("OpenAPI 3.1");

/** A FHIR R4 resource: its own standard describes it, so only its type is checked here. */
export const fhirResource = z.looseObject({ resourceType: z.string() });
