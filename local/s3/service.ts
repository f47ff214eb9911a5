import type { Catalog } from "./catalog.ts";
import type { CorsRule } from "./cors.ts";
import type { LifecycleRule } from "./lifecycle.ts";
import type { NotificationRule, Notifier } from "./notifications.ts";
import type { PieceFiles } from "./pieces.ts";
import type { S3Request } from "./request.ts";
import type { PayloadClaim } from "./signature.ts";
import type { Uploads } from "./uploads.ts";

export type Bucket = {
  readonly name: string;
  /** Keeps every version of an object, and answers version ids. */
  readonly versioned?: boolean;
  readonly cors?: readonly CorsRule[];
  readonly notifications?: readonly NotificationRule[];
  readonly lifecycle?: readonly LifecycleRule[];
};

/** What every operation works with. */
export type Service = {
  readonly catalog: Catalog;
  readonly uploads: Uploads;
  readonly files: PieceFiles;
  readonly notifier: Notifier;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly now: () => Date;
};

/** An authenticated request to a bucket or an object in it. */
export type Call = {
  readonly request: S3Request;
  readonly claim: PayloadClaim;
  readonly bucket: Bucket;
  readonly service: Service;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Buffer>;
  /** Called when the answer has been sent or given up. */
  readonly done?: () => void;
};

export function xmlReply(body: string, headers: Record<string, string> = {}): Reply {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body };
}
