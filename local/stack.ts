import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { errorFields } from "../lambdas/logging.ts";
import type { Settings } from "../lib/settings.ts";
import { synthesize } from "../lib/synthesize.ts";
import { LocalFunction } from "./functions.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Identity, openIdentity } from "./identity.ts";
import { pageServer } from "./page.ts";
import { startPollers } from "./queues.ts";
import { REGION, startServices } from "./services.ts";
import { signInServer } from "./sign-in.ts";
import { environmentOf, type Wiring, wiringOf } from "./template.ts";

/** The whole system on one machine, wired from the synthesized template. */
export type LocalStack = {
  /** Where the API answers. */
  url: string;
  s3Url: string;
  identity: Identity;
  /** A bearer token for the person. */
  token(sub: string, seconds?: number): Promise<string>;
  /** Invokes a function by its folder's name. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Puts a message on the queue that feeds the named function. */
  send(functionName: string, body: string): void;
  /** The processes that run a function. */
  processIds(name: string): number[];
  close(): Promise<void>;
};

export type LocalStackOptions = {
  /** 0 for any free one. */
  port: number;
  /** Where everything is kept. */
  folder: string;
  settings?: Partial<Settings>;
  /** Told of each step while starting. */
  onProgress?: (step: string) => void;
  /** S3's clock, for tests of expiry. */
  s3Now?: () => Date;
  /** The folder of the built page, to be served with its sign-in; needs a port that is not 0. */
  page?: string;
  /** Processes that read photos; one per core unless said. */
  readers?: number;
  /** Whether sheets of batches are read when nothing else wants the processor; true unless said. */
  sheetsGiveWay?: boolean;
};

/** On AWS these have machines of their own. Here the person with a tablet comes first. */
const inBackground = new Set(["read-sheet"]);

/** API functions answer in milliseconds: a second process is for the moment one is busy. */
const API_PROCESSES = 2;

export async function startStack(options: LocalStackOptions): Promise<LocalStack> {
  const { port, folder, onProgress = () => undefined } = options;
  const cleanups: (() => unknown)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    return await start(options, resolve(folder), port, onProgress, cleanups, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  { settings, s3Now, page, readers = availableParallelism(), sheetsGiveWay = true }: LocalStackOptions,
  folder: string,
  port: number,
  onProgress: (step: string) => void,
  cleanups: (() => unknown)[],
  close: () => Promise<void>,
): Promise<LocalStack> {
  await mkdir(folder, { recursive: true });
  const log = createWriteStream(join(folder, "functions.log"), { flags: "a" });
  cleanups.push(() => new Promise((done) => log.end(done)));

  onProgress("reading the template");
  const webOrigins = port === 0 ? {} : { webOrigins: [`http://localhost:${port}`] };
  const wiring = wiringOf(synthesize({ ...webOrigins, ...settings }));
  const identity = await openIdentity(folder, issuerOf(port));

  onProgress("starting the tables, the queues and the bucket");
  const services = await startServices(wiring, {
    folder,
    s3Port: port === 0 ? 0 : port + 1,
    onError: (error) =>
      log.write(`${JSON.stringify({ level: "ERROR", message: "photo_store", ...errorFields(error) })}\n`),
    ...(s3Now ? { s3Now } : {}),
  });
  cleanups.push(() => services.close());
  const { physical, queues, credentials } = services;

  const functions = new Map(
    wiring.functions.map((one) => {
      const entry = resolve(import.meta.dirname, "..", one.entry);
      const environment = { ...environmentOf(one, physical), ...services.environment };
      const concurrency = one.container ? readers : API_PROCESSES;
      const { name, timeoutSeconds, memoryMegabytes } = one;
      const timeoutMs = timeoutSeconds * 1000;
      const made = new LocalFunction(
        {
          name,
          entry,
          environment,
          timeoutMs,
          memoryMegabytes,
          concurrency,
          background: sheetsGiveWay && inBackground.has(name),
        },
        (line) => log.write(`${line}\n`),
      );
      cleanups.push(() => made.close());
      return [one.id, made];
    }),
  );
  const byId = (id: string): LocalFunction => {
    const found = functions.get(id);
    if (!found) throw new Error(`the template names a function ${id} that is not there`);
    return found;
  };
  const byName = (name: string): LocalFunction => {
    const found = [...functions.values()].find(({ options }) => options.name === name);
    if (!found) throw new Error(`there is no function ${name}`);
    return found;
  };

  onProgress("starting the functions");
  await Promise.all([...functions.values()].map((one) => one.warm()));

  for (const source of wiring.eventSources) {
    const { concurrency } = byId(source.functionId).options;
    const pollers = startPollers(source, {
      queueUrl: physical.get(source.queueId) ?? "",
      endpoint: queues.url,
      region: REGION,
      credentials,
      concurrency: Math.min(concurrency, source.maximumConcurrency ?? concurrency),
      invoke: (event) => byId(source.functionId).invoke(event),
    });
    cleanups.push(() => pollers.stop());
  }
  cleanups.push(startSchedules(wiring, (id, input) => byId(id).invoke(input)));

  onProgress("taking up unfinished work");
  // The queues are empty and no worker of before is alive: whatever is unfinished is sent for again.
  await byName("sweep").invoke({ scope: "all" });

  const gateway: Gateway = await startGateway(wiring, {
    port,
    identity,
    invoke: (id, event) => byId(id).invoke(event),
    also: page === undefined ? [] : await tablet(page, identity, services.s3Url),
  });
  cleanups.push(() => gateway.close());

  return {
    url: gateway.url,
    s3Url: services.s3Url,
    identity,
    token: identity.token,
    invoke: (name, event) => byName(name).invoke(event),
    send(functionName, body) {
      const target = wiring.eventSources.find(({ functionId }) => byId(functionId) === byName(functionName));
      if (!target) throw new Error(`no queue feeds ${functionName}`);
      queues.send(target.queueId, body);
    },
    processIds: (name) => byName(name).processIds,
    close,
  };
}

/** The tablet page and its sign-in, at the issuer's own address. */
async function tablet(page: string, identity: Identity, photoStore: string) {
  const { issuer, audience } = identity;
  const config = { issuer, sign_in: issuer, client_id: audience };
  return [
    signInServer(identity, `${issuer}/`),
    await pageServer(page, config, { photoStore, signIn: issuer }),
  ];
}

/** The issuer's name must be the same for `npm run token` and across restarts. */
export const issuerOf = (port: number): string => `http://localhost:${port}`;

/** Runs each schedule; a run that takes longer than its period is not run twice at once. */
function startSchedules(
  { schedules }: Wiring,
  invoke: (id: string, input: unknown) => Promise<unknown>,
): () => void {
  const timers = schedules.map(({ functionId, everySeconds, input }) => {
    let running = false;
    return setInterval(async () => {
      if (running) return;
      running = true;
      // The function has logged what went wrong, and the next run comes soon.
      await invoke(functionId, input).catch(() => undefined);
      running = false;
    }, everySeconds * 1000);
  });
  return () => timers.forEach(clearInterval);
}
