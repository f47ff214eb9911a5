import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { expect } from "vitest";
import { type Problem, problem } from "../../contract/problems.ts";
import { lambdaContext } from "./events.ts";
import { outputOf } from "./output.ts";

type Handler = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export type Answered = {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: unknown;
  /** What the function wrote to its log. */
  output: string;
};

/** Invokes a handler as API Gateway does. */
export async function ask(
  handler: Handler,
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
): Promise<Answered> {
  const { output, result } = await outputOf(async () => handler(event, lambdaContext()));
  if (result.status === "rejected") throw result.reason;
  const { statusCode, headers = {}, body } = result.value;
  return { status: statusCode, headers, body: body === undefined ? undefined : JSON.parse(body), output };
}

/** The problem document that the answer is: RFC 9457, with the status it came with. */
export function problemIn({ status, headers, body }: Answered): Problem {
  expect(headers["Content-Type"]).toBe("application/problem+json");
  const told = problem.parse(body);
  expect(told.status).toBe(status);
  expect(told.type).toBe(`urn:rxscan:problem:${told.code}`);
  expect(told.detail.length).toBeGreaterThan(10);
  return told;
}
