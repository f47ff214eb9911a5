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
  "lambdas/*.ts",
  "contract",
  "core",
  "aws",
];

/** The container that turns a photo into a medication, one photo at a time, fed by its lane. */
export class ReaderFunction extends DockerImageFunction {
  constructor(scope: Construct, id: string, { lane, settings }: { lane: Lane; settings: Settings }) {
    super(scope, id, {
      ...roleWithLog(scope, id),
      description: "rxscan read-page",
      code: DockerImageCode.fromImageAsset(projectRoot, {
        file: "lambdas/read-page/Dockerfile",
        platform: settings.architecture === "arm64" ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
        ignoreMode: IgnoreMode.DOCKER,
        exclude: ["*", ...imageSources.map((path) => `!${path}`)],
      }),
      architecture: architectureOf(settings),
      memorySize: settings.readMemoryMegabytes,
      timeout: Duration.seconds(settings.readTimeoutSeconds),
    });
    finish(this, "read-page", settings);

    this.addEventSource(
      new SqsEventSource(lane.queue, {
        // A photo uses all the memory and processor there is, and a failed one must not take others with it.
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: settings.readConcurrency,
      }),
    );
  }
}
