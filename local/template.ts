import * as z from "zod";
import type { Resource, Template } from "../lib/synthesize.ts";

/**
 * The wiring of the deployed system, read from its CloudFormation template: functions with their environment, routes,
 * tables, queues, buckets, event sources, schedules. What the template says differently tomorrow, the local run does
 * differently tomorrow; what it says that is not understood here is an error, not a guess.
 */

export type FunctionWiring = {
  id: string;
  /** Source file, relative to the project. */
  entry: string;
  /** The name it is known by: its folder. */
  name: string;
  environment: Record<string, unknown>;
  timeoutSeconds: number;
  memoryMegabytes: number;
  container: boolean;
};
export type RouteWiring = { method: string; path: string; functionId: string; signedIn: boolean };
export type QueueWiring = {
  id: string;
  visibilitySeconds: number;
  redrive: { deadLetters: string; maxReceiveCount: number } | null;
};
type NotificationWiring = { events: string[]; prefix?: string; suffix?: string; queueId: string };
type Cors = {
  origins: string[];
  methods: string[];
  headers: string[];
  expose: string[];
  maxAgeSeconds: number;
};
type LifecycleWiring = { prefix?: string; expireAfterDays?: number; abortUploadsAfterDays?: number };
type BucketWiring = {
  id: string;
  cors: Cors[];
  notifications: NotificationWiring[];
  lifecycle: LifecycleWiring[];
};
export type TableWiring = { id: string; definition: z.infer<typeof tableProperties> };
export type EventSourceWiring = {
  functionId: string;
  queueId: string;
  batchSize: number;
  maximumConcurrency: number | null;
};
type ScheduleWiring = { functionId: string; everySeconds: number; input: unknown };
export type Wiring = {
  functions: FunctionWiring[];
  routes: RouteWiring[];
  cors: Cors;
  queues: QueueWiring[];
  buckets: BucketWiring[];
  tables: TableWiring[];
  eventSources: EventSourceWiring[];
  schedules: ScheduleWiring[];
};

/** The logical id that `Ref` or `GetAtt` points at. */
const reference = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((value) => value["Fn::GetAtt"][0]),
]);

const functionProperties = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  PackageType: z.string().optional(),
  ImageConfig: z.object({ Command: z.tuple([z.string()]) }).optional(),
});

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) }));
const index = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
export type IndexWiring = z.infer<typeof index>;

const tableProperties = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) }),
  ),
  KeySchema: keySchema,
  BillingMode: z.literal("PAY_PER_REQUEST"),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
});

const queueProperties = z.object({
  VisibilityTimeout: z.number().default(30),
  RedrivePolicy: z.object({ deadLetterTargetArn: reference, maxReceiveCount: z.number() }).optional(),
});

const bucketProperties = z.object({
  CorsConfiguration: z
    .object({
      CorsRules: z.array(
        z.object({
          AllowedHeaders: z.array(z.string()).default([]),
          AllowedMethods: z.array(z.string()),
          AllowedOrigins: z.array(z.string()),
          ExposedHeaders: z.array(z.string()).default([]),
          MaxAge: z.number().default(0),
        }),
      ),
    })
    .optional(),
  LifecycleConfiguration: z
    .object({
      Rules: z.array(
        z.object({
          Prefix: z.string().optional(),
          Status: z.literal("Enabled"),
          ExpirationInDays: z.number().optional(),
          AbortIncompleteMultipartUpload: z.object({ DaysAfterInitiation: z.number() }).optional(),
        }),
      ),
    })
    .optional(),
  NotificationConfiguration: z
    .object({
      QueueConfigurations: z.array(
        z.object({
          Event: z.string(),
          Filter: z
            .object({
              S3Key: z.object({ Rules: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
            })
            .optional(),
          Queue: reference,
        }),
      ),
    })
    .optional(),
});

const apiProperties = z.object({
  CorsConfiguration: z.object({
    AllowHeaders: z.array(z.string()),
    AllowMethods: z.array(z.string()),
    AllowOrigins: z.array(z.string()),
    ExposeHeaders: z.array(z.string()).default([]),
    MaxAge: z.number().default(0),
  }),
});

const routeProperties = z.object({
  RouteKey: z.string().regex(/^[A-Z]+ \/\S*$/),
  AuthorizationType: z.enum(["JWT", "NONE"]),
  Target: z.object({
    "Fn::Join": z.tuple([z.literal(""), z.tuple([z.literal("integrations/"), reference])]),
  }),
});
const integrationProperties = z.object({
  IntegrationUri: reference,
  IntegrationType: z.literal("AWS_PROXY"),
  PayloadFormatVersion: z.literal("2.0"),
});

const eventSourceProperties = z.object({
  BatchSize: z.number().default(10),
  EventSourceArn: reference,
  FunctionName: reference,
  FunctionResponseTypes: z.tuple([z.literal("ReportBatchItemFailures")]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
});

const scheduleProperties = z.object({
  ScheduleExpression: z.string().regex(/^rate\(\d+ (minute|minutes|hour|hours|day|days)\)$/),
  State: z.literal("ENABLED"),
  Targets: z.array(z.object({ Arn: reference, Input: z.string().default("{}") })),
});

/** @throws Error naming the resource that cannot be run on one machine as the template has it */
export function wiringOf(template: Template): Wiring {
  const of = <T extends z.ZodType>(type: string, schema: T): [string, z.output<T>, Resource][] =>
    Object.entries(template.Resources).flatMap(([id, resource]) => {
      if (resource.Type !== type) return [];
      const read = schema.safeParse(resource.Properties ?? {});
      if (!read.success) throw new Error(`${type} ${id}: ${z.prettifyError(read.error)}`);
      return [[id, read.data, resource] as [string, z.output<T>, Resource]];
    });
  const integrations = new Map(
    of("AWS::ApiGatewayV2::Integration", integrationProperties).map(([id, { IntegrationUri }]) => [
      id,
      IntegrationUri,
    ]),
  );
  const [api, ...otherApis] = of("AWS::ApiGatewayV2::Api", apiProperties);
  if (!api || otherApis.length > 0) throw new Error("the template should have one HTTP API");
  const { CorsConfiguration } = api[1];

  return {
    functions: of("AWS::Lambda::Function", functionProperties).flatMap(([id, properties, { Metadata }]) => {
      const entry = Metadata?.["rxscan:entry"];
      // CDK's own helpers carry no entry of ours; nothing here depends on them.
      if (typeof entry !== "string") return [];
      const name = entry.split("/").at(-2) ?? id;
      const command = properties.ImageConfig?.Command[0];
      // One image holds several handlers: the command is what says which one AWS runs.
      if (command !== undefined && command !== `${name}.handler`)
        throw new Error(`function ${id}: its image is told to run ${command}, its source is ${entry}`);
      return {
        id,
        entry,
        name,
        environment: properties.Environment?.Variables ?? {},
        timeoutSeconds: properties.Timeout,
        memoryMegabytes: properties.MemorySize,
        container: properties.PackageType === "Image",
      };
    }),
    routes: of("AWS::ApiGatewayV2::Route", routeProperties).map(([id, properties]) => {
      const [method = "", path = ""] = properties.RouteKey.split(" ");
      const functionId = integrations.get(properties.Target["Fn::Join"][1][1]);
      if (!functionId) throw new Error(`route ${id} has no integration`);
      return { method, path, functionId, signedIn: properties.AuthorizationType === "JWT" };
    }),
    cors: {
      origins: CorsConfiguration.AllowOrigins,
      methods: CorsConfiguration.AllowMethods,
      headers: CorsConfiguration.AllowHeaders,
      expose: CorsConfiguration.ExposeHeaders,
      maxAgeSeconds: CorsConfiguration.MaxAge,
    },
    queues: of("AWS::SQS::Queue", queueProperties).map(([id, { VisibilityTimeout, RedrivePolicy }]) => ({
      id,
      visibilitySeconds: VisibilityTimeout,
      redrive: RedrivePolicy
        ? { deadLetters: RedrivePolicy.deadLetterTargetArn, maxReceiveCount: RedrivePolicy.maxReceiveCount }
        : null,
    })),
    buckets: of("AWS::S3::Bucket", bucketProperties).map(([id, properties]) => ({
      id,
      cors: (properties.CorsConfiguration?.CorsRules ?? []).map((rule) => ({
        origins: rule.AllowedOrigins,
        methods: rule.AllowedMethods,
        headers: rule.AllowedHeaders,
        expose: rule.ExposedHeaders,
        maxAgeSeconds: rule.MaxAge,
      })),
      notifications: (properties.NotificationConfiguration?.QueueConfigurations ?? []).map((one) => {
        const rules = new Map((one.Filter?.S3Key.Rules ?? []).map(({ Name, Value }) => [Name, Value]));
        const [prefix, suffix] = [rules.get("prefix"), rules.get("suffix")];
        return {
          events: [one.Event],
          queueId: one.Queue,
          ...(prefix === undefined ? {} : { prefix }),
          ...(suffix === undefined ? {} : { suffix }),
        };
      }),
      lifecycle: (properties.LifecycleConfiguration?.Rules ?? []).map((rule) => {
        const abort = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
        return {
          ...(rule.Prefix === undefined ? {} : { prefix: rule.Prefix }),
          ...(rule.ExpirationInDays === undefined ? {} : { expireAfterDays: rule.ExpirationInDays }),
          ...(abort === undefined ? {} : { abortUploadsAfterDays: abort }),
        };
      }),
    })),
    tables: of("AWS::DynamoDB::Table", tableProperties).map(([id, definition]) => ({ id, definition })),
    eventSources: of("AWS::Lambda::EventSourceMapping", eventSourceProperties).map(([, source]) => ({
      functionId: source.FunctionName,
      queueId: source.EventSourceArn,
      batchSize: source.BatchSize,
      maximumConcurrency: source.ScalingConfig?.MaximumConcurrency ?? null,
    })),
    schedules: of("AWS::Events::Rule", scheduleProperties).flatMap(([, rule]) =>
      rule.Targets.map((target) => ({
        functionId: target.Arn,
        everySeconds: secondsOf(rule.ScheduleExpression),
        input: JSON.parse(target.Input),
      })),
    ),
  };
}

function secondsOf(rate: string): number {
  const [, count = "1", unit = "minute"] = /^rate\((\d+) (minute|hour|day)/.exec(rate) ?? [];
  return Number(count) * { minute: 60, hour: 3600, day: 86_400 }[unit as "minute" | "hour" | "day"];
}

/**
 * A function's environment with every reference replaced by what it is here.
 * @param physical by logical id: a table's or bucket's name, a queue's URL
 * @throws Error for a value that is neither a string nor a reference to something that runs here
 */
export function environmentOf(
  { id, environment }: FunctionWiring,
  physical: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      if (typeof value === "string") return [name, value];
      const target = z.object({ Ref: z.string() }).safeParse(value);
      const here = target.success ? physical.get(target.data.Ref) : undefined;
      if (here === undefined) throw new Error(`${id}: the value of ${name} is nothing that runs here`);
      return [name, here];
    }),
  );
}
