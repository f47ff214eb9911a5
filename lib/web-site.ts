import { Aws, Duration, Fn, RemovalPolicy } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { contentSecurityPolicy, permissionsPolicy } from "../contract/web-site.ts";
import type { Identity } from "./identity.ts";
import type { PhotoStore } from "./photo-store.ts";

/** What the page calls; it lies at the page's own address, so that a browser asks no other origin for leave. */
const API_PATHS = ["/meds*", "/batches*", "/tasks*", "/health*", "/openapi.json"];

type WebSiteProps = { api: HttpApi; identity: Identity; photos: PhotoStore };

/** The tablet page from a closed bucket through CloudFront, and the API at the same address. */
export class WebSite extends Construct {
  readonly bucket: Bucket;
  /** `https://<host>`, where the page is. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { api, identity, photos }: WebSiteProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "Page", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // Everything in it is built from the source.
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const headers = new ResponseHeadersPolicy(this, "Headers", {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: contentSecurityPolicy({
            photoStore: `https://${photos.bucket.bucketRegionalDomainName}`,
            signIn: identity.signInPage.baseUrl(),
          }),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: "Permissions-Policy", value: permissionsPolicy, override: true }],
      },
    });

    const gateway = new HttpOrigin(`${api.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`);
    const toTheApi = {
      origin: gateway,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      // Compressing would weaken the ETags that changes are checked by.
      compress: false,
    };
    const distribution = new Distribution(this, "Distribution", {
      comment: "rxscan: the tablet page",
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headers,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
      additionalBehaviors: Object.fromEntries(API_PATHS.map((path) => [path, toTheApi])),
    });
    this.origin = Fn.join("", ["https://", distribution.distributionDomainName]);
    identity.leadBackTo(this.origin);
  }
}
