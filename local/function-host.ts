import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { Context, Handler } from "aws-lambda";
import type { HostMessage, HostRequest } from "./functions.ts";

/** The process a local function runs in: loads its module, then answers one invocation after the other. */

// With its parent gone, killed or not, there is nobody left to answer.
process.on("disconnect", () => process.exit());
// Ctrl-C reaches the whole process group; the parent decides when its functions end.
process.on("SIGINT", () => undefined);

const say = (message: HostMessage): void => {
  process.send?.(message);
};

const entry = process.argv[2];
if (!entry) throw new Error("usage: function-host ENTRY");
const { handler } = (await import(pathToFileURL(entry).href)) as { handler: Handler };

process.on("message", async ({ id, event, context }: HostRequest) => {
  try {
    const result: unknown = await handler(event, contextOf(context), () => undefined);
    say({ kind: "answer", id, result });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: "" };
    say({ kind: "error", id, name, message });
  }
});
say({ kind: "ready" });

function contextOf({ functionName, memoryLimitInMB, deadlineMs }: HostRequest["context"]): Context {
  const unused = () => undefined;
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB,
    awsRequestId: randomUUID(),
    logGroupName: functionName,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    done: unused,
    fail: unused,
    succeed: unused,
  };
}
