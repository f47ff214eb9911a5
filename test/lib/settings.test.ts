import { describe, expect, it } from "vitest";
import { readSettings, settingsFromContext } from "../../lib/settings.ts";
import { synthesize, type Template } from "../../lib/synthesize.ts";

const propertiesOf = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === type ? [Properties ?? {}] : [],
  );

describe("settings", () => {
  it("come from the command line as strings", () => {
    expect(
      settingsFromContext({
        "rxscan:readConcurrency": "50",
        "rxscan:webOrigins": "https://a.example,https://b.example:8443",
        "rxscan:keepData": "false",
        "@aws-cdk/core:checkSecretUsage": true,
      }),
    ).toMatchObject({
      readConcurrency: 50,
      webOrigins: ["https://a.example", "https://b.example:8443"],
      keepData: false,
      uploadUrlSeconds: 900,
    });
  });

  it.each([
    ["a misspelled name", { "rxscan:readConcurency": "50" }, /readConcurency/],
    ["a number that is none", { "rxscan:readTimeoutSeconds": "soon" }, /readTimeoutSeconds/],
    ["a timeout that Lambda does not take", { "rxscan:readTimeoutSeconds": "901" }, /readTimeoutSeconds/],
    ["an origin with a path", { "rxscan:webOrigins": "https://a.example/tablet" }, /webOrigins/],
    ["any origin at all", { "rxscan:webOrigins": "*" }, /webOrigins/],
    ["an origin without TLS", { "rxscan:webOrigins": "http://a.example" }, /webOrigins/],
    ["a word for yes or no", { "rxscan:keepData": "maybe" }, /keepData/],
    ["an unknown processor", { "rxscan:architecture": "riscv" }, /architecture/],
  ])("refuse %s by name", (_, context, message) => {
    expect(() => settingsFromContext(context)).toThrow(message);
  });

  it("hold when a longer timeout is chosen: lease and visibility follow it", () => {
    const template = synthesize({ readTimeoutSeconds: 120 });
    const reader = propertiesOf(template, "AWS::Lambda::Function").find(
      ({ PackageType }) => PackageType === "Image",
    );
    expect(reader).toMatchObject({
      Timeout: 120,
      Environment: { Variables: { READ_LEASE_SECONDS: "130" } },
    });
    const lane = propertiesOf(template, "AWS::SQS::Queue").find(({ RedrivePolicy }) => RedrivePolicy);
    expect(lane?.VisibilityTimeout).toBe(720);
    const expander = Object.values(synthesize({ expandTimeoutSeconds: 60 }).Resources).find(
      ({ Metadata }) => Metadata?.["rxscan:entry"] === "lambdas/expand-batch/handler.ts",
    );
    expect(expander?.Properties).toMatchObject({
      Timeout: 60,
      Environment: { Variables: { EXPAND_LEASE_SECONDS: "70" } },
    });
  });

  it("choose the processor of every function at once", () => {
    for (const { Architectures } of propertiesOf(
      synthesize({ architecture: "arm64" }),
      "AWS::Lambda::Function",
    )) {
      expect(Architectures).toEqual(["arm64"]);
    }
  });

  it("send alarms to an e-mail address when there is one", () => {
    const template = synthesize({ alarmEmail: "operator@clinic.example" });
    expect(propertiesOf(template, "AWS::SNS::Subscription")).toMatchObject([
      { Protocol: "email", Endpoint: "operator@clinic.example" },
    ]);
    expect(propertiesOf(synthesize(), "AWS::SNS::Subscription")).toEqual([]);
  });

  it("let a stack for trying out go with all it has", () => {
    const { Resources } = synthesize({ keepData: false });
    const kept = Object.entries(Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain");
    expect(kept).toEqual([]);
  });

  it("make the same template every time", () => {
    expect(synthesize()).toEqual(synthesize());
  });

  it("default to a stack that a new AWS account can run", () => {
    // 10 concurrent executions and 3,008 MB is what a new account has.
    const { readConcurrency, sheetConcurrency } = readSettings();
    const EXPANDERS = 2;
    expect(readConcurrency + sheetConcurrency + EXPANDERS).toBeLessThan(10);
    expect(readSettings().readMemoryMegabytes).toBeLessThanOrEqual(3008);
  });
});
