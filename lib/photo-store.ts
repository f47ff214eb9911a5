import { Aws, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import {
  ARCHIVE_SUFFIX,
  BATCHES_PREFIX,
  CANARY_PREFIX,
  ORIGINAL_SUFFIX,
  SCANS_PREFIX,
} from "../contract/object-keys.ts";
import { allow, give } from "./function-parts.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Settings } from "./settings.ts";

/** Photos and what was read from them, in days. The records about them expire after the same time. */
const KEPT_DAYS = 30;
/** Leavings of an upload that was never finished, and of a canary that could not clean up, in days. */
const LEFTOVER_DAYS = 1;

/**
 * The tablet page's own address cannot stand here: its security policy names this bucket, and CloudFormation makes one
 * before the other. Nothing is given away: without a presigned URL an origin can do nothing (docs/decisions/0062).
 */
const CLOUDFRONT = "https://*.cloudfront.net";

type Prefix = typeof SCANS_PREFIX | typeof BATCHES_PREFIX | typeof CANARY_PREFIX;
type ObjectAction =
  | "GetObject"
  | "PutObject"
  | "DeleteObject"
  | "AbortMultipartUpload"
  | "ListMultipartUploadParts";

/** Whose every object of a certain name is announced, and where. */
type Announcement = { readonly prefix: Prefix; readonly suffix: string; readonly to: Lane };

/** Where tablets put their photos and clinics their batches. An original, once there, cannot be written over. */
export class PhotoStore extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { settings }: { settings: Settings }) {
    super(scope, id);
    this.bucket = new Bucket(this, "Photos", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        { id: "scans", prefix: SCANS_PREFIX, expiration: Duration.days(KEPT_DAYS) },
        { id: "batches", prefix: BATCHES_PREFIX, expiration: Duration.days(KEPT_DAYS) },
        { id: "canary", prefix: CANARY_PREFIX, expiration: Duration.days(LEFTOVER_DAYS) },
        { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(LEFTOVER_DAYS) },
      ],
      cors: [
        {
          allowedOrigins: [...settings.webOrigins, CLOUDFRONT],
          allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
          // What a presigned upload makes the tablet send; a browser adds Content-Length by itself.
          allowedHeaders: ["Content-Type", "If-None-Match", "x-amz-checksum-sha256"],
          exposedHeaders: ["ETag"],
          maxAge: Duration.hours(1).toSeconds(),
        },
      ],
    });
    this.#neverWriteOverOriginals();
  }

  /** Sends every photo that lands, and every archive that is complete, to its lane. */
  announceTo({ scans, batches }: Lanes): void {
    this.#announce([
      { prefix: SCANS_PREFIX, suffix: ORIGINAL_SUFFIX, to: scans },
      { prefix: BATCHES_PREFIX, suffix: ARCHIVE_SUFFIX, to: batches },
    ]);
  }

  #announce(announcements: readonly Announcement[]): void {
    for (const { to } of announcements) this.#agreeWith(to);
    // The bucket's own property: addEventNotification would bring a function of CDK's with rights of its own.
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: announcements.map(({ prefix, suffix, to }) => ({
        event: "s3:ObjectCreated:*",
        queue: to.queue.queueArn,
        filter: {
          s3Key: {
            rules: [
              { name: "prefix", value: prefix },
              { name: "suffix", value: suffix },
            ],
          },
        },
      })),
    };
  }

  /** The lane lets the bucket send to it. */
  #agreeWith(lane: Lane): void {
    // Whoever sends must be a bucket of this stack in this account. The bucket's own name would be a circle: S3 asks
    // the queue for its consent while the bucket is being created.
    const consent = lane.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [lane.queue.queueArn],
        conditions: {
          StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
          ArnLike: {
            "aws:SourceArn": `arn:${Aws.PARTITION}:s3:::${Stack.of(this).stackName.toLowerCase()}-*`,
          },
        },
      }),
    );
    if (consent.policyDependable) this.bucket.node.addDependency(consent.policyDependable);
  }

  /** The bucket's name, and these actions on the objects under the prefix. */
  giveTo(deployed: LambdaFunction, prefix: Prefix, ...actions: readonly ObjectAction[]): void {
    give(deployed, "PHOTO_BUCKET", this.bucket.bucketName);
    allow(
      deployed,
      actions.map((action) => `s3:${action}`),
      [this.bucket.arnForObjects(`${prefix}*`)],
    );
  }

  /**
   * Listing the keys under the prefix, and hearing 404 instead of 403 for a key that is not there. S3 asks for
   * ListBucket in both cases, but only a listing has an s3:prefix to check, hence IfExists.
   */
  allowListing(deployed: LambdaFunction, prefix: Prefix): void {
    allow(deployed, ["s3:ListBucket"], [this.bucket.bucketArn], {
      StringLikeIfExists: { "s3:prefix": `${prefix}*` },
    });
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
  #neverWriteOverOriginals(): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["s3:PutObject"],
        resources: [
          this.bucket.arnForObjects(`${SCANS_PREFIX}*${ORIGINAL_SUFFIX}`),
          this.bucket.arnForObjects(`${BATCHES_PREFIX}*/images/*`),
        ],
        conditions: {
          Null: { "s3:if-none-match": "true" },
          Bool: { "s3:ObjectCreationOperation": "true" },
        },
      }),
    );
  }
}
