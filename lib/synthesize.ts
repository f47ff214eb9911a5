import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { BUNDLING_STACKS, DISABLE_ASSET_STAGING_CONTEXT } from "aws-cdk-lib/cx-api";
import cdkJson from "../cdk.json" with { type: "json" };
import { RxscanStack } from "./rxscan-stack.ts";
import { readSettings, type Settings } from "./settings.ts";

/** A CloudFormation template, as far as one can be typed without its resources' own schemas. */
export type Template = {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
};
export type Resource = {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
};

/**
 * The stack as a CloudFormation template, by the same feature flags as `cdk synth`. Nothing is bundled or copied, and
 * nothing is left on disk.
 * @throws Error naming each setting that is unknown or wrong
 */
export function synthesize(settings: Partial<Settings> = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), "rxscan-template-"));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      // `cdk synth` checks the template against CloudFormation's rules; that takes seconds.
      builtinCloudFormationValidation: false,
      context: { ...cdkJson.context, [BUNDLING_STACKS]: [], [DISABLE_ASSET_STAGING_CONTEXT]: true },
    });
    const stack = new RxscanStack(app, "Rxscan", { settings: readSettings(settings) });
    return app.synth().getStackByName(stack.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
