import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Event, S3EventRecord } from "aws-lambda";
import { escapeUri } from "./request.ts";

export type NotificationRule = {
  /** Given to `notify`: which queue or function the event is for. */
  readonly target: string;
  /** s3:ObjectCreated:*, s3:ObjectRemoved:Delete and the like. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
  /** The configurationId of the event. */
  readonly id?: string;
};

/** Sent to each target once at start, as S3 does when a notification is set up. */
export type S3TestEvent = {
  readonly Service: "Amazon S3";
  readonly Event: "s3:TestEvent";
  readonly Time: string;
  readonly Bucket: string;
  readonly RequestId: string;
  readonly HostId: string;
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export type S3Notification = S3Event | S3TestEvent;

export type Notify = (target: string, event: S3Notification) => Promise<void>;

export type ObjectEvent = {
  readonly name: `ObjectCreated:${string}` | `ObjectRemoved:${string}`;
  readonly requestId: string;
  readonly sourceAddress: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly versionId: string | undefined;
  /** Larger for every later change: tells the order of events of one key. */
  readonly sequence: number;
};

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;
/** How long a delivery under way may hold up the end of the process. */
const LONGEST_CLOSE_MS = 1_000;

/** Hands events to their targets at least once, for as long as the process lives. */
export class Notifier {
  readonly #notify: Notify;
  readonly #region: string;
  readonly #now: () => Date;
  readonly #stop = new AbortController();
  readonly #deliveries = new Set<Promise<void>>();

  constructor(notify: Notify, region: string, now: () => Date) {
    this.#notify = notify;
    this.#region = region;
    this.#now = now;
  }

  sendTestEvents(bucket: string, rules: readonly NotificationRule[]): void {
    for (const target of new Set(rules.map((rule) => rule.target))) {
      this.#deliver(target, {
        Service: "Amazon S3",
        Event: "s3:TestEvent",
        Time: this.#now().toISOString(),
        Bucket: bucket,
        RequestId: randomUUID(),
        HostId: "local",
      });
    }
  }

  /** Returns at once; the delivery goes on behind it. */
  send(bucket: string, rules: readonly NotificationRule[], event: ObjectEvent): void {
    for (const rule of rules) {
      if (applies(rule, event)) this.#deliver(rule.target, { Records: [this.#record(bucket, rule, event)] });
    }
  }

  /** Gives up what could not be delivered yet, and what a target does not answer. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.race([Promise.all(this.#deliveries), sleep(LONGEST_CLOSE_MS, undefined, { ref: false })]);
  }

  #deliver(target: string, event: S3Notification): void {
    const delivery = this.#untilTaken(target, event).finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
  }

  async #untilTaken(target: string, event: S3Notification): Promise<void> {
    for (
      let pause = FIRST_RETRY_MS;
      !this.#stop.signal.aborted;
      pause = Math.min(pause * 2, LONGEST_RETRY_MS)
    ) {
      try {
        await this.#notify(target, event);
        return;
      } catch {
        // The target's own log says what went wrong with it; here it only means: again, later.
        await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  #record(bucket: string, rule: NotificationRule, event: ObjectEvent): S3EventRecord {
    return {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: this.#region,
      eventTime: this.#now().toISOString(),
      eventName: event.name,
      userIdentity: { principalId: "AWS:LOCAL" },
      requestParameters: { sourceIPAddress: event.sourceAddress },
      responseElements: { "x-amz-request-id": event.requestId, "x-amz-id-2": "local" },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: rule.id ?? rule.target,
        bucket: { name: bucket, ownerIdentity: { principalId: "LOCAL" }, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key: eventKey(event.key),
          size: event.size,
          eTag: event.etag,
          ...(event.versionId === undefined ? {} : { versionId: event.versionId }),
          sequencer: event.sequence.toString(16).toUpperCase().padStart(18, "0"),
        },
      },
    };
  }
}

function applies(rule: NotificationRule, event: ObjectEvent): boolean {
  return (
    event.key.startsWith(rule.prefix ?? "") &&
    event.key.endsWith(rule.suffix ?? "") &&
    rule.events.some((pattern) => {
      const wanted = pattern.replace(/^s3:/, "");
      return wanted.endsWith("*") ? event.name.startsWith(wanted.slice(0, -1)) : event.name === wanted;
    })
  );
}

/** Keys in events are form-encoded: a space is +, a slash stays a slash. */
function eventKey(key: string): string {
  return key
    .split(/([ /])/)
    .map((part) => (part === " " ? "+" : part === "/" ? "/" : escapeUri(part)))
    .join("");
}
