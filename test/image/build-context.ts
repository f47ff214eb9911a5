import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { BUNDLING_STACKS } from "aws-cdk-lib/cx-api";
import * as z from "zod";
import cdkJson from "../../cdk.json" with { type: "json" };
import { RxscanStack } from "../../lib/rxscan-stack.ts";
import { readSettings } from "../../lib/settings.ts";

/**
 * build-context.ts FOLDER: stages the reader's image as `cdk deploy` does before it calls Docker, so that a file
 * missing from the asset is missing here, too. Prints the context's folder and the Dockerfile within it.
 */

const assets = z.object({
  dockerImages: z.record(
    z.string(),
    z.object({ source: z.object({ directory: z.string(), dockerFile: z.string() }) }),
  ),
});

const outdir = process.argv[2];
if (!outdir) throw new Error("usage: build-context FOLDER");
const app = new App({
  outdir,
  analyticsReporting: false,
  builtinCloudFormationValidation: false,
  context: { ...cdkJson.context, [BUNDLING_STACKS]: [] },
});
const stack = new RxscanStack(app, "Rxscan", { settings: readSettings() });
app.synth();
const { dockerImages } = assets.parse(
  JSON.parse(readFileSync(join(outdir, `${stack.stackName}.assets.json`), "utf8")),
);
const [image, ...others] = Object.values(dockerImages);
if (!image || others.length > 0) throw new Error("the stack should have one image");
console.log(`${join(outdir, image.source.directory)} ${image.source.dockerFile}`);
