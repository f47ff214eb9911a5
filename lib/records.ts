import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Variable } from "../contract/environment.ts";
import { batchTable, jobTable, medicationTable, sheetResultTable, sheetTable } from "../contract/tables.ts";
import { allow, give } from "./function-parts.ts";
import type { Settings } from "./settings.ts";

type ItemAction = "GetItem" | "BatchGetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query";

const text = (name: string) => ({ name, type: AttributeType.STRING });
const number = (name: string) => ({ name, type: AttributeType.NUMBER });

/** An index that both jobs and batches have: who is unfinished, by when they are due. */
const unfinishedIndex = {
  indexName: jobTable.unfinishedIndex.name,
  partitionKey: text(jobTable.unfinishedIndex.partitionKey),
  sortKey: number(jobTable.unfinishedIndex.sortKey),
  projectionType: ProjectionType.KEYS_ONLY,
};

/** What is known: how each scan, batch and sheet stands, and what came of them. */
export class Records extends Construct {
  readonly jobs: Table;
  readonly medications: Table;
  readonly batches: Table;
  readonly sheets: Table;
  readonly sheetResults: Table;

  constructor(scope: Construct, id: string, { settings }: { settings: Settings }) {
    super(scope, id);
    const kept = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.keepData,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
    this.jobs = new Table(this, "Jobs", {
      ...kept,
      partitionKey: text(jobTable.partitionKey),
      timeToLiveAttribute: jobTable.timeToLive,
    });
    this.jobs.addGlobalSecondaryIndex(unfinishedIndex);

    this.medications = new Table(this, "Medications", {
      ...kept,
      partitionKey: text(medicationTable.partitionKey),
      sortKey: text(medicationTable.sortKey),
    });

    this.batches = new Table(this, "Batches", {
      ...kept,
      partitionKey: text(batchTable.partitionKey),
      sortKey: text(batchTable.sortKey),
      timeToLiveAttribute: batchTable.timeToLive,
    });
    this.batches.addGlobalSecondaryIndex(unfinishedIndex);
    this.batches.addGlobalSecondaryIndex({
      indexName: batchTable.ownerIndex.name,
      partitionKey: text(batchTable.ownerIndex.partitionKey),
      sortKey: number(batchTable.ownerIndex.sortKey),
    });

    const { contentIndex, filterIndex, taskIndex } = sheetTable;
    this.sheets = new Table(this, "Sheets", {
      ...kept,
      partitionKey: text(sheetTable.partitionKey),
      sortKey: number(sheetTable.sortKey),
      timeToLiveAttribute: sheetTable.timeToLive,
    });
    this.sheets.addLocalSecondaryIndex({
      indexName: contentIndex.name,
      sortKey: text(contentIndex.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.sheets.addGlobalSecondaryIndex({
      indexName: filterIndex.name,
      partitionKey: text(filterIndex.partitionKey),
      sortKey: number(filterIndex.sortKey),
    });
    this.sheets.addGlobalSecondaryIndex({
      indexName: taskIndex.name,
      partitionKey: text(taskIndex.partitionKey),
      sortKey: text(taskIndex.sortKey),
    });

    this.sheetResults = new Table(this, "SheetResults", {
      ...kept,
      partitionKey: text(sheetResultTable.partitionKey),
      sortKey: number(sheetResultTable.sortKey),
      timeToLiveAttribute: sheetResultTable.timeToLive,
    });
  }

  /** The job table's name, and these actions on its items. */
  giveJobs(deployed: LambdaFunction, ...actions: readonly Exclude<ItemAction, "Query">[]): void {
    giveTable(deployed, "JOB_TABLE", this.jobs, actions);
  }

  giveMedications(deployed: LambdaFunction, ...actions: readonly ItemAction[]): void {
    giveTable(deployed, "MEDICATION_TABLE", this.medications, actions);
  }

  giveBatches(deployed: LambdaFunction, ...actions: readonly Exclude<ItemAction, "Query">[]): void {
    giveTable(deployed, "BATCH_TABLE", this.batches, actions);
  }

  giveSheets(deployed: LambdaFunction, ...actions: readonly ItemAction[]): void {
    giveTable(deployed, "SHEET_TABLE", this.sheets, actions);
  }

  giveSheetResults(deployed: LambdaFunction, ...actions: readonly ItemAction[]): void {
    giveTable(deployed, "SHEET_RESULT_TABLE", this.sheetResults, actions);
  }

  allowFinding(deployed: LambdaFunction, what: "jobs" | "batches" | "sheets", by: { name: string }): void {
    allow(deployed, ["dynamodb:Query"], [`${this[what].tableArn}/index/${by.name}`]);
  }
}

function giveTable(
  deployed: LambdaFunction,
  variable: Variable,
  table: Table,
  actions: readonly ItemAction[],
): void {
  give(deployed, variable, table.tableName);
  allow(
    deployed,
    actions.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
}
