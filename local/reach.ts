import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoConnection, type Service } from "../client/transport.ts";
import { healthReport } from "../contract/upkeep.ts";
import { isIssuer, openIdentity } from "./identity.ts";
import { placeOf } from "./place.ts";
import { issuerOf, startStack } from "./stack.ts";

/** Which system a command speaks to. */

export type Reached = Service & { end(): Promise<void> };

/** A command without a token for the system it is to speak to. */
export class NoToken extends Error {
  override readonly name = "NoToken";
}

/** The system at RXSCAN_URL, when that is set. @throws NoToken */
export function givenService({ RXSCAN_URL: url, RXSCAN_TOKEN: token }: NodeJS.ProcessEnv): Reached | null {
  if (url === undefined) return null;
  if (token) return { url, token, end: async () => undefined };
  throw new NoToken(
    "RXSCAN_URL is set and RXSCAN_TOKEN is not: RXSCAN_TOKEN=$(npm run --silent token) for a local system.",
  );
}

/** A port that nobody listens on refuses at once; a busy machine may take its time. */
const HEALTH_MS = 15_000;
/** Tokens are made anew well before they expire. */
const TOKEN_MS = 10 * 60_000;

/** The system that `npm start` runs with the same PORT and RXSCAN_DATA; null when none is running. @throws NoToken */
export async function runningService(sub: string): Promise<Reached | null> {
  const { port, folder } = placeOf(process.env);
  const url = issuerOf(port);
  if (!(await isRunning(url))) return null;
  if (!(await isIssuer(folder))) {
    throw new NoToken(
      `${url} answers, and its data are not in ${folder}: set RXSCAN_DATA as for npm start, or RXSCAN_URL and RXSCAN_TOKEN.`,
    );
  }
  const identity = await openIdentity(folder, url);
  let made = { at: 0, token: Promise.resolve("") };
  const token = () => {
    if (Date.now() - made.at > TOKEN_MS) made = { at: Date.now(), token: identity.token(sub) };
    return made.token;
  };
  return { url, token, end: async () => undefined };
}

/** Whether rxscan answers there. @throws when something is there and does not answer */
async function isRunning(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/health", url), { signal: AbortSignal.timeout(HEALTH_MS) });
    return healthReport.safeParse(await response.json().catch(() => null)).success;
  } catch (error) {
    if (error instanceof Error && (error.cause as NodeJS.ErrnoException)?.code === "ECONNREFUSED")
      return false;
    throw new NoConnection(`${url} does not answer`);
  }
}

/** A whole system on free ports in a temporary folder, gone with the command. */
export async function ownStack(sub: string): Promise<Reached> {
  const folder = await mkdtemp(join(tmpdir(), "rxscan-"));
  console.error("starting a system of its own ...");
  const stack = await startStack({ port: 0, folder });
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= stack.close().then(() => rm(folder, { recursive: true, force: true }));
    return ended;
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void end().finally(() => process.exit(130)));
  }
  return { url: stack.url, token: () => stack.token(sub), end };
}
