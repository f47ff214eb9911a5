import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { builtPage } from "./page.ts";
import { placeOf } from "./place.ts";
import { type LocalStack, startStack } from "./stack.ts";

/** `npm start`: the whole system on this machine, until Ctrl-C. */

const SAMPLE = "test/fixtures/samples/lisinopril.jpg";

let stack: LocalStack | undefined;
let ending = false;
async function end(signal: string): Promise<void> {
  if (ending) return;
  ending = true;
  console.log(`\n${signal}: stopping. What is unfinished goes on with the next npm start.`);
  await stack?.close();
  process.exit(0);
}
process.on("SIGINT", () => void end("Ctrl-C"));
process.on("SIGTERM", () => void end("SIGTERM"));

try {
  const { port, folder } = placeOf(process.env);
  const began = performance.now();
  const onProgress = (step: string) => console.log(`  ${step} ...`);
  const page = await builtPage(onProgress);
  stack = await startStack({ port, folder, page, onProgress });
  // The token command must look where this system lies.
  const elsewhere = (["PORT", "RXSCAN_DATA"] as const).flatMap((name) =>
    process.env[name] ? `${name}=${process.env[name]} ` : [],
  );
  const token = `${elsewhere.join("")}npm run --silent token`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`
rxscan is ready at ${stack.url} (after ${seconds} s, ${availableParallelism()} readers).

  The tablet page: open ${stack.url} in a browser
  Scan a sample:   RXSCAN_URL=${stack.url} RXSCAN_TOKEN=$(${token}) npm run --silent scan -- ${SAMPLE}
  A token:         ${token}
  Health:          curl ${stack.url}/health
  The API:         ${stack.url}/openapi.json
  Data and logs:   ${resolve(folder)}   (functions.log is what the functions say)

Ctrl-C stops it; jobs, medications and photos are kept.`);
} catch (error) {
  console.error(`rxscan could not start: ${explain(error)}`);
  await stack?.close();
  process.exit(1);
}

function explain(error: unknown): string {
  const { code, message, port } = error as { code?: string; message?: string; port?: number };
  if (code === "EADDRINUSE")
    return `port ${port} is taken. Stop what uses it, or choose another: PORT=3100 npm start`;
  if (/LEVEL_LOCKED|database is locked|lock/i.test(`${code} ${message}`)) {
    return "its data folder is in use by another rxscan. Stop that one, or choose another folder: RXSCAN_DATA=.rxscan2 npm start";
  }
  return message ?? String(error);
}
