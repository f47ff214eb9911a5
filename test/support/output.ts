/** Everything that is written to stdout, stderr or the console while `work` runs, and what became of it. */
export async function outputOf<T>(
  work: () => Promise<T>,
): Promise<{ output: string; result: PromiseSettledResult<T> }> {
  let output = "";
  const streams = [process.stdout, process.stderr];
  const kept = streams.map((stream) => stream.write);
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const keptMethods = methods.map((name) => console[name]);
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      output += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  }
  for (const name of methods) {
    console[name] = (...args: unknown[]) => {
      output += `${args.map(String).join(" ")}\n`;
    };
  }
  try {
    const [result] = await Promise.allSettled([work()]);
    return { output, result };
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = kept[index] ?? stream.write;
    for (const [index, name] of methods.entries()) console[name] = keptMethods[index] ?? console[name];
  }
}

/** The lines of JSON in it. */
export const logLines = (output: string): Record<string, unknown>[] =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
