import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { handlerNames } from "../../contract/routes.ts";
import { RxscanStack } from "../../lib/rxscan-stack.ts";
import { readSettings } from "../../lib/settings.ts";
import type { Template } from "../../lib/synthesize.ts";

const run = promisify(execFile);

/** Enough for a handler to start; none of it is called. */
const environment = {
  AWS_REGION: "eu-west-1",
  JOB_TABLE: "jobs",
  MEDICATION_TABLE: "medications",
  PHOTO_BUCKET: "photos",
  SCANS_QUEUE_URL: "https://sqs.example/scans",
  BATCH_TABLE: "batches",
  SHEET_TABLE: "sheets",
  SHEET_RESULT_TABLE: "results",
  BATCHES_QUEUE_URL: "https://sqs.example/batches",
  SHEETS_QUEUE_URL: "https://sqs.example/sheets",
  EXPAND_LEASE_SECONDS: "310",
  READ_LEASE_SECONDS: "70",
  UPLOAD_URL_SECONDS: "900",
};

describe("what is deployed", () => {
  const outdir = mkdtempSync(join(tmpdir(), "rxscan-bundles-"));
  const folders = new Map<string, string>();

  beforeAll(() => {
    const app = new App({
      outdir,
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
      context: cdkJson.context,
    });
    new RxscanStack(app, "Rxscan", { settings: readSettings() });
    app.synth();
    const template: Template = JSON.parse(readFileSync(join(outdir, "Rxscan.template.json"), "utf8"));
    for (const { Type, Metadata, Properties } of Object.values(template.Resources)) {
      const code = Properties?.Code as { S3Key?: string } | undefined;
      const name = String(Metadata?.["rxscan:entry"]).split("/").at(1);
      if (Type === "AWS::Lambda::Function" && name && code?.S3Key) {
        folders.set(name, join(outdir, `asset.${code.S3Key.replace(".zip", "")}`));
      }
    }
  }, 240_000);

  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it.each([...handlerNames, "expand-batch", "sweep", "bury"])("starts: %s", async (name) => {
    const bundle = join(folders.get(name) ?? "no bundle", "index.mjs");
    const script = `const { handler } = await import(${JSON.stringify(bundle)}); console.log(typeof handler);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      env: environment,
    });
    expect(stdout.trim()).toBe("function");
  });

  it("finds the names of drugs beside the function that corrects medications", () => {
    expect(existsSync(join(folders.get("medications") ?? "", "drugs.tsv"))).toBe(true);
  });
});
