import { type App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Alarms } from "./alarms.ts";
import { Api } from "./api.ts";
import { BatchExpander } from "./batch-expander.ts";
import { Identity } from "./identity.ts";
import { Lane, type Lanes, LONGEST_RETENTION } from "./lanes.ts";
import { grantEach } from "./permissions.ts";
import { PhotoStore } from "./photo-store.ts";
import { ReaderFunction } from "./reader-function.ts";
import { Records } from "./records.ts";
import type { Settings } from "./settings.ts";
import { BURY_TIMEOUT, Upkeep } from "./upkeep.ts";
import { WebSite } from "./web-site.ts";

/**
 * Deliveries of a sheet's message before it is a dead letter. A sheet counts its attempts itself; the queue also counts
 * deliveries that were refused because every reader was busy, or put off because another one had the sheet.
 */
const SHEET_DELIVERIES = 10;

/**
 * The road of a scan: signed in, booked, uploaded, queued, read, recorded, and looked after until it has ended. A batch
 * takes the same road, with one stage more between uploading and reading: its sheets are listed.
 */
export class RxscanStack extends Stack {
  constructor(scope: App, id: string, { settings }: { settings: Settings }) {
    super(scope, id, { description: "rxscan: photographed prescription labels into medications" });

    const identity = new Identity(this, "Identity", { settings });
    const api = new Api(this, "Api", { identity, settings });
    const photos = new PhotoStore(this, "PhotoStore", { settings });
    const readTimeout = Duration.seconds(settings.readTimeoutSeconds);
    const lanes: Lanes = {
      scans: new Lane(this, "Scans", {
        variable: "SCANS_QUEUE_URL",
        timeout: readTimeout,
        buryTimeout: BURY_TIMEOUT,
        attempts: settings.readAttempts,
      }),
      batches: new Lane(this, "Batches", {
        variable: "BATCHES_QUEUE_URL",
        timeout: Duration.seconds(settings.expandTimeoutSeconds),
        buryTimeout: BURY_TIMEOUT,
        attempts: settings.readAttempts,
      }),
      sheets: new Lane(this, "Sheets", {
        variable: "SHEETS_QUEUE_URL",
        timeout: readTimeout,
        buryTimeout: BURY_TIMEOUT,
        attempts: SHEET_DELIVERIES,
        // Half a million sheets are days of reading: none of them may be forgotten meanwhile.
        retention: LONGEST_RETENTION,
      }),
    };
    photos.announceTo(lanes);
    const pageReader = new ReaderFunction(this, "ReadPage", {
      name: "read-page",
      lane: lanes.scans,
      concurrency: settings.readConcurrency,
      settings,
    });
    const expander = new BatchExpander(this, "ExpandBatch", { lane: lanes.batches, settings });
    const sheetReader = new ReaderFunction(this, "ReadSheet", {
      name: "read-sheet",
      lane: lanes.sheets,
      concurrency: settings.sheetConcurrency,
      settings,
    });
    const records = new Records(this, "Records", { settings });
    const upkeep = new Upkeep(this, "Upkeep", { lanes, settings });
    const page = new WebSite(this, "WebSite", { api: api.http, identity, photos });
    const workers = { pageReader, expander, sheetReader };
    const alarms = new Alarms(this, "Alarms", { api, lanes, ...workers, upkeep, settings });

    const functions = {
      ...api.handlers,
      "read-page": pageReader,
      "expand-batch": expander,
      "read-sheet": sheetReader,
      sweep: upkeep.sweep,
      bury: upkeep.bury,
    };
    grantEach(functions, { photos, lanes, records, settings });

    // What an operator and the tablet page need to know: see docs/deploying.md.
    new CfnOutput(this, "PageUrl", { value: page.origin });
    new CfnOutput(this, "PageBucket", { value: page.bucket.bucketName });
    new CfnOutput(this, "ApiUrl", { value: api.http.apiEndpoint });
    new CfnOutput(this, "Directory", { value: identity.pool.userPoolId });
    new CfnOutput(this, "TabletClient", { value: identity.client.userPoolClientId });
    new CfnOutput(this, "Issuer", { value: identity.issuer });
    new CfnOutput(this, "SignInPage", { value: identity.signInPage.baseUrl() });
    new CfnOutput(this, "PhotoBucket", { value: photos.bucket.bucketName });
    new CfnOutput(this, "AlarmTopic", { value: alarms.topic.topicArn });
  }
}
