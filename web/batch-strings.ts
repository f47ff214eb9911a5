import type { BatchStatus, SheetStatus } from "../contract/batches.ts";
import type { BatchFault, SheetReason } from "../contract/problems.ts";

/** The words of the pages of batches: apart from strings.ts because they come later than the first view. */

const count = (number: number): string => number.toLocaleString("en");
const counted = (number: number, one: string, many: string): string =>
  number === 1 ? `1 ${one}` : `${count(number)} ${many}`;

const BYTES = { kB: 1e3, MB: 1e6, GB: 1e9 };
/** Three figures at most: "830 kB", "1.2 GB", "64 GB". */
export function size(bytes: number): string {
  const unit = bytes >= BYTES.GB ? "GB" : bytes >= BYTES.MB ? "MB" : "kB";
  const number = bytes / BYTES[unit];
  return `${unit === "kB" ? Math.ceil(number) : number.toFixed(number < 10 ? 1 : 0)} ${unit}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Rounded up, so that nobody is promised too much. */
export function timeLeft(seconds: number): string {
  if (seconds < MINUTE) return "less than a minute left";
  if (seconds < 2 * HOUR) return `about ${counted(Math.ceil(seconds / MINUTE), "minute", "minutes")} left`;
  return `about ${Math.ceil(seconds / HOUR)} hours left`;
}

export const when = (iso: string): string =>
  new Date(iso).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

/** Why a batch as a whole failed, for the person who handed it in. */
const faults: Record<BatchFault, string> = {
  batch_upload_expired: "The file never arrived as a whole. Hand it in again.",
  archive_missing: "The file is not there any more. Hand it in again.",
  not_a_zip: "The file is no ZIP. Hand in a ZIP, or the photos themselves.",
  archive_truncated: "The ZIP ends early. Make it again and hand it in once more.",
  archive_damaged: "The ZIP is damaged. Make it again and hand it in once more.",
  archive_empty: "There are no sheets in the ZIP. Look what was packed, and hand it in again.",
  archive_split: "The ZIP is one part of several. Make one ZIP of all the sheets.",
  too_many_entries: "The ZIP has more than 500,000 sheets. Split it and hand in the parts.",
  archive_overlaps: "The ZIP is not made as ZIPs are. Make it again with another program.",
  archive_too_dense: "The ZIP would unpack to far more than sheets ever do. Make it from the sheets alone.",
  batch_attempts_exhausted: "The ZIP could not be opened after several tries. Try again in a while.",
};

/** Why a sheet failed or has no task. */
const reasons: Record<SheetReason, string> = {
  not_an_image: "It is no picture. Scan the sheet as JPEG, PNG, WebP or TIFF.",
  image_too_large: "The picture has too many pixels. Scan the sheet at a lower resolution.",
  image_damaged: "The picture is damaged. Scan the sheet again.",
  sheet_too_large: "The file is larger than 40 MB. Scan the sheet at a lower resolution.",
  entry_damaged: "It is damaged inside the ZIP. Make the ZIP again.",
  entry_encrypted: "It has a password. Make the ZIP without one.",
  entry_method_unsupported: "It is packed in an unusual way. Make the ZIP again with the usual settings.",
  entry_name_unsafe: "Its name points outside of the ZIP. Make the ZIP again from the sheets alone.",
  attempts_exhausted: "It could not be read after several tries. Read the failed sheets again.",
  no_task_code: "It shows no QR code with a task. Look at the sheet and file it by hand.",
  several_task_codes: "It shows the QR codes of different tasks. Look at the sheet: which is right?",
  task_code_invalid: "Its QR code is not a task of 8 digits. Look at the sheet and file it by hand.",
};

const statuses: Record<BatchStatus, string> = {
  uploading: "Upload not finished",
  expanding: "Opening",
  processing: "Reading",
  completed: "Finished",
  completed_with_errors: "Finished, some sheets need you",
  failed: "Failed",
  cancelled: "Stopped",
};

const sheetStatuses: Record<SheetStatus, string> = {
  pending: "Waiting",
  completed: "Read",
  failed: "Failed",
  duplicate: "Duplicate",
  unmatched: "No task",
};

const filters = {
  all: "All",
  review: "To check",
  failed: "Failed",
  unmatched: "No task",
  duplicate: "Duplicates",
};

export const batchStrings = {
  title: "Batches",
  count,
  faults,
  reasons,
  statuses,
  sheetStatuses,
  filters,

  handIn: {
    title: "Hand in scanned sheets",
    how: "A ZIP of scanned sheets, of up to 64 GB, or up to 2,000 photos.",
    drop: "Drop a ZIP or photos here, or",
    choose: "Choose a ZIP or photos",
    chooseOther: "Choose something else",
    submit: "Hand in",
    tasks: "Which task do the sheets belong to?",
    withQr: "Each sheet has a QR code with its task",
    oneTask: "All sheets belong to one task",
    task: "Task number",
    taskHint: "8 digits",
    chosenZip: (name: string, bytes: number) => `${name}, ${size(bytes)}`,
    chosenPhotos: (number: number, bytes: number) => `${counted(number, "photo", "photos")}, ${size(bytes)}`,
    photosName: (number: number) => counted(number, "photo", "photos"),
    nothing: "Nothing was chosen. Choose a ZIP, or photos.",
    empty: (name: string) => `${name} is empty. Choose another file.`,
    folder: "A folder cannot be handed in. Make a ZIP of it, or choose the photos in it.",
    oneZip: "One ZIP at a time, please. Hand in the others after it.",
    notSheets: (name: string) =>
      `${name} is neither a ZIP nor a photo. Choose a ZIP, or photos as JPEG, PNG, WebP or TIFF.`,
    mixed: "Either one ZIP or photos, please: not both at once.",
    notAZip: (name: string) => `${name} is no ZIP, or it ends early. Make it again, and choose it then.`,
    tooLarge: "This is more than 64 GB. Split it, and hand in the parts.",
    tooManyPhotos: "These are more than 2,000 photos. Make a ZIP of them.",
    photoTooLarge: (name: string) => `${name} is larger than 20 MB. Take it at a lower resolution.`,
    unreadable: "The file cannot be opened. Choose it again.",
  },

  upload: {
    title: "Sending",
    steps: {
      preparing: "Preparing",
      checking: "Comparing the file with what has arrived",
      sending: "Sending",
      offline: "Waiting for the network. What has arrived is kept, and the rest is sent when it is back.",
      paused: "Paused. What has arrived is kept.",
      completing: "All has arrived. Putting it together",
      failed: "Not sent",
    },
    of: (sent: number, total: number) => `${size(sent)} of ${size(total)}`,
    pause: "Pause",
    goOn: "Go on",
    stop: "Stop",
    keepOpen: "You can scan labels meanwhile. If this page closes, what has arrived is kept.",
    begun: "This upload is not finished",
    chooseAgain: (name: string, bytes: number) =>
      `A browser does not keep a file over a reload. Choose ${name} (${size(bytes)}) again: what has arrived is not sent again.`,
    choosePhotosAgain: (name: string) =>
      `A browser does not keep photos over a reload. Choose the same ${name} again: what has arrived is not sent again.`,
    canOpen: (name: string) => `This browser knows where ${name} is. What has arrived is not sent again.`,
    arrived: (percent: number) => `${percent} % has arrived.`,
    openAgain: "Go on with the upload",
    choose: "Choose the file again",
    choosePhotos: "Choose the photos again",
    otherFile: (name: string) =>
      `This is not the file that the upload was begun with. Choose that one (${name}), or stop this upload and hand the file in anew.`,
    lostFile: "The file cannot be read any more: it was moved, changed or unplugged. Choose it again.",
    stopTitle: "Stop this upload?",
    stopText: "What has arrived is thrown away. To hand the file in later, all of it is sent again.",
  },

  list: {
    title: "Your batches",
    empty: "No batches yet. Hand in a ZIP, and it appears here.",
    more: "Show more",
    sheets: (number: number) => counted(number, "sheet", "sheets"),
    ended: (done: number, total: number) => `${count(done)} of ${counted(total, "sheet", "sheets")}`,
  },

  batch: {
    back: "All batches",
    handedIn: (at: string, bytes: number) => `Handed in ${when(at)}, ${size(bytes)}`,
    task: (id: string) => `Task ${id}`,
    skipped: (number: number) => `${counted(number, "entry", "entries")} of the ZIP left out: no sheets`,
    expanding: "Opening the ZIP; the first sheets are read meanwhile",
    reading: (done: number, total: number) => `${count(done)} of ${counted(total, "sheet", "sheets")} done`,
    /** How far it is, to be heard. */
    quarters: (number: number) =>
      ["The sheets are being read", "A quarter is done", "Half is done", "Three quarters are done"][number] ??
      "All is done",
    finished: (total: number) => `All of ${counted(total, "sheet is", "sheets are")} accounted for`,
    stopped: (done: number, total: number) =>
      `Stopped. ${count(done)} of ${counted(total, "sheet was", "sheets were")} done, and what was read is kept`,
    stop: "Stop reading",
    stopTitle: "Stop reading this batch?",
    stopText: "What has been read is kept. The rest can be read later.",
    retry: (number: number) => `Read ${counted(number, "failed sheet", "failed sheets")} again`,
    readRest: "Read the rest",
    openAgain: "Try again",
    retried: "They are being read again.",
    ndjson: "Results, NDJSON",
    csv: "Results, CSV for spreadsheets",
    filters: "Which sheets",
    readAndWaiting: (read: number, waiting: number) =>
      waiting > 0 ? `${count(read)} read, ${count(waiting)} waiting` : `${count(read)} read`,
    findTask: "Find a task in this batch",
    anyTask: (id: string) => `Sheets of task ${id}`,
    none: "No such sheets.",
  },

  task: {
    title: (id: string) => `Task ${id}`,
    how: "Every sheet of this task that has been read, from all batches, newest first.",
    sheets: "Sheets of this task",
    find: "Find",
    findAnywhere: "Find the sheets of a task",
    findAnother: "Find another task",
    notATask: "A task number has 8 digits, such as 12345678.",
    none: "No sheet of this task has been read. Compare the digits with the sheet; sheets without a task are in their batch.",
    read: (at: string) => `Read ${when(at)}`,
  },

  cards: {
    pages: "Pages of this list",
    shown: (first: number, last: number) =>
      first === last
        ? `Sheet ${count(first)} of this list`
        : `${count(first)} to ${count(last)} of this list`,
    before: "Previous",
    after: "Next",
  },

  sheet: {
    back: "All sheets of the batch",
    number: (index: number) => `Sheet ${count(index + 1)}`,
    review: "To check",
    unnamed: "No medicine found",
    same: (index: number) => `The same as sheet ${count(index + 1)}`,
    showSame: (index: number) => `Show sheet ${count(index + 1)}`,
    task: (id: string) => `Task ${id}`,
    allOfTask: (id: string) => `Task ${id}: all its sheets`,
    printedTask: "The task was read from the printed digits: compare them.",
    waiting: "This sheet has not been read yet.",
    noPicture: "There is no picture of this sheet.",
    picture: "Picture of the sheet",
    several: "Medicines on this sheet",
    text: "All text on the sheet",
    before: "Previous sheet",
    after: "Next sheet",
  },
};
