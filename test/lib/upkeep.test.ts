import { describe, expect, it } from "vitest";
import { sweepEvent } from "../../contract/messages.ts";
import { functionNamed, only, resourcesOf, words } from "./template.ts";

describe("the sweeper", () => {
  const rule = only(
    resourcesOf<{ ScheduleExpression: string; Targets: { Arn: unknown; Input: string }[] }>(
      "AWS::Events::Rule",
    ),
  ).properties;

  it("looks for due jobs every minute", () => {
    expect(rule.ScheduleExpression).toBe("rate(1 minute)");
    const target = only(rule.Targets);
    expect(target.Arn).toEqual({ "Fn::GetAtt": [functionNamed("sweep").id, "Arn"] });
    expect(sweepEvent.parse(JSON.parse(target.Input))).toEqual({ scope: "due" });
  });

  it("ends before the next one starts", () => {
    expect(functionNamed("sweep").properties.Timeout).toBeLessThan(60);
  });
});

describe("the alarms", () => {
  type AlarmProperties = {
    Namespace: string;
    MetricName: string;
    Dimensions: { Value: unknown }[];
    Threshold: number;
    ComparisonOperator: string;
    AlarmActions: unknown[];
    AlarmDescription: string;
    TreatMissingData: string;
  };
  const alarms = resourcesOf<AlarmProperties>("AWS::CloudWatch::Alarm");

  it("watch what an operator must hear of", () => {
    const watched = alarms.map(
      ({ properties }) => `${properties.MetricName} ${words(properties.Dimensions[0]?.Value)}`,
    );
    expect(watched.sort()).toEqual([
      "5xx {ApiHttp}",
      "ApproximateAgeOfOldestMessage {BatchesQueue}",
      "ApproximateAgeOfOldestMessage {ScansQueue}",
      "ApproximateNumberOfMessagesVisible {BatchesDeadLetters}",
      "ApproximateNumberOfMessagesVisible {ScansDeadLetters}",
      "ApproximateNumberOfMessagesVisible {SheetsDeadLetters}",
      "Errors {ExpandBatch}",
      "Errors {ReadPage}",
      "Errors {ReadSheet}",
      "Errors {UpkeepBury}",
      "Errors {UpkeepSweep}",
      "Invocations {UpkeepSweep}",
      "NumberOfMessagesReceived {BatchesDeadLetters}",
      "NumberOfMessagesReceived {ScansDeadLetters}",
      "NumberOfMessagesReceived {SheetsDeadLetters}",
      "Throttles {ReadPage}",
      "Throttles {ReadSheet}",
    ]);
  });

  it("each say what they mean and tell the topic", () => {
    for (const { id, properties } of alarms) {
      expect(properties.AlarmDescription.length, id).toBeGreaterThan(20);
      expect(properties.AlarmActions.map(words), id).toEqual(["{AlarmsTopic}"]);
    }
  });

  it("take a sweeper without any figures for one that has stopped, and silence elsewhere for peace", () => {
    const breaching = alarms.filter(({ properties }) => properties.TreatMissingData === "breaching");
    expect(only(breaching).properties.MetricName).toBe("Invocations");
    expect(alarms.filter(({ properties }) => properties.TreatMissingData === "notBreaching")).toHaveLength(
      alarms.length - 1,
    );
  });
});
