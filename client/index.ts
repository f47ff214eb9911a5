/** What `import ... from "rxscan/client"` gives: everything a page or a program needs to scan labels and hand in batches. */

export type {
  BatchList,
  BatchProgress,
  ChunksReceived,
  Sheet,
  SheetFilter,
  SheetList,
} from "../contract/batches.ts";
export type { Medication, MedicationPatch, MedicationResult, Review } from "../contract/medications.ts";
export { type ProblemCode, problemCodes } from "../contract/problems.ts";
export { MAX_PAGES, MAX_PHOTO_BYTES, photoTypes, type ScanStatus } from "../contract/scans.ts";
export {
  allSheets,
  cancelBatch,
  followBatch,
  getBatch,
  getResults,
  getSheet,
  getSheetPicture,
  listBatches,
  listChunks,
  listSheets,
  listTaskSheets,
  retryBatch,
} from "./batches.ts";
export {
  confirmMedication,
  correctMedication,
  getMedication,
  listMedications,
  removeMedication,
  type Seen,
} from "./medications.ts";
export {
  deleteScan,
  followScan,
  getPicture,
  getScan,
  type Photo,
  retryScan,
  type ScanOptions,
  type ScanProgress,
  StillRunning,
  scan,
  sendPhotos,
} from "./scan.ts";
export { ApiError, isPassing, NoConnection, type Service } from "./transport.ts";
export {
  type BatchPhoto,
  type BatchSource,
  FileChanged,
  PhotoChanged,
  type UploadProgress,
  uploadBatch,
} from "./upload-batch.ts";
