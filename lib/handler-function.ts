import { join } from "node:path";
import type { Duration } from "aws-cdk-lib";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Construct } from "constructs";
import {
  architectureOf,
  entryOf,
  type FunctionName,
  finish,
  projectRoot,
  roleWithLog,
} from "./function-parts.ts";
import type { Settings } from "./settings.ts";

/** CommonJS packages inside an ES module bundle still ask for `require`. */
const REQUIRE_BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** A cold start is bound by the processor, which grows with memory: 1,024 MB is 0.58 vCPU. */
const MEMORY_MEGABYTES = 1024;

/** Data that a function's source reads from beside itself, and so must find beside its bundle. */
const dataFiles: Partial<Record<FunctionName, string>> = { medications: "core/medications/lexicon/*.tsv" };

/** One folder of lambdas/ as a deployed function: bundled to one ES module with everything it needs inside. */
export class HandlerFunction extends NodejsFunction {
  constructor(
    scope: Construct,
    id: string,
    props: { name: FunctionName; timeout: Duration; settings: Settings },
  ) {
    const data = dataFiles[props.name];
    super(scope, id, {
      ...roleWithLog(scope, id),
      description: `rxscan ${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: architectureOf(props.settings),
      entry: join(projectRoot, entryOf(props.name)),
      projectRoot,
      depsLockFilePath: join(projectRoot, "package-lock.json"),
      timeout: props.timeout,
      memorySize: MEMORY_MEGABYTES,
      // The SDK of today keeps connections alive by itself.
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        target: "node24",
        mainFields: ["module", "main"],
        banner: REQUIRE_BANNER,
        minify: true,
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
        // The pinned SDK, not whichever one the runtime has this month.
        externalModules: [],
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (from, to) => (data ? [`cp ${from}/${data} ${to}`] : []),
        },
      },
    });
    finish(this, props.name, props.settings);
  }
}
