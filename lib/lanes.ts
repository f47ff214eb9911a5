import { Duration } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { allow, give } from "./function-parts.ts";

/**
 * A message must stay hidden for at least six times its consumer's timeout, so that a throttled or slow reading is
 * not handed out a second time while it runs.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_PER_TIMEOUT = 6;
/** The longest that SQS keeps a message: time for somebody to come back from holiday. */
const DEAD_LETTER_RETENTION = Duration.days(14);

export interface LaneProps {
  /** The timeout of the function that reads from the lane. */
  readonly readTimeout: Duration;
  /** The timeout of the function that takes the dead letters. */
  readonly buryTimeout: Duration;
  /** How often a message is handed out before it becomes a dead letter. */
  readonly attempts: number;
}

/** A queue of photos to read with a pace of its own, and where its messages end that could not be worked off. */
export class Lane extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: LaneProps) {
    super(scope, id);
    // SQS's own keys: with a KMS key, bucket and queue would each wait for the other's policy.
    const locked = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

    this.deadLetters = new Queue(this, "DeadLetters", {
      ...locked,
      visibilityTimeout: Duration.seconds(props.buryTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      retentionPeriod: DEAD_LETTER_RETENTION,
    });
    this.queue = new Queue(this, "Queue", {
      ...locked,
      visibilityTimeout: Duration.seconds(props.readTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.attempts },
    });
  }

  /** The queue's address, and this action on it. */
  giveTo(deployed: LambdaFunction, action: "SendMessage" | "ChangeMessageVisibility"): void {
    give(deployed, "SCANS_QUEUE_URL", this.queue.queueUrl);
    allow(deployed, [`sqs:${action}`], [this.queue.queueArn]);
  }
}
