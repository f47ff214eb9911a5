import { startBatchApi } from "../test/support/batch-api.ts";

/** The handlers of an upload and the local S3 in a process of their own; records are in memory. */
const api = await startBatchApi();
process.send?.({ service: api.service, s3: api.s3.url });
process.on("disconnect", () => void api.close().then(() => process.exit(0)));
