import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * Lambda's side of the Runtime API: hands one event at a time to the function that asks for the next one, and takes
 * what it answers. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */

export type Answer = {
  /** `error` when the handler threw; then the body is what AWS would show as the function's error. */
  kind: "response" | "error";
  body: unknown;
  /** Milliseconds from handing the event out to its answer. */
  ms: number;
};

export type RuntimeApi = {
  port: number;
  /** `performance.now()` when the function first asked for an event; rejects when its module could not be loaded. */
  firstNext: Promise<number>;
  invoke(event: unknown): Promise<Answer>;
  close(): void;
};

type Invocation = { event: string; answered: (answer: Answer) => void; handedOut: number };

const PREFIX = "/2018-06-01/runtime";

export async function startRuntimeApi(options: {
  functionArn: string;
  timeoutMs: number;
}): Promise<RuntimeApi> {
  const firstNext = Promise.withResolvers<number>();
  firstNext.promise.catch(() => undefined);
  const queued: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let asking: ServerResponse | undefined;

  const handOut = () => {
    if (!asking) return;
    const invocation = queued.shift();
    if (!invocation) return;
    const id = randomUUID();
    running.set(id, invocation);
    invocation.handedOut = performance.now();
    asking.writeHead(200, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": id,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + options.timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": options.functionArn,
      "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
    });
    asking.end(invocation.event);
    asking = undefined;
  };

  const server = createServer(async (request: IncomingMessage, response) => {
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : "";
    if (request.method === "GET" && path === "/invocation/next") {
      firstNext.resolve(performance.now());
      asking = response;
      handOut();
      return;
    }
    const body = await text(request);
    if (request.method === "POST" && path === "/init/error") {
      firstNext.reject(new Error(`the function did not start: ${body}`));
      response.writeHead(202).end();
      return;
    }
    const [, id = "", kind = ""] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = running.get(id);
    if (request.method !== "POST" || !invocation) {
      response.writeHead(404).end();
      return;
    }
    running.delete(id);
    response.writeHead(202).end();
    const ms = performance.now() - invocation.handedOut;
    invocation.answered({ kind: kind === "response" ? "response" : "error", body: JSON.parse(body), ms });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    firstNext: firstNext.promise,
    invoke: (event) =>
      new Promise((answered) => {
        queued.push({ event: JSON.stringify(event), answered, handedOut: 0 });
        handOut();
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
