import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { jobTable, medicationTable } from "../contract/tables.ts";
import { allow, give } from "./function-parts.ts";
import type { Settings } from "./settings.ts";

const { unfinishedIndex } = jobTable;

type ItemAction = "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query";

/** What is known: how each scan stands, and the medications that came of them. */
export class Records extends Construct {
  readonly jobs: Table;
  readonly medications: Table;

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
      partitionKey: { name: jobTable.partitionKey, type: AttributeType.STRING },
      timeToLiveAttribute: jobTable.timeToLive,
    });
    this.jobs.addGlobalSecondaryIndex({
      indexName: unfinishedIndex.name,
      partitionKey: { name: unfinishedIndex.partitionKey, type: AttributeType.STRING },
      sortKey: { name: unfinishedIndex.sortKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.medications = new Table(this, "Medications", {
      ...kept,
      partitionKey: { name: medicationTable.partitionKey, type: AttributeType.STRING },
      sortKey: { name: medicationTable.sortKey, type: AttributeType.STRING },
    });
  }

  /** The job table's name, and these actions on its items. */
  giveJobs(deployed: LambdaFunction, ...actions: readonly Exclude<ItemAction, "Query">[]): void {
    give(deployed, "JOB_TABLE", this.jobs.tableName);
    allow(deployed, actions.map(dynamodb), [this.jobs.tableArn]);
  }

  allowFindingUnfinished(deployed: LambdaFunction): void {
    allow(deployed, ["dynamodb:Query"], [`${this.jobs.tableArn}/index/${unfinishedIndex.name}`]);
  }

  /** The medication table's name, and these actions on its items. */
  giveMedications(deployed: LambdaFunction, ...actions: readonly ItemAction[]): void {
    give(deployed, "MEDICATION_TABLE", this.medications.tableName);
    allow(deployed, actions.map(dynamodb), [this.medications.tableArn]);
  }
}

const dynamodb = (action: ItemAction): string => `dynamodb:${action}`;
