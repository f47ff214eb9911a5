import { Duration } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import { HandlerFunction } from "./handler-function.ts";
import type { Lane } from "./lanes.ts";
import type { Settings } from "./settings.ts";

/**
 * Batches listed or counted at the same time: the least that an event source takes. More are not needed: listing a
 * thousand sheets takes seconds, reading them minutes.
 */
const AT_ONCE = 2;

/** Lists the sheets of a batch, and counts them when they have ended; fed by its lane. */
export class BatchExpander extends HandlerFunction {
  constructor(scope: Construct, id: string, { lane, settings }: { lane: Lane; settings: Settings }) {
    const timeout = Duration.seconds(settings.expandTimeoutSeconds);
    super(scope, id, { name: "expand-batch", timeout, settings });
    this.addEventSource(
      new SqsEventSource(lane.queue, {
        // A batch takes the run's whole time, and a failed one must not take others with it.
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: AT_ONCE,
      }),
    );
  }
}
