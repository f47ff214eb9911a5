import { synthesize } from "../../lib/synthesize.ts";

/** The template all tests of a file look at: making one takes about a second. */
export const template = synthesize();

type Found<T> = { id: string; properties: T; metadata: Record<string, unknown> };

/** Every resource of a type, as far as the test looks into it. */
export function resourcesOf<T>(type: string): Found<T>[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    resource.Type === type
      ? [{ id, properties: (resource.Properties ?? {}) as T, metadata: resource.Metadata ?? {} }]
      : [],
  );
}

export function only<T>(found: readonly T[]): T {
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) throw new Error(`one was expected, not ${found.length}`);
  return first;
}

/** A logical id without the hash that CDK puts behind it. */
const plain = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "");

/** A value of the template in words: `{Jobs}/index/unfinished` for a join of a reference and a string. */
export function words(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(words).join("");
  const [[kind, of] = ["", ""]] = Object.entries(value as Record<string, unknown>);
  if (kind === "Ref") return `{${plain(String(of))}}`;
  if (kind === "Fn::GetAtt") return `{${plain((of as string[])[0] ?? "")}}`;
  if (kind === "Fn::Join") return words((of as unknown[])[1]);
  throw new Error(`no words for ${JSON.stringify(value)}`);
}

type FunctionProperties = {
  Role: unknown;
  Runtime?: string;
  PackageType?: string;
  Timeout: number;
  MemorySize: number;
  Environment: { Variables: Record<string, unknown> };
  LoggingConfig: { LogGroup: unknown };
};

/** Every function by the name of its folder in lambdas/. */
export const functions = new Map(
  resourcesOf<FunctionProperties>("AWS::Lambda::Function").map((found) => {
    const entry = /^lambdas\/([a-z-]+)\/handler\.ts$/.exec(String(found.metadata["rxscan:entry"]));
    if (!entry?.[1]) throw new Error(`${found.id} does not say where its source is`);
    return [entry[1], found] as const;
  }),
);

export function functionNamed(name: string): Found<FunctionProperties> {
  const found = functions.get(name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
}

export type Statement = {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: unknown;
  Principal?: unknown;
  Condition?: Record<string, unknown>;
};
type Policy = { Roles: unknown[]; PolicyDocument: { Statement: Statement[] } };

export const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** What a function may do, as `action resource`, with the conditions behind `if`; sorted. */
export function grantsOf(name: string): string[] {
  const role = words(functionNamed(name).properties.Role);
  return resourcesOf<Policy>("AWS::IAM::Policy")
    .filter(({ properties }) => properties.Roles.map(words).includes(role))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition, Effect }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource).map((resource) => {
          const condition = Condition ? ` if ${JSON.stringify(Condition)}` : "";
          return `${Effect === "Allow" ? "" : "not "}${action} ${words(resource)}${condition}`;
        }),
      ),
    )
    .sort();
}
