import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * One client per service and process, made when first asked for. Each keeps its connections alive, gives up on a
 * connection that does not open and on a request that does not answer, and tries again as the SDK's standard retry
 * does (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). Endpoints come from the SDK's own
 * variables (AWS_ENDPOINT_URL_S3 ...), so the same code runs on AWS and on one machine.
 */

/** Opening a connection inside a region takes milliseconds. */
const CONNECTION_TIMEOUT_MS = 1_000;
/** DynamoDB and SQS answer small requests; a slow answer is a lost one. */
const SMALL_REQUEST_TIMEOUT_MS = 3_000;
/** A photo of 20 MB from or to S3. */
const PHOTO_REQUEST_TIMEOUT_MS = 15_000;

const common = (requestTimeout: number) => ({
  maxAttempts: 3,
  retryMode: "standard",
  requestHandler: new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 50 },
    httpsAgent: { keepAlive: true, maxSockets: 50 },
  }),
});

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const dynamoDb = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient(common(SMALL_REQUEST_TIMEOUT_MS)), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);

export const sqs = once(() => new SQSClient(common(SMALL_REQUEST_TIMEOUT_MS)));

export const s3 = once(
  () =>
    new S3Client({
      ...common(PHOTO_REQUEST_TIMEOUT_MS),
      // Otherwise a presigned PUT carries the CRC32 of an empty body, which S3 then holds against the photo.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
);
