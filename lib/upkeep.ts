import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Construct } from "constructs";
import type { SweepEvent } from "../contract/messages.ts";
import { HandlerFunction } from "./handler-function.ts";
import type { Lanes } from "./lanes.ts";
import type { Settings } from "./settings.ts";

/** A few small updates to one record for each of a handful of dead letters. */
export const BURY_TIMEOUT = Duration.seconds(30);
/** Dead letters handed over at once. */
const BURIED_AT_ONCE = 10;
const SWEEP_EVERY = Duration.minutes(1);
/** Ends before the next one starts: what is not done then is still due in the next. */
const SWEEP_TIMEOUT = Duration.seconds(55);

/** Sees to it that every scan and every batch ends: finds what got stuck, and records what could not be read. */
export class Upkeep extends Construct {
  readonly sweep: HandlerFunction;
  readonly bury: HandlerFunction;

  constructor(scope: Construct, id: string, { lanes, settings }: { lanes: Lanes; settings: Settings }) {
    super(scope, id);

    this.sweep = new HandlerFunction(this, "Sweep", { name: "sweep", timeout: SWEEP_TIMEOUT, settings });
    // The next minute is the next attempt.
    this.sweep.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: SWEEP_EVERY });
    const due: SweepEvent = { scope: "due" };
    new Rule(this, "EveryMinute", {
      schedule: Schedule.rate(SWEEP_EVERY),
      targets: [
        new FunctionTarget(this.sweep, {
          event: RuleTargetInput.fromObject(due),
          retryAttempts: 0,
          maxEventAge: SWEEP_EVERY,
        }),
      ],
    });

    this.bury = new HandlerFunction(this, "Bury", { name: "bury", timeout: BURY_TIMEOUT, settings });
    for (const { deadLetters } of Object.values(lanes)) {
      this.bury.addEventSource(
        new SqsEventSource(deadLetters, { batchSize: BURIED_AT_ONCE, reportBatchItemFailures: true }),
      );
    }
  }
}
