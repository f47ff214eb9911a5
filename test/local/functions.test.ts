import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type FunctionOptions, LocalFunction } from "../../local/functions.ts";

/** Does what its event says. */
const HANDLER = `
let invocations = 0;
let running = 0;
console.log("loaded");
export async function handler(event, context) {
  running += 1;
  invocations += 1;
  if (event.do === "hang") await new Promise(() => setInterval(() => undefined, 1000));
  if (event.do === "spin") for (;;);
  if (event.do === "exit") process.exit(3);
  if (event.do === "throw") throw new TypeError("out of luck");
  if (event.do === "wait") await new Promise((resolve) => setTimeout(resolve, event.ms));
  const answer = { invocations, running, pid: process.pid, environment: Object.keys(process.env).sort(), greeting: process.env.GREETING,
    name: context.functionName, remaining: context.getRemainingTimeInMillis(), request: context.awsRequestId };
  running -= 1;
  return answer;
}
`;
type Answer = {
  invocations: number;
  running: number;
  pid: number;
  environment: string[];
  greeting: string;
  name: string;
  remaining: number;
  request: string;
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "functions-"));
  await writeFile(join(folder, "handler.mjs"), HANDLER);
  await writeFile(join(folder, "broken.mjs"), "throw new Error('cannot be loaded');");
});
afterAll(() => rm(folder, { recursive: true }));

const opened: LocalFunction[] = [];
const lines: string[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  lines.length = 0;
});
function open(more: Partial<FunctionOptions> = {}) {
  const made = new LocalFunction(
    {
      name: "under-test",
      entry: join(folder, "handler.mjs"),
      environment: { GREETING: "hello" },
      timeoutMs: 10_000,
      memoryMegabytes: 128,
      concurrency: 1,
      ...more,
    },
    (line) => lines.push(line),
  );
  opened.push(made);
  return { made, ask: async (event: object) => (await made.invoke(event)) as Answer };
}
const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a local function", () => {
  it("answers with its own environment and nobody else's, in a context as Lambda makes it", async () => {
    vi.stubEnv("SECRET_OF_THIS_PROCESS", "1");
    const answer = await open().ask({});
    expect(answer).toMatchObject({ greeting: "hello", name: "under-test" });
    expect(answer.environment).not.toContain("SECRET_OF_THIS_PROCESS");
    expect(answer.remaining).toBeGreaterThan(9_000);
    expect(answer.remaining).toBeLessThanOrEqual(10_000);
    expect(answer.request).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines).toEqual(["loaded"]);
  });

  it("lets every other process go first when it runs in the background", async () => {
    const background = await open({ background: true }).ask({});
    const foreground = await open().ask({});
    expect(getPriority(background.pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
    expect(getPriority(foreground.pid)).toBe(getPriority());
  });

  it("stays warm: its next invocation finds what the last one left", async () => {
    const { ask } = open();
    const first = await ask({});
    expect(await ask({})).toMatchObject({ pid: first.pid, invocations: 2 });
  });

  it("runs one invocation at a time in a process, and as many processes as it may", async () => {
    const { ask, made } = open({ concurrency: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask({ do: "wait", ms: 20 })));
    expect(answers.map(({ running }) => running)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
    expect(made.processIds).toHaveLength(2);
  });

  it.each(["hang", "spin"])(
    "is killed at its timeout when it does nothing but %s, and the next call is served",
    async (what) => {
      const { ask, made } = open({ timeoutMs: 300 });
      await made.warm();
      const [pid = 0] = made.processIds;
      const stuck = expect(ask({ do: what })).rejects.toThrow("under-test timed out after 300 ms");
      const queued = ask({});
      await stuck;
      expect(lives(pid)).toBe(false);
      expect((await queued).pid).not.toBe(pid);
    },
  );

  it("reports that it crashed, and is served by a new process next", async () => {
    const { ask } = open();
    const { pid } = await ask({});
    await expect(ask({ do: "exit" })).rejects.toThrow("under-test ended (3)");
    expect((await ask({})).pid).not.toBe(pid);
  });

  it("reports what it threw, and lives on", async () => {
    const { ask } = open();
    const { pid } = await ask({});
    await expect(ask({ do: "throw" })).rejects.toThrow("under-test: TypeError: out of luck");
    expect((await ask({})).pid).toBe(pid);
  });

  it("reports a kill from outside in the middle of its work", async () => {
    const { ask, made } = open();
    await made.warm();
    const work = expect(ask({ do: "hang" })).rejects.toThrow("under-test ended (SIGKILL)");
    const [pid = 0] = made.processIds;
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid, "SIGKILL");
    await work;
  });

  it("reports that it cannot be loaded", async () => {
    const { made } = open({ entry: join(folder, "broken.mjs") });
    await expect(made.warm()).rejects.toThrow("under-test ended while starting (1)");
    expect(lines.join("\n")).toContain("cannot be loaded");
  });

  it("leaves no process when it is closed, and nobody waiting for an answer", async () => {
    const { ask, made } = open();
    await made.warm();
    const pids = made.processIds;
    const calls = [ask({ do: "hang" }), ask({}), ask({})].map((call) =>
      expect(call).rejects.toThrow("under-test"),
    );
    await made.close();
    await Promise.all(calls);
    expect(pids.filter(lives)).toEqual([]);
    await expect(ask({})).rejects.toThrow("under-test is stopped");
  });
});
