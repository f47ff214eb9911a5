import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import {
  BUNDLING_STACKS,
  DISABLE_ASSET_STAGING_CONTEXT,
  FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT,
} from "aws-cdk-lib/cx-api";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { RxscanStack } from "../../lib/rxscan-stack.ts";
import { readSettings } from "../../lib/settings.ts";

/** What cdk-nag's AwsSolutions pack would have otherwise, and why it is as it is. */
const acknowledged: Record<string, string> = {
  "AwsSolutions-COG2 Identity/People": "A second factor is each clinic's choice: rxscan:requireSecondFactor.",
  "AwsSolutions-COG8 Identity/People": "Threat protection is a paid plan of Cognito: an account's choice.",
  "AwsSolutions-S1 PhotoStore/Photos":
    "Server access logs would keep presigned URLs, signatures and all. CloudTrail data events are what to turn on.",
  "AwsSolutions-S1 WebSite/Page": "The page is public; who loads it is nobody's business.",
  "AwsSolutions-CFR1 WebSite/Distribution": "Which countries a clinic works in is for the clinic to say.",
  "AwsSolutions-CFR2 WebSite/Distribution":
    "A firewall costs more than the rest at rest: an account's choice.",
  "AwsSolutions-CFR3 WebSite/Distribution":
    "The gateway logs each call, without addresses of callers; these would keep them.",
  "AwsSolutions-CFR4 WebSite/Distribution":
    "CloudFront's own name brings its own certificate; a clinic's name would bring TLS 1.2.",
  "AwsSolutions-APIG4 Api/Http/GET--health": "Says only that the API answers.",
  "AwsSolutions-APIG4 Api/Http/GET--openapi.json": "The API's description is public.",
  ...Object.fromEntries(
    [
      "scans/* Api/BookScanRole",
      "scans/* Api/ScanStatusRole",
      "scans/* Api/RetryScanRole",
      "scans/* Api/DeleteScanRole",
      "scans/* ReadPageRole",
      "scans/* Upkeep/SweepRole",
      "batches/* Api/BatchUploadRole",
      "batches/* Api/BatchStatusRole",
      "batches/* ExpandBatchRole",
      "batches/* ReadSheetRole",
      "batches/* Upkeep/SweepRole",
    ].map((grant) => {
      const [keys, role] = grant.split(" ");
      return [
        `AwsSolutions-IAM5[Resource::<PhotoStorePhotos.Arn>/${keys}] ${role}/DefaultPolicy`,
        "Keys have the scan's or the batch's id in them: the prefix is as narrow as a grant can be.",
      ];
    }),
  ),
  "AwsSolutions-IAM5[Resource::<PhotoStorePhotos.Arn>/canary/*] Api/UploadCanaryRole/DefaultPolicy":
    "Each canary has a key of its own.",
};

type Report = {
  pluginReports: {
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
  }[];
};

it("keeps CloudFormation's own rules and the AwsSolutions pack, but for what is acknowledged with a reason", () => {
  const outdir = mkdtempSync(join(tmpdir(), "rxscan-best-practice-"));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      context: {
        ...cdkJson.context,
        [BUNDLING_STACKS]: [],
        [DISABLE_ASSET_STAGING_CONTEXT]: true,
        [FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT]: false,
      },
    });
    new RxscanStack(app, "Rxscan", { settings: readSettings() });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();

    const report: Report = JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8"));
    const found = report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => {
          const path = constructPath.replace(/^Rxscan\//, "").replace(/\/Resource$/, "");
          return `${ruleName.replace(/[0-9A-F]{8}\.Arn/, ".Arn")} ${path}`;
        }),
      ),
    );
    expect(found.sort()).toEqual(Object.keys(acknowledged).sort());
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}, 120_000);
