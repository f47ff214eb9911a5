import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { constants, setPriority } from "node:os";

/**
 * Functions as Lambda runs them: each in processes of its own with its own environment, one invocation at a time in a
 * process, killed at the function's timeout or when they do not answer.
 */

export type FunctionOptions = {
  name: string;
  /** Absolute path of the handler's module. */
  entry: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMegabytes: number;
  /** The most processes at once; further invocations wait for one. */
  concurrency: number;
  /** Whether every other process goes first. */
  background?: boolean;
};

/** What the function's process says. */
export type HostMessage =
  | { kind: "ready" }
  | { kind: "answer"; id: string; result: unknown }
  | { kind: "error"; id: string; name: string; message: string };
export type HostRequest = {
  id: string;
  event: unknown;
  context: { functionName: string; memoryLimitInMB: string; deadlineMs: number };
};

/** The function threw, or its process died or was killed: what Lambda calls a function error. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** A cold start may take this long before it counts as broken. Lambda gives 10 s, on a machine that does little else. */
const START_TIMEOUT_MS = 60_000;

/** Of what a process said before it ended too early: an error and its stack. */
const LINES_TO_SHOW = 15;

type Instance = { child: ChildProcess; ready: Promise<void>; busy: boolean };

export class LocalFunction {
  readonly options: FunctionOptions;
  readonly #log: (line: string) => void;
  readonly #instances = new Set<Instance>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: FunctionOptions, log: (line: string) => void) {
    this.options = options;
    this.#log = log;
  }

  /** Starts a process ahead of the first invocation and waits until its module is loaded. */
  async warm(): Promise<void> {
    await this.#start().ready;
  }

  /** The processes that run it, for tests that kill one. */
  get processIds(): number[] {
    return [...this.#instances].flatMap(({ child }) => child.pid ?? []);
  }

  /** @throws FunctionError */
  async invoke(event: unknown): Promise<unknown> {
    const instance = await this.#free();
    try {
      await instance.ready;
      return await this.#run(instance, event);
    } finally {
      instance.busy = false;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#instances].map((instance) => this.#kill(instance)));
  }

  async #free(): Promise<Instance> {
    for (;;) {
      if (this.#closed) throw new FunctionError(`${this.options.name} is stopped`);
      const idle = [...this.#instances].find(({ busy }) => !busy);
      if (idle) {
        idle.busy = true;
        return idle;
      }
      if (this.#instances.size < this.options.concurrency) {
        const started = this.#start();
        started.busy = true;
        return started;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): Instance {
    const { entry, environment, memoryMegabytes, background } = this.options;
    const child = fork(new URL("./function-host.ts", import.meta.url), [entry], {
      // Nothing of this process's environment but what finding files and binaries takes.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      execArgv: [`--max-old-space-size=${memoryMegabytes}`],
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    // Before it starts threads of its own, which inherit it.
    if (background && child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const lastLines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          this.#log(line);
          lastLines.push(line);
        }
        lastLines.splice(0, lastLines.length - LINES_TO_SHOW);
      });
    }
    const ready = new Promise<void>((resolve, reject) => {
      let ending = "ended while starting";
      const timer = setTimeout(() => {
        ending = `did not start within ${START_TIMEOUT_MS} ms`;
        child.kill("SIGKILL");
      }, START_TIMEOUT_MS);
      child.on("message", (message: HostMessage) => {
        if (message.kind !== "ready") return;
        clearTimeout(timer);
        resolve();
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        this.#instances.delete(instance);
        this.#waiting.shift()?.();
        const said = lastLines.join("\n");
        reject(new FunctionError(`${this.options.name} ${ending} (${signal ?? code})\n${said}`));
      });
    });
    // Whoever invokes hears of it; nobody else need.
    ready.catch(() => undefined);
    const instance: Instance = { child, ready, busy: false };
    this.#instances.add(instance);
    return instance;
  }

  #run({ child }: Instance, event: unknown): Promise<unknown> {
    const { name, timeoutMs, memoryMegabytes } = this.options;
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        child.off("message", onMessage);
        child.off("exit", onExit);
      };
      const onMessage = (message: HostMessage) => {
        if (message.kind === "ready" || message.id !== id) return;
        done();
        if (message.kind === "answer") resolve(message.result);
        else reject(new FunctionError(`${name}: ${message.name}: ${message.message}`));
      };
      let ending = "ended";
      const onExit = (code: number | null, signal: string | null) => {
        done();
        reject(new FunctionError(`${name} ${ending} (${signal ?? code})`));
      };
      // Over only once the process is gone: the next invocation must not be given a dying one.
      const timer = setTimeout(() => {
        ending = `timed out after ${timeoutMs} ms`;
        child.off("message", onMessage);
        child.kill("SIGKILL");
      }, timeoutMs);
      child.on("message", onMessage);
      child.once("exit", onExit);
      const context = {
        functionName: name,
        memoryLimitInMB: String(memoryMegabytes),
        deadlineMs: Date.now() + timeoutMs,
      };
      child.send({ id, event, context } satisfies HostRequest, (error) => {
        if (!error) return;
        done();
        reject(new FunctionError(`${name}: ${error.message}`));
      });
    });
  }

  async #kill({ child }: Instance): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = EventEmitter.once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
