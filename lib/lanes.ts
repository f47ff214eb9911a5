import { Duration } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Variable } from "../contract/environment.ts";
import { allow, give } from "./function-parts.ts";

/**
 * A message must stay hidden for at least six times its consumer's timeout, so that a throttled or slow reading is
 * not handed out a second time while it runs.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_PER_TIMEOUT = 6;
/** The longest that SQS keeps a message: time for somebody to come back from holiday. */
export const LONGEST_RETENTION = Duration.days(14);

export interface LaneProps {
  /** The variable by which functions are told of the queue. */
  readonly variable: Extract<Variable, `${string}_QUEUE_URL`>;
  /** The timeout of the function that works the lane off. */
  readonly timeout: Duration;
  /** The timeout of the function that takes the dead letters. */
  readonly buryTimeout: Duration;
  /** How often a message is handed out before it becomes a dead letter. */
  readonly attempts: number;
  /** How long a message may wait; SQS's own 4 days when absent. */
  readonly retention?: Duration;
}

/** A queue with a pace of its own, and where its messages end that could not be worked off. */
export class Lane extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #variable: LaneProps["variable"];

  constructor(scope: Construct, id: string, props: LaneProps) {
    super(scope, id);
    this.#variable = props.variable;
    // SQS's own keys: with a KMS key, bucket and queue would each wait for the other's policy.
    const locked = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

    this.deadLetters = new Queue(this, "DeadLetters", {
      ...locked,
      visibilityTimeout: Duration.seconds(props.buryTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      retentionPeriod: LONGEST_RETENTION,
    });
    this.queue = new Queue(this, "Queue", {
      ...locked,
      visibilityTimeout: Duration.seconds(props.timeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      ...(props.retention ? { retentionPeriod: props.retention } : {}),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.attempts },
    });
  }

  /** The queue's address, and this action on it. */
  giveTo(deployed: LambdaFunction, action: "SendMessage" | "ChangeMessageVisibility"): void {
    give(deployed, this.#variable, this.queue.queueUrl);
    allow(deployed, [`sqs:${action}`], [this.queue.queueArn]);
  }
}

/** The three queues: photos of scans, archives to list, sheets to read. None waits for another. */
export type Lanes = { readonly scans: Lane; readonly batches: Lane; readonly sheets: Lane };
