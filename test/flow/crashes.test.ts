import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { medicationList } from "../../contract/medications.ts";
import { openIdentity } from "../../local/identity.ts";
import { issuerOf } from "../../local/stack.ts";
import { freePorts } from "../support/free-ports.ts";
import { openRoad, type Person, personAt, sample } from "./road.ts";

describe("what is killed in the middle of a scan", () => {
  it("a worker: the next attempt completes the scan, once", async () => {
    // The lease is 10 s longer than the timeout: short here, so that it runs out while we wait.
    const road = await openRoad({ settings: { readTimeoutSeconds: 8 } });
    try {
      const nurse = await road.as("nurse");
      const jobId = await nurse.upload([await sample("lisinopril.jpg")]);
      await reading(nurse, jobId);
      for (const id of road.stack.processIds("read-page")) process.kill(id, "SIGKILL");

      const sweeping = setInterval(() => void road.stack.invoke("sweep", { scope: "due" }), 1_000);
      const status = await nurse.ended(jobId).finally(() => clearInterval(sweeping));
      expect(status.status).toBe("completed");
      const { medications } = medicationList.parse(await (await nurse.call("GET", "/meds")).json());
      expect(medications).toHaveLength(status.results?.length ?? 0);
    } finally {
      await road.close();
    }
  }, 120_000);

  it("everything, by kill -9: the next start completes the scan and keeps what was there before", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rxscan-crash-"));
    const port = await freePorts();
    try {
      const first = await npmStart(port, folder);
      const nurse = personAt(`http://localhost:${port}`, await tokenOf(port, folder));
      const photo = await sample("lisinopril.jpg");
      const before = await nurse.ended(await nurse.upload([photo]));
      const jobId = await nurse.upload([photo]);
      await reading(nurse, jobId);
      await end(first, "SIGKILL");

      const second = await npmStart(port, folder);
      expect((await nurse.ended(jobId)).status).toBe("completed");
      expect(await nurse.status(before.job_id)).toEqual(before);
      const picture = await nurse.call("GET", `/meds/extract/${before.job_id}/pages/1/original`);
      const kept = await fetch(picture.headers.get("location") ?? "");
      expect(new Uint8Array(await kept.arrayBuffer())).toEqual(photo);
      await end(second, "SIGINT");
      expect(second.exitCode).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});

/** Until a worker has the job's page. */
async function reading(nurse: Person, jobId: string): Promise<void> {
  for (;;) {
    const { status, pages } = await nurse.status(jobId);
    if (pages[0]?.state === "reading") return;
    if (status !== "pending") throw new Error("the job was read before anything could be killed");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function npmStart(port: number, folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, "../../local/start.ts")], {
    env: { ...process.env, PORT: String(port), RXSCAN_DATA: folder },
    // A group of its own, so that all of it can be killed at once.
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const piece of child.stdout) if (String(piece).includes("is ready at")) return child;
  throw new Error("npm start ended before it was ready; it says why on stderr");
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGINT"): Promise<void> {
  const ended = once(child, "exit");
  process.kill(-(child.pid ?? 0), signal);
  await ended;
}

async function tokenOf(port: number, folder: string): Promise<string> {
  return (await openIdentity(folder, issuerOf(port))).token("nurse");
}
