import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { Api } from "./api.ts";
import type { BatchExpander } from "./batch-expander.ts";
import type { Lanes } from "./lanes.ts";
import type { ReaderFunction } from "./reader-function.ts";
import type { Settings } from "./settings.ts";
import type { Upkeep } from "./upkeep.ts";

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** A photo normally waits for seconds. After five minutes the readers cannot keep up, or do not run at all. */
const LONGEST_WAIT_SECONDS = 300;
/** A batch may wait for two others to be listed; a sheet may wait for days, behind half a million others. */
const LONGEST_LISTING_WAIT_SECONDS = 1800;
/** Sweeps that fail in a row. One may meet a passing fault: the next makes up for it. */
const FAILED_SWEEPS = 3;
/** /result answers 500 for a scan that failed, as the contract says: a few in five minutes are no outage. */
const SERVER_ERRORS = 10;

interface Watch {
  readonly metric: IMetric;
  /** Alarms when the metric is above this. */
  readonly above: number;
  /** For how many periods in a row; 1 when absent. */
  readonly periods?: number;
  readonly means: string;
}

export interface AlarmsProps {
  readonly api: Api;
  readonly lanes: Lanes;
  readonly pageReader: ReaderFunction;
  readonly expander: BatchExpander;
  readonly sheetReader: ReaderFunction;
  readonly upkeep: Upkeep;
  readonly settings: Settings;
}

/** What an operator must hear of, each with what it means. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { api, lanes, pageReader, expander, sheetReader, upkeep, settings } = props;
    const { scans, batches, sheets } = lanes;
    this.topic = new Topic(this, "Topic", { enforceSSL: true });
    if (settings.alarmEmail) this.topic.addSubscription(new EmailSubscription(settings.alarmEmail));

    const eachMinute = { period: MINUTE, statistic: Stats.SUM };
    const eachFiveMinutes = { period: FIVE_MINUTES, statistic: Stats.SUM };
    const most = { period: MINUTE, statistic: Stats.MAXIMUM };

    this.#watch("DeadLetterArrived", {
      // Bury takes a dead letter away within seconds, mostly before the depth is next sampled.
      metric: scans.deadLetters.metricNumberOfMessagesReceived(eachMinute),
      above: 0,
      means: "A photo could not be read in any attempt; its scan is recorded as failed.",
    });
    this.#watch("DeadLettersLeft", {
      metric: scans.deadLetters.metricApproximateNumberOfMessagesVisible(most),
      above: 0,
      means: "A dead letter waits and is not taken away: bury does not work, or falls behind.",
    });
    this.#watch("OldestPhoto", {
      metric: scans.queue.metricApproximateAgeOfOldestMessage(most),
      above: LONGEST_WAIT_SECONDS,
      means: "A photo has waited for five minutes: readers are down, throttled or too few.",
    });
    this.#watch("ReaderErrors", {
      metric: pageReader.metricErrors(eachFiveMinutes),
      above: 0,
      means: "A reader crashed, ran out of memory or out of time.",
    });
    this.#watch("ReaderThrottles", {
      metric: pageReader.metricThrottles(eachFiveMinutes),
      above: 0,
      means: "Readers are refused: rxscan:readConcurrency is above what the account has left.",
    });
    this.#watch("BatchDeadLetterArrived", {
      metric: batches.deadLetters.metricNumberOfMessagesReceived(eachMinute),
      above: 0,
      means: "A batch could not be listed or counted in any delivery; the sweeper sends for it again.",
    });
    this.#watch("BatchDeadLettersLeft", {
      metric: batches.deadLetters.metricApproximateNumberOfMessagesVisible(most),
      above: 0,
      means: "A dead letter of a batch waits and is not taken away: bury does not work, or falls behind.",
    });
    this.#watch("OldestBatch", {
      metric: batches.queue.metricApproximateAgeOfOldestMessage(most),
      above: LONGEST_LISTING_WAIT_SECONDS,
      means: "A batch has waited half an hour to be listed or counted: expanders are down or throttled.",
    });
    this.#watch("ExpanderErrors", {
      metric: expander.metricErrors(eachFiveMinutes),
      above: 0,
      means: "An expander crashed, ran out of memory or out of time; the batch goes on where it was.",
    });
    this.#watch("SheetDeadLetterArrived", {
      metric: sheets.deadLetters.metricNumberOfMessagesReceived(eachMinute),
      above: 0,
      means: "A sheet could not be read in any delivery; it is recorded as failed.",
    });
    this.#watch("SheetDeadLettersLeft", {
      metric: sheets.deadLetters.metricApproximateNumberOfMessagesVisible(most),
      above: 0,
      means: "A dead letter of a sheet waits and is not taken away: bury does not work, or falls behind.",
    });
    this.#watch("SheetReaderErrors", {
      metric: sheetReader.metricErrors(eachFiveMinutes),
      above: 0,
      means: "A reader of sheets crashed, ran out of memory or out of time.",
    });
    this.#watch("SheetReaderThrottles", {
      metric: sheetReader.metricThrottles(eachFiveMinutes),
      above: 0,
      means: "Readers of sheets are refused: rxscan:sheetConcurrency is above what the account has left.",
    });
    this.#watch("SweepErrors", {
      metric: upkeep.sweep.metricErrors(eachMinute),
      above: 0,
      periods: FAILED_SWEEPS,
      means: "Stuck scans are not being ended: the sweeper fails.",
    });
    this.#watch("BuryErrors", {
      metric: upkeep.bury.metricErrors(eachFiveMinutes),
      above: 0,
      means: "Dead letters are not being recorded: bury fails.",
    });
    this.#watch("ServerErrors", {
      metric: api.http.metricServerError(eachFiveMinutes),
      above: SERVER_ERRORS,
      means: "The API answers with errors of its own, or many scans fail.",
    });
    this.#alarm("SweepStopped", {
      metric: upkeep.sweep.metricInvocations(eachFiveMinutes),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A function that is never called has no figures at all.
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: "Nobody looks for stuck scans: the sweeper's schedule does not run.",
    });
  }

  #watch(id: string, { metric, above, periods = 1, means }: Watch): void {
    this.#alarm(id, {
      metric,
      threshold: above,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: means,
    });
  }

  #alarm(id: string, props: Omit<AlarmProps, "evaluationPeriods"> & { evaluationPeriods?: number }): void {
    const alarm = new Alarm(this, id, { evaluationPeriods: 1, ...props });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
