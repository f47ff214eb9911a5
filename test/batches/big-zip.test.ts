import { describe, expect, it } from "vitest";
import { listApart } from "../../bench/expander.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe("a ZIP of 64 GiB", () => {
  it("with 200,000 sheets takes no more memory than one of 64 MB, and only its directory is fetched", {
    timeout: 120_000,
  }, () => {
    const small = listApart(64 * MIB, 200_000);
    const large = listApart(64 * GIB, 200_000);
    expect(large).toMatchObject({ booked: 200_000, sent: 200_000, not_once: 0, fetched_of_sheets: 0 });
    expect(large.fetched).toBe(large.directory);
    expect(large.first_sent_ms).toBeLessThan(2_000);
    expect(large.peak).toBeLessThan(150 * MIB);
    expect(large.peak / small.peak).toBeLessThan(1.1);
  });

  it("with 500,000 sheets is listed in several runs, each sheet once", { timeout: 300_000 }, () => {
    const listing = listApart(64 * GIB, 500_000, 200_000);
    expect(listing).toMatchObject({
      runs: 3,
      booked: 500_000,
      sent: 500_000,
      not_once: 0,
      fetched_of_sheets: 0,
    });
  });
});

it("accounts for each of 300,000 tiny entries", { timeout: 300_000 }, () => {
  const listing = listApart(48 * MIB, 300_000);
  expect(listing).toMatchObject({ booked: 300_000, sent: 300_000, not_once: 0, fetched: listing.directory });
});
