import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";

/** What `buildah inspect` says of how an image is to be run. */
export const imageConfig = z.object({
  OCIv1: z.object({
    config: z.object({
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
    }),
  }),
});
export type ImageConfig = z.infer<typeof imageConfig>["OCIv1"]["config"];

export type Container = {
  /** `performance.now()` when the image's own entry point began. */
  began: Promise<number>;
  /** Rejects when the container ends before it is stopped. */
  ended: Promise<never>;
  /** What it wrote to its standard output and error. */
  lines: readonly string[];
  /** The function's process, as this machine numbers it. */
  pid(): number;
  /** A file of /proc about that process. */
  proc(file: string): string;
  stop(): Promise<void>;
};

type ContainerOptions = {
  /** Where the image's file system is mounted. */
  root: string;
  config: ImageConfig;
  /** Set besides the image's own. */
  environment: Record<string, string>;
  /** The passage's folder. */
  folder: string;
};

/** Runs an image's entry point with its root read-only, as nobody in particular, without a network. */
export function startContainer({ root, config, environment, folder }: ContainerOptions): Container {
  const here = import.meta.dirname;
  const inNamespaces = ["--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child=SIGKILL"];
  const entering = [join(here, "enter.sh"), root, folder, process.execPath, here, config.WorkingDir];
  const child = spawn(
    "/usr/bin/unshare",
    [...inNamespaces, "--", ...entering, ...config.Entrypoint, ...config.Cmd],
    {
      env: { ...Object.fromEntries(config.Env.map(nameAndValue)), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const lines: string[] = [];
  const began = Promise.withResolvers<number>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      if (line === "@entering") began.resolve(performance.now());
      else lines.push(line);
    });
  }
  let stopping = false;
  const ended = Promise.withResolvers<never>();
  // Whoever waits for an answer hears of it; while nobody does, it is no fault.
  ended.promise.catch(() => undefined);
  began.promise.catch(() => undefined);
  child.once("exit", (code, signal) => {
    if (stopping) return;
    const error = new Error(`the container ended (${signal ?? code}):\n${lines.slice(-30).join("\n")}`);
    ended.reject(error);
    began.reject(error);
  });
  const pid = () => firstChildOf(child);
  return {
    began: began.promise,
    ended: ended.promise,
    lines,
    pid,
    proc: (file) => readFileSync(`/proc/${pid()}/${file}`, "utf8"),
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function nameAndValue(setting: string): [string, string] {
  const equals = setting.indexOf("=");
  return [setting.slice(0, equals), setting.slice(equals + 1)];
}

/** unshare forks once, and what it forks becomes one program after the other without a further fork. */
function firstChildOf({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  const [first] = children.split(" ");
  if (!first) throw new Error("the container has no process");
  return Number(first);
}

/** What Lambda itself tells a function in its container. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const lambdaEnvironment = (
  { name, memoryMegabytes }: { name: string; memoryMegabytes: number },
  runtimeApiPort: number,
): Record<string, string> => ({
  AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${runtimeApiPort}`,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: name,
  AWS_LAMBDA_LOG_STREAM_NAME: "image-check",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  TZ: ":UTC",
});
