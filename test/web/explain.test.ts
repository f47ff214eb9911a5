import { describe, expect, it } from "vitest";
import { ApiError, NoConnection } from "../../client/transport.ts";
import { jobErrorOf, jobFailureCodes, problemCodes, problemOf } from "../../contract/problems.ts";
import { explain, explainCode } from "../../web/explain.ts";
import { strings } from "../../web/strings.ts";

/** What a person is told to do begins with one of these. */
const TO_DO =
  /(^|[.:,] )(ask|check|choose|go|hand|load|look|open|read|remove|send|shorten|sign|split|take|tell|try|wait|you can)\b/i;
/** What only a programmer knows. */
const JARGON =
  /\b(API|GET|POST|PUT|JSON|HTTP|URL|header|token|request|job|body|Content-Type|Idempotency|status)\b/i;

const answered = (status: number, body: object) => new ApiError(status, body);

describe("what went wrong, to the person who holds the tablet", () => {
  it.each(problemCodes)("says what to do next about %s, in plain words", (code) => {
    const told = explain(answered(problemOf(code).status, problemOf(code)));
    expect(told).toBe(strings.problems[code]);
    expect(told).toMatch(/^[A-Z].*\.$/);
    expect(told).toMatch(TO_DO);
    expect(told).not.toMatch(JARGON);
  });

  it.each(jobFailureCodes)("has a sentence for a scan that failed by %s", (code) => {
    expect(explainCode(jobErrorOf(code).code)).toMatch(TO_DO);
  });

  it.each([401, 403, 404, 413, 429, 500, 502, 503, 504, 418])(
    "makes a sentence of a %s that nothing explains, as a gateway answers it",
    (status) => {
      const told = explain(answered(status, {}));
      expect(told).toMatch(TO_DO);
      expect(told).not.toMatch(/\d/);
    },
  );

  it("says what to do when the photo store refuses, when there is no network, and when the page itself is at fault", () => {
    const refused = new ApiError(403, { code: "upload_refused", title: "SignatureDoesNotMatch" });
    for (const error of [
      refused,
      new NoConnection("fetch failed"),
      new TypeError("undefined is not a function"),
    ]) {
      expect(explain(error)).toMatch(TO_DO);
      expect(explain(error)).not.toContain(error.message);
    }
  });
});
