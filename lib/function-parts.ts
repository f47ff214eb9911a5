import { resolve } from "node:path";
import { type CfnResource, RemovalPolicy } from "aws-cdk-lib";
import { type Conditions, Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { type ILogGroup, LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Variable } from "../contract/environment.ts";
import type { HandlerName } from "../contract/routes.ts";
import type { Settings } from "./settings.ts";

/** Every deployed function: a folder of lambdas/. */
export type FunctionName = HandlerName | "read-page" | "expand-batch" | "read-sheet" | "sweep" | "bury";

export const projectRoot = resolve(import.meta.dirname, "..");
export const entryOf = (name: FunctionName): string => `lambdas/${name}/handler.ts`;

/** `scan-status` as the id of a construct: `ScanStatus`. */
export const constructId = (name: FunctionName): string =>
  name.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());

export const architectureOf = (settings: Settings): Architecture =>
  settings.architecture === "arm64" ? Architecture.ARM_64 : Architecture.X86_64;

/**
 * A role of the function's own that may write its own log and nothing else. CDK's default role would bring a managed
 * policy that may write every log of the account.
 */
export function roleWithLog(scope: Construct, id: string): { role: Role; logGroup: ILogGroup } {
  // As long as the photos that the lines speak of.
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  logGroup.grantWrite(role);
  return { role, logGroup };
}

/** What every function has, whatever it is packed in. The metadata tells the local run where the source is. */
export function finish(deployed: LambdaFunction, name: FunctionName, settings: Settings): void {
  // Stack traces name the lines of the source, not of the bundle.
  deployed.addEnvironment("NODE_OPTIONS", "--enable-source-maps");
  give(deployed, "LOG_LEVEL", settings.logLevel);
  (deployed.node.defaultChild as CfnResource).addMetadata("rxscan:entry", entryOf(name));
}

/** Sets a variable that the contract knows. */
export function give(deployed: LambdaFunction, variable: Variable, value: string | number): void {
  deployed.addEnvironment(variable, String(value));
}

export function allow(
  deployed: LambdaFunction,
  actions: readonly string[],
  resources: readonly string[],
  conditions: Conditions = {},
): void {
  deployed.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [...actions],
      resources: [...resources],
      ...(Object.keys(conditions).length > 0 ? { conditions } : {}),
    }),
  );
}
