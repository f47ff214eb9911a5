import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BookScanRequest, bookScanResponse, type ScanStatus, scanStatus } from "../../contract/scans.ts";
import { type LocalStack, type LocalStackOptions, startStack } from "../../local/stack.ts";

/** A whole system on free ports in a temporary folder, and the few calls that the flow tests make of it. */
export type Road = {
  stack: LocalStack;
  folder: string;
  as(sub: string): Promise<Person>;
  close(): Promise<void>;
};

export type Person = {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  book(files: BookScanRequest["files"], headers?: Record<string, string>): Promise<Booked>;
  /** Books the photos, uploads them, and answers the job's id. */
  upload(photos: Uint8Array<ArrayBuffer>[], contentType?: string): Promise<string>;
  status(jobId: string): Promise<ScanStatus>;
  /** The status once the job has ended. */
  ended(jobId: string, withinMs?: number): Promise<ScanStatus>;
};
type Booked = ReturnType<typeof bookScanResponse.parse>;

export async function openRoad(options: Partial<LocalStackOptions> = {}): Promise<Road> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "rxscan-flow-")));
  const stack = await startStack({ port: 0, folder, readers: 1, sheetsGiveWay: false, ...options });
  return {
    stack,
    folder,
    as: async (sub) => personAt(stack.url, await stack.token(sub)),
    async close() {
      await stack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function personAt(url: string, token: string): Person {
  const person: Person = {
    call: (method, path, body, headers = {}) =>
      fetch(new URL(path, url), {
        method,
        redirect: "manual",
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    async book(files, headers) {
      const response = await person.call("POST", "/meds/extract", { files }, headers);
      if (response.status !== 201)
        throw new Error(`booking answered ${response.status}: ${await response.text()}`);
      return bookScanResponse.parse(await response.json());
    },
    async upload(photos, contentType = "image/jpeg") {
      const booked = await person.book(
        photos.map((photo) => ({ filename: "photo.jpg", content_type: contentType, size: photo.length })),
      );
      for (const { page, url, headers } of booked.uploads) {
        const put = await fetch(url, { method: "PUT", headers, body: photos[page - 1] ?? null });
        if (!put.ok) throw new Error(`the upload answered ${put.status}: ${await put.text()}`);
      }
      return booked.job_id;
    },
    async status(jobId) {
      const response = await person.call("GET", `/meds/extract/${jobId}/status`);
      if (response.status !== 200) throw new Error(`the status answered ${response.status}`);
      return scanStatus.parse(await response.json());
    },
    async ended(jobId, withinMs = 60_000) {
      const until = Date.now() + withinMs;
      for (;;) {
        const status = await person.status(jobId);
        if (status.status === "completed" || status.status === "failed") return status;
        if (Date.now() > until) throw new Error(`the job is still ${JSON.stringify(status)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
  return person;
}

/** A photo that comes with the project. */
export async function sample(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../fixtures/samples/${name}`, import.meta.url)));
}
