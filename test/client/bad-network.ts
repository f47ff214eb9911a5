import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Answer,
  type Call,
  chaosService,
  isUpload,
  refusal,
  type Service,
  s3Error,
} from "./chaos-service.ts";
import { type Fates, fatesFrom } from "./fate.ts";
import { CALL, type SteeredClock } from "./steered-clock.ts";

/** A service on loopback behind a network that drops, delays, repeats and corrupts. */
export type BadNetwork = { url: string; service: Service; fates: Fates; close(): void };

/** Short of the client's patience, 30 s: a wait, not silence. */
const LATEST_ANSWER_MS = 20_000;
const PORTAL: Answer = {
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: "<html>Welcome to the guest network</html>",
};

export async function badNetwork(
  seed: number,
  clock: Pick<SteeredClock, "hold" | "release">,
): Promise<BadNetwork> {
  const fates = fatesFrom(seed);
  let url = "";
  const service = chaosService(fates, (path) => `${url}${path}`);
  const counts = new Map<string, number>();
  let anothers: Answer | null = null;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    const call: Call = { method, path, headers, body: Buffer.concat(chunks) };
    const kind = isUpload(call) ? "put" : method === "POST" ? "book" : "status";
    const about = service.aboutOf(call);
    const nth = (counts.get(`${kind} ${about}`) ?? 0) + 1;
    counts.set(`${kind} ${about}`, nth);
    const chance = () => fates.number("how", kind, about, nth);
    const send = ({ status, headers = {}, body = "" }: Answer) =>
      void response.writeHead(status, headers).end(body);

    const fate = fates.of(kind, about, nth);
    if (fate === "broken_before") return void request.socket.destroy();
    if (fate === "portal") return send(PORTAL);
    if (fate === "unavailable")
      return send(kind === "put" ? s3Error(503, "SlowDown") : refusal("unavailable"));
    if (fate === "signed_out") return send(refusal("token_expired"));
    if (fate === "expired") return send(s3Error(403, "AccessDenied", "Request has expired"));
    if (fate === "anothers" && anothers) return send(anothers);

    if (fate === "corrupted") call.body = withABitFlipped(call.body, chance());
    if (fate === "cut_short") call.body = call.body.subarray(0, call.body.length / 2);
    if (fate === "twice") await service.serve(call);
    const told = await service.serve(call);
    if (kind === "status" && told.status === 200) anothers = told;
    if (fate === "broken_after") return void request.socket.destroy();
    if (fate === "broken_within") return breakWithin(told, response);
    if (fate === "silent") return clock.hold(String(headers[CALL]));
    if (fate !== "late") return send(told);
    clock.hold(String(headers[CALL]));
    setTimeout(() => {
      clock.release(String(headers[CALL]));
      send(told);
    }, chance() * LATEST_ANSWER_MS);
  }

  const server = createServer((request, response) => void answer(request, response));
  // A connection that is closed here while the client takes it up again is a race that no seed decides.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, service, fates, close };
}

function breakWithin({ status, headers, body = "" }: Answer, response: ServerResponse): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) + 1 });
  response.write(body.slice(0, body.length / 2));
  setImmediate(() => response.destroy());
}

function withABitFlipped(body: Buffer, where: number): Buffer {
  const changed = Buffer.from(body);
  const bit = Math.floor(where * body.length * 8);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
