import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Photo, StillRunning, scan } from "../../client/scan.ts";
import { ApiError, NoConnection } from "../../client/transport.ts";
import { jobFailureCodes, problemCodes } from "../../contract/problems.ts";
import type { ScanStatus } from "../../contract/scans.ts";
import { Random } from "../corpus/random.ts";
import { type BadNetwork, badNetwork } from "./bad-network.ts";
import { filenameOf } from "./chaos-service.ts";
import { everyPeril } from "./fate.ts";
import { type SteeredClock, steeredClock } from "./steered-clock.ts";

const SCANS = 500;
const SEED = 20_260_105;

/** Three minutes of following, after what it takes to book and send three photos on a bad day. */
const LONGEST_MS = 270_000;
/** Past every late event, and past the upload URLs: they are good for 15 minutes. */
const LATER_MS = 3600_000;

type Outcome = PromiseSettledResult<ScanStatus>;

let clock: SteeredClock;
let network: BadNetwork;

beforeEach(() => {
  clock = steeredClock();
  // The client's own jitter.
  const jitter = new Random("jitter");
  vi.spyOn(Math, "random").mockImplementation(() => jitter.unit());
});
afterEach(() => {
  network.close();
  clock.stop();
});

/** Every photo is another: what was read says which photos it was read from. */
const textOf = (number: number, page: number) => `label ${number} photo ${page} ${"x".repeat(number % 40)}`;
const pagesOf = (number: number) => 1 + (number % 3);
const textsOf = (number: number) =>
  Array.from({ length: pagesOf(number) }, (_, index) => textOf(number, index + 1));
const photosOf = (number: number): Photo[] =>
  textsOf(number).map((text, index) => ({
    filename: filenameOf(String(number), index + 1),
    contentType: "image/jpeg",
    bytes: new TextEncoder().encode(text),
  }));

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const send = (number: number): Promise<ScanStatus> =>
  scan({ url: network.url, token: "token" }, photosOf(number), { idempotencyKey: `key-${number}` });
const sendAll = (all: readonly number[]): Promise<Outcome[]> =>
  clock.until(Promise.allSettled(all.map(send)));

/** Whether the person can tell what happened and what to do. */
function isClear(error: unknown): boolean {
  if (error instanceof NoConnection) return error.message !== "";
  if (error instanceof StillRunning) return error.jobId !== "";
  return error instanceof ApiError && error.message !== "" && error.advice !== "" && isKnown(error);
}
const isKnown = ({ code, status }: ApiError) =>
  [...problemCodes, "upload_refused", `http_${status}`].includes(code);

/** In a word, for the tally. */
function nameOf(outcome: Outcome): string {
  if (outcome.status === "fulfilled") return outcome.value.error?.code ?? outcome.value.status;
  const { reason } = outcome;
  return reason instanceof ApiError ? reason.code : reason.name;
}

const tallyOf = (outcomes: readonly Outcome[]): Record<string, number> =>
  outcomes.map(nameOf).reduce<Record<string, number>>((tally, name) => {
    tally[name] = (tally[name] ?? 0) + 1;
    return tally;
  }, {});

describe("500 uploads over a network that drops, delays, repeats and corrupts", () => {
  it("end right or with a clear error, none twice, none silently wrong, and what broke off can go on", async () => {
    network = await badNetwork(SEED, clock);
    const { service, fates } = network;
    const began = Date.now();
    const outcomes = await sendAll(numbers(SCANS));
    expect(Date.now() - began).toBeLessThan(LONGEST_MS);

    const wrong = outcomes.flatMap((outcome, number) => {
      if (outcome.status === "rejected") {
        return isClear(outcome.reason) ? [] : [`${number}: ${outcome.reason}`];
      }
      const { status, results, error } = outcome.value;
      if (status === "failed") {
        return jobFailureCodes.some((code) => code === error?.code) ? [] : [`${number}: ${error?.code}`];
      }
      const read = results?.map(({ name }) => name);
      const isRight = read?.length === 1 && read[0] === textsOf(number).join(" + ");
      return isRight ? [] : [`${number}: read as ${read}`];
    });
    expect(wrong).toEqual([]);
    expect([...everyPeril].filter((peril) => !fates.dealt.has(peril))).toEqual([]);
    // Most get through by trying again: an error is the exception.
    const tally = tallyOf(outcomes);
    expect(tally.completed, JSON.stringify(tally)).toBeGreaterThan(0.8 * SCANS);

    // Whose token is not taken is told so at once.
    const refused = [...fates.dealt].filter(([peril]) => peril.endsWith("signed_out"));
    expect(tally.token_expired).toBe(refused.reduce((sum, [, count]) => sum + count, 0));

    // Later, on a better network and signed in again: the same photos under the same keys.
    fates.calm();
    await clock.until(new Promise((resolve) => setTimeout(resolve, LATER_MS)));
    const unfinished = numbers(SCANS).filter((number) => outcomes[number]?.status === "rejected");
    const later = await sendAll(unfinished);
    for (const [index, outcome] of later.entries()) outcomes[unfinished[index] ?? -1] = outcome;
    expect(later.filter(({ status }) => status === "rejected")).toEqual([]);

    expect(service.jobs.all.size).toBe(SCANS);
    const jobIds = outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.job_id : ""));
    expect(new Set(jobIds).size).toBe(SCANS);
    const altered = jobIds.flatMap((jobId, number) => {
      const there = service.photosOf(jobId);
      return JSON.stringify(there) === JSON.stringify(textsOf(number)) ? [] : [{ number, there }];
    });
    expect(altered).toEqual([]);
    const read = [...service.medications.all.values()].map(({ job_id }) => job_id);
    const completed = jobIds.filter((_, number) => nameOf(outcomes[number] as Outcome) === "completed");
    expect(read.toSorted()).toEqual(completed.toSorted());
  }, 120_000);
});
