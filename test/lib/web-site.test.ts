import { describe, expect, it } from "vitest";
import { routes } from "../../contract/routes.ts";
import { only, resourcesOf, type Statement, words } from "./template.ts";

type Behavior = {
  PathPattern?: string;
  TargetOriginId: string;
  AllowedMethods?: string[];
  CachePolicyId: string;
  Compress: boolean;
  ViewerProtocolPolicy: string;
};
type Origin = { Id: string; DomainName: unknown; OriginAccessControlId?: unknown };
type DistributionConfig = {
  DefaultCacheBehavior: Behavior & { ResponseHeadersPolicyId: unknown };
  CacheBehaviors: Behavior[];
  Origins: Origin[];
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

const config = only(resourcesOf<{ DistributionConfig: DistributionConfig }>("AWS::CloudFront::Distribution"))
  .properties.DistributionConfig;

describe("the tablet page on AWS", () => {
  it("finds every call of the contract at its own address, by every method and never from a cache", () => {
    for (const { method, path } of routes) {
      const behavior = config.CacheBehaviors.find(({ PathPattern = "" }) =>
        PathPattern.endsWith("*") ? path.startsWith(PathPattern.slice(0, -1)) : path === PathPattern,
      );
      expect(behavior, path).toMatchObject({ CachePolicyId: CACHING_DISABLED, Compress: false });
      expect(behavior?.AllowedMethods).toContain(method);
      expect(behavior?.ViewerProtocolPolicy).toBe("https-only");
      const origin = config.Origins.find(({ Id }) => Id === behavior?.TargetOriginId);
      expect(words(origin?.DomainName)).toMatch(/^\{ApiHttp\}\.execute-api\./);
    }
  });

  it("lets only this distribution read the page's bucket", () => {
    const policies = resourcesOf<{ Bucket: unknown; PolicyDocument: { Statement: Statement[] } }>(
      "AWS::S3::BucketPolicy",
    ).filter(({ properties }) => words(properties.Bucket) === "{WebSitePage}");
    const allowed = only(policies).properties.PolicyDocument.Statement.filter(
      ({ Effect }) => Effect === "Allow",
    );
    const { Action, Principal, Condition } = only(allowed);
    expect({ Action, Principal }).toEqual({
      Action: "s3:GetObject",
      Principal: { Service: "cloudfront.amazonaws.com" },
    });
    const { StringEquals } = Condition as { StringEquals: Record<string, unknown> };
    expect(words(StringEquals["AWS:SourceArn"])).toContain("{WebSiteDistribution}");
  });

  it("tells browsers to load nothing but the page, this photo store and this sign-in", () => {
    const { SecurityHeadersConfig: headers } = only(
      resourcesOf<{
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: Record<string, Record<string, unknown>>;
        };
      }>("AWS::CloudFront::ResponseHeadersPolicy"),
    ).properties.ResponseHeadersPolicyConfig;
    const policy = words(headers.ContentSecurityPolicy?.ContentSecurityPolicy);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toMatch(/connect-src 'self' https:\/\/\{PhotoStorePhotos\} https:\/\/[^ ;]*auth[^ ;]*;/);
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("*");
    expect(headers.StrictTransportSecurity).toMatchObject({ AccessControlMaxAgeSec: 31_536_000 });
  });
});
