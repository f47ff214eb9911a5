import { Duration, IgnoreMode } from "aws-cdk-lib";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import { DockerImageCode, DockerImageFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import { architectureOf, finish, projectRoot, roleWithLog } from "./function-parts.ts";
import type { Lane } from "./lanes.ts";
import type { Settings } from "./settings.ts";

/** All that the image is made of. Anything else may change without a new image. */
const imageSources = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "lambdas/read-page",
  "lambdas/read-sheet",
  "lambdas/*.ts",
  "contract",
  "core",
  "aws",
];

export interface ReaderFunctionProps {
  readonly name: "read-page" | "read-sheet";
  readonly lane: Lane;
  /** How many run at the same time, at most. */
  readonly concurrency: number;
  readonly settings: Settings;
}

/** The container that turns a photo or a sheet into medications, one at a time, fed by its lane: one image for both. */
export class ReaderFunction extends DockerImageFunction {
  constructor(scope: Construct, id: string, { name, lane, concurrency, settings }: ReaderFunctionProps) {
    super(scope, id, {
      ...roleWithLog(scope, id),
      description: `rxscan ${name}`,
      code: DockerImageCode.fromImageAsset(projectRoot, {
        file: "lambdas/read-page/Dockerfile",
        cmd: [`${name}.handler`],
        platform: settings.architecture === "arm64" ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
        ignoreMode: IgnoreMode.DOCKER,
        exclude: ["*", ...imageSources.map((path) => `!${path}`)],
      }),
      architecture: architectureOf(settings),
      memorySize: settings.readMemoryMegabytes,
      timeout: Duration.seconds(settings.readTimeoutSeconds),
    });
    finish(this, name, settings);

    this.addEventSource(
      new SqsEventSource(lane.queue, {
        // A photo uses all the memory and processor there is, and a failed one must not take others with it.
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: concurrency,
      }),
    );
  }
}
