import { startS3 } from "../../../local/s3/server.ts";
import { BUCKET, CREDENTIALS, REGION } from "./harness.ts";

/** A server in a process of its own, so that it can be killed and its memory measured: node serve.ts FOLDER. */
const server = await startS3({
  folder: process.argv[2] ?? "",
  port: 0,
  region: REGION,
  credentials: CREDENTIALS,
  buckets: [{ name: BUCKET }],
  notify: async () => undefined,
});
/** In KiB, the most this process ever had in memory. */
process.on("message", () => process.send?.({ peakKiB: process.resourceUsage().maxRSS }));
process.send?.({ url: server.url });
