import { type App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Alarms } from "./alarms.ts";
import { Api } from "./api.ts";
import { Identity } from "./identity.ts";
import { Lane } from "./lanes.ts";
import { grantEach } from "./permissions.ts";
import { PhotoStore } from "./photo-store.ts";
import { ReaderFunction } from "./reader-function.ts";
import { Records } from "./records.ts";
import type { Settings } from "./settings.ts";
import { BURY_TIMEOUT, Upkeep } from "./upkeep.ts";
import { WebSite } from "./web-site.ts";

/** The road of a scan: signed in, booked, uploaded, queued, read, recorded, and looked after until it has ended. */
export class RxscanStack extends Stack {
  constructor(scope: App, id: string, { settings }: { settings: Settings }) {
    super(scope, id, { description: "rxscan: photographed prescription labels into medications" });

    const identity = new Identity(this, "Identity", { settings });
    const api = new Api(this, "Api", { identity, settings });
    const photos = new PhotoStore(this, "PhotoStore", { settings });
    const scans = new Lane(this, "Scans", {
      readTimeout: Duration.seconds(settings.readTimeoutSeconds),
      buryTimeout: BURY_TIMEOUT,
      attempts: settings.readAttempts,
    });
    photos.announceTo(scans);
    const reader = new ReaderFunction(this, "ReadPage", { lane: scans, settings });
    const records = new Records(this, "Records", { settings });
    const upkeep = new Upkeep(this, "Upkeep", { lane: scans, settings });
    const page = new WebSite(this, "WebSite", { api: api.http, identity, photos });
    const alarms = new Alarms(this, "Alarms", { api, lane: scans, reader, upkeep, settings });

    const functions = { ...api.handlers, "read-page": reader, sweep: upkeep.sweep, bury: upkeep.bury };
    grantEach(functions, { photos, lane: scans, records, settings });

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
