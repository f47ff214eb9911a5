import { beforeEach, describe, expect, it } from "vitest";
import { routes } from "../../contract/routes.ts";
import { jobTable, sheetTable } from "../../contract/tables.ts";
import { type Resource, synthesize, type Template } from "../../lib/synthesize.ts";
import { environmentOf, wiringOf } from "../../local/template.ts";

/** The real template, and what becomes of the local run when it changes. */
const original = synthesize();
let template: Template;
beforeEach(() => {
  template = structuredClone(original);
});

function resource(
  type: string,
  where: (properties: Record<string, unknown>, metadata: Record<string, unknown>) => boolean = () => true,
): Resource & { Properties: Record<string, never> } {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties = {}, Metadata = {} }) => Type === type && where(Properties, Metadata),
  );
  if (!found) throw new Error(`no ${type}`);
  return found as Resource & { Properties: Record<string, never> };
}
const functionNamed = (name: string) =>
  resource(
    "AWS::Lambda::Function",
    (_, metadata) => metadata["rxscan:entry"] === `lambdas/${name}/handler.ts`,
  );

describe("the wiring", () => {
  it("has every route of the contract, each to its handler's function, behind a token where it says so", () => {
    const wiring = wiringOf(template);
    const nameOf = (id: string) => wiring.functions.find((one) => one.id === id)?.name;
    expect(
      wiring.routes.map((one) => [one.method, one.path, nameOf(one.functionId), one.signedIn]).toSorted(),
    ).toEqual(routes.map((one) => [one.method, one.path, one.handler, one.signedIn]).toSorted());
  });

  it("leads from a photo in the bucket over the queue to the reader, and what is given up to the bury function", () => {
    const { functions, buckets, queues, eventSources, schedules } = wiringOf(template);
    const named = (id: string | undefined) => functions.find((one) => one.id === id);
    const rule = buckets.flatMap(({ notifications }) => notifications)[0];
    expect(rule).toMatchObject({ prefix: "scans/", suffix: "/original" });
    const scans = queues.find(({ id }) => id === rule?.queueId);
    const reader = eventSources.find(({ queueId }) => queueId === scans?.id);
    expect(named(reader?.functionId)).toMatchObject({ name: "read-page", container: true });
    expect(scans?.visibilitySeconds).toBeGreaterThanOrEqual(
      6 * (named(reader?.functionId)?.timeoutSeconds ?? Number.NaN),
    );
    const buried = eventSources.find(({ queueId }) => queueId === scans?.redrive?.deadLetters);
    expect(named(buried?.functionId)?.name).toBe("bury");
    expect(schedules.map(({ functionId }) => named(functionId)?.name)).toEqual(["sweep"]);
  });

  it("leads from an archive in the bucket over its own queue to the expander, and from sheets to their own reader", () => {
    const { functions, buckets, queues, eventSources } = wiringOf(template);
    const named = (id: string | undefined) => functions.find((one) => one.id === id);
    const rule = buckets
      .flatMap(({ notifications }) => notifications)
      .find(({ prefix, suffix }) => prefix === "batches/" && suffix === "/archive");
    const expander = eventSources.find(({ queueId }) => queueId === rule?.queueId);
    expect(named(expander?.functionId)).toMatchObject({ name: "expand-batch", container: false });
    const reader = eventSources.find(({ functionId }) => named(functionId)?.name === "read-sheet");
    expect(reader).toMatchObject({ batchSize: 1, maximumConcurrency: 2 });
    expect(named(reader?.functionId)?.container).toBe(true);
    for (const source of [expander, reader]) {
      const lane = queues.find(({ id }) => id === source?.queueId);
      const buried = eventSources.find(({ queueId }) => queueId === lane?.redrive?.deadLetters);
      expect(named(buried?.functionId)?.name).toBe("bury");
    }
  });

  it("is refused where an image is told to run another handler than the function's own", () => {
    Object.assign(functionNamed("read-sheet").Properties, {
      ImageConfig: { Command: ["read-page.handler"] },
    });
    expect(() => wiringOf(template)).toThrow(
      /told to run read-page.handler, its source is lambdas\/read-sheet/,
    );
  });

  it("has the tables as the stores use them", () => {
    const { tables } = wiringOf(template);
    const jobs = tables.find(
      ({ definition }) => definition.KeySchema[0]?.AttributeName === jobTable.partitionKey,
    );
    expect(jobs?.definition.GlobalSecondaryIndexes?.[0]).toMatchObject({
      IndexName: jobTable.unfinishedIndex.name,
      KeySchema: [
        { AttributeName: jobTable.unfinishedIndex.partitionKey, KeyType: "HASH" },
        { AttributeName: jobTable.unfinishedIndex.sortKey, KeyType: "RANGE" },
      ],
    });
    const sheets = tables.find(({ definition }) => definition.LocalSecondaryIndexes);
    expect(sheets?.definition.LocalSecondaryIndexes).toMatchObject([
      { IndexName: sheetTable.contentIndex.name, Projection: { ProjectionType: "KEYS_ONLY" } },
    ]);
  });

  it("changes with the template: a route, a timeout, a visibility, a filter, a schedule", () => {
    Object.assign(
      resource("AWS::ApiGatewayV2::Route", ({ RouteKey }) => RouteKey === "GET /health").Properties,
      {
        RouteKey: "GET /healthz",
      },
    );
    Object.assign(functionNamed("sweep").Properties, { Timeout: 77 });
    Object.assign(
      resource("AWS::SQS::Queue", ({ RedrivePolicy }) => RedrivePolicy !== undefined).Properties,
      {
        VisibilityTimeout: 1234,
      },
    );
    Object.assign(resource("AWS::Events::Rule").Properties, { ScheduleExpression: "rate(2 hours)" });
    const wiring = wiringOf(template);
    expect(wiring.routes.map(({ path }) => path)).toContain("/healthz");
    expect(wiring.routes.map(({ path }) => path)).not.toContain("/health");
    expect(wiring.functions.find(({ name }) => name === "sweep")?.timeoutSeconds).toBe(77);
    expect(wiring.queues.map(({ visibilitySeconds }) => visibilitySeconds)).toContain(1234);
    expect(wiring.schedules[0]?.everySeconds).toBe(7200);
  });

  it.each<[string, () => Resource["Properties"], Record<string, unknown>]>([
    [
      "a schedule in cron's words",
      () => resource("AWS::Events::Rule").Properties,
      { ScheduleExpression: "cron(0 * * * ? *)" },
    ],
    [
      "an authorizer of another kind",
      () => resource("AWS::ApiGatewayV2::Route").Properties,
      { AuthorizationType: "AWS_IAM" },
    ],
    [
      "a payload of another format",
      () => resource("AWS::ApiGatewayV2::Integration").Properties,
      { PayloadFormatVersion: "1.0" },
    ],
    [
      "a table with provisioned capacity",
      () => resource("AWS::DynamoDB::Table").Properties,
      { BillingMode: "PROVISIONED" },
    ],
    [
      "an event source that does not report failures one by one",
      () => resource("AWS::Lambda::EventSourceMapping").Properties,
      { FunctionResponseTypes: [] },
    ],
    [
      "a queue that is filled from an imported value",
      () => resource("AWS::Lambda::EventSourceMapping").Properties,
      { EventSourceArn: { "Fn::ImportValue": "x" } },
    ],
  ])("is refused, with the resource's name, where it has %s", (_, find, change) => {
    Object.assign(find() ?? {}, change);
    expect(() => wiringOf(template)).toThrow(/^AWS::\w+::\w+ \w+/);
  });

  it("is refused where a route leads nowhere, and where there is another API", () => {
    const route = resource("AWS::ApiGatewayV2::Route");
    Object.assign(route.Properties, { Target: { "Fn::Join": ["", ["integrations/", { Ref: "Nothing" }]] } });
    expect(() => wiringOf(template)).toThrow(/route \w+ has no integration/);
    template = structuredClone(original);
    template.Resources.Another = structuredClone(resource("AWS::ApiGatewayV2::Api"));
    expect(() => wiringOf(template)).toThrow("the template should have one HTTP API");
  });
});

describe("a function's environment", () => {
  const environment = (physical: ReadonlyMap<string, string>) => {
    const found = wiringOf(template).functions.find(({ name }) => name === "book-scan");
    if (!found) throw new Error("no book-scan");
    return environmentOf(found, physical);
  };
  const everything = (): Map<string, string> =>
    new Map(Object.keys(template.Resources).map((id) => [id, `here:${id}`]));

  it("is the template's, with every reference replaced by what it is here", () => {
    const given = environment(everything());
    const jobs = wiringOf(template).tables.find(
      ({ definition }) => definition.KeySchema[0]?.AttributeName === "job_id",
    );
    expect(given.JOB_TABLE).toBe(`here:${jobs?.id}`);
    expect(given.UPLOAD_URL_SECONDS).toBe("900");
    expect(Object.values(given).every((value) => typeof value === "string")).toBe(true);
  });

  it("changes with the template's names", () => {
    const { Variables } = (functionNamed("book-scan").Properties.Environment ?? {}) as {
      Variables: Record<string, unknown>;
    };
    Variables.TABLE_OF_JOBS = Variables.JOB_TABLE;
    delete Variables.JOB_TABLE;
    const given = environment(everything());
    expect(given.TABLE_OF_JOBS).toMatch(/^here:/);
    expect(given).not.toHaveProperty("JOB_TABLE");
  });

  it("is refused where it names something that does not run here", () => {
    expect(() => environment(new Map())).toThrow(/the value of \w+ is nothing that runs here/);
  });
});
