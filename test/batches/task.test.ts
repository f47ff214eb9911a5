import { describe, expect, it } from "vitest";
import type { Box, Line, PageReading } from "../../contract/reading.ts";
import { taskOf } from "../../core/batches/task.ts";

const QR_BOX: Box = [1000, 100, 200, 200];
const UNDER: Box = [1010, 320, 180, 40];
const ELSEWHERE: Box = [100, 900, 180, 40];

const qr = (text: string, box = QR_BOX) => ({ format: "QRCode", text, box });
const line = (text: string, more: Partial<Line> = {}): Line => ({
  text,
  confidence: 0.99,
  characters: [...text].map(() => 0.99),
  box: ELSEWHERE,
  ...more,
});
const sheet = (more: Partial<PageReading>): PageReading => ({
  width: 1600,
  height: 1200,
  lines: [],
  quality: [],
  codes: [],
  readers: [],
  ...more,
});
const task = (codes: PageReading["codes"], lines: Line[] = [], rxNumbers: string[] = []) =>
  taskOf(
    sheet({ codes, lines }),
    rxNumbers.map((rx_number) => ({ rx_number })),
  );

describe("the task of a sheet", () => {
  it.each([
    ["one QR code of 8 digits", [qr("00000042")]],
    ["the same one twice", [qr("00000042"), qr("00000042", ELSEWHERE)]],
    ["one with white space around it", [qr(" 00000042\n")]],
    ["one beside a QR code of something else", [qr("https://example.org"), qr("00000042")]],
    [
      "one beside a barcode of 8 digits",
      [qr("00000042"), { format: "EAN8", text: "96385074", box: ELSEWHERE }],
    ],
  ])("is what its QR code says: %s", (_, codes) => {
    expect(task(codes)).toEqual({ task_id: "00000042", source: "qr" });
  });

  it("is none of two that differ, whatever is printed", () => {
    const lines = [line("00000042", { box: UNDER })];
    expect(task([qr("00000042"), qr("00000043")], lines)).toEqual({
      task_id: null,
      reason: "several_task_codes",
    });
  });

  it("is never what a QR code says that is not 8 digits", () => {
    for (const text of ["1234567", "123456789", "1234567a", "12 345678", "１２３４５６７８", ""]) {
      expect(task([qr(text)])).toEqual({ task_id: null, reason: "task_code_invalid" });
    }
  });

  it("is none on a sheet without a QR code", () => {
    expect(task([])).toEqual({ task_id: null, reason: "no_task_code" });
    expect(task([{ format: "EAN8", text: "96385074", box: ELSEWHERE }])).toEqual({
      task_id: null,
      reason: "no_task_code",
    });
  });
});

describe("printed digits", () => {
  const printed = { task_id: "12345678", source: "printed" };

  it("under a QR code that says something else are the task, whatever else is printed", () => {
    expect(task([qr("x")], [line("12345678", { box: UNDER }), line("87654321")])).toEqual(printed);
  });

  it("on a line of their own are the task, with and without a QR code", () => {
    expect(task([], [line("Metformin 500 mg"), line("12345678")])).toEqual(printed);
    expect(task([qr("x")], [line(" 12345678 ")])).toEqual(printed);
    expect(task([], [line("12345678"), line("12345678")])).toEqual(printed);
  });

  it.each<[string, Line[]]>([
    ["there are two numbers", [line("12345678"), line("87654321")]],
    ["there are two under the QR code", [line("12345678", { box: UNDER }), line("87654321", { box: UNDER })]],
    ["they stand within a line", [line("Rx 12345678"), line("12345678 tablets")]],
    ["they are 7 or 9", [line("1234567"), line("123456789")]],
    ["the line was read with doubt", [line("12345678", { confidence: 0.5 })]],
    ["one figure was read with doubt", [line("12345678", { characters: [1, 1, 1, 0.5, 1, 1, 1, 1] })]],
    ["another reader saw others", [line("12345678", { second: { text: "12345679", confidence: 0.9 } })]],
    [
      "the same number was read with doubt elsewhere",
      [line("12345678"), line("12345678", { confidence: 0.2 })],
    ],
  ])("are not the task where %s", (_, lines) => {
    expect(task([qr("x")], lines)).toEqual({ task_id: null, reason: "task_code_invalid" });
    expect(task([], lines)).toMatchObject({ task_id: null });
  });

  it("are not the task where they are a barcode's text or a prescription's number", () => {
    const none = { task_id: null, reason: "no_task_code" };
    expect(task([{ format: "Code128", text: "12345678", box: ELSEWHERE }], [line("12345678")])).toEqual(none);
    expect(task([], [line("12345678")], ["12345678"])).toEqual(none);
  });
});
